"""Settings of indexing."""

from pydantic import Field

from groundwatch.settings import SettingsPart


class IndexingSettings(SettingsPart):
    """How documents are turned into passages.

    Attributes:
        queue_limit: changes waiting before uploads are answered 429 and scans pause.
        parse_seconds, parse_megabytes: limits of the parser's child process for one file.
        chunk_tokens: tokens of the embedder a chunk holds at most, headings included.
        run_seconds: after which a run that hangs is given up and another worker takes its work.
        reconcile_seconds: how often a source is scanned for what events missed.
    """

    workers: int = Field(default=3, ge=1, le=64)
    queue_limit: int = Field(default=10_000, ge=1)
    parse_seconds: float = Field(default=60.0, gt=0)
    parse_megabytes: int = Field(default=1024, ge=64)
    max_file_megabytes: int = Field(default=100, ge=1)
    chunk_tokens: int = Field(default=200, ge=32, le=8192)
    max_attempts: int = Field(default=5, ge=1)
    lease_seconds: float = Field(default=120.0, gt=0)
    run_seconds: float = Field(default=3600.0, gt=0)
    reconcile_seconds: float = Field(default=300.0, gt=0)

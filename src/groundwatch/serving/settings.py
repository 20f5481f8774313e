"""Settings of the HTTP server."""

from pydantic import Field

from groundwatch.settings import SettingsPart


class LimitSettings(SettingsPart):
    """What one caller may ask for.

    Attributes:
        body_megabytes: of any request; a single upload or batch has to fit.
        body_seconds: how long a request's body may take to arrive.
        answer_seconds: after which an answer that still streams is cut with an error.
        concurrent_answers: answers in the making, of everybody; one more is answered 429.
    """

    query_characters: int = Field(default=4_000, ge=1)
    body_megabytes: int = Field(default=100, ge=1)
    max_k: int = Field(default=50, ge=1)
    requests_per_minute: int = Field(default=600, ge=1)
    body_seconds: float = Field(default=120.0, gt=0)
    answer_seconds: float = Field(default=120.0, gt=0)
    concurrent_answers: int = Field(default=32, ge=1)


class ServerSettings(SettingsPart):
    """Where the server listens.

    Attributes:
        public_url: how people reach the server, for links; empty means host and port.
        metrics_port: gives Prometheus its numbers without a key on this port, to this machine only;
            0 does not.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8350, ge=0, le=65535)
    public_url: str = ""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    session_hours: float = Field(default=12.0, gt=0)
    limits: LimitSettings = LimitSettings()

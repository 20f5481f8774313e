"""Settings of the search index."""

from typing import Annotated, Literal

from pydantic import Field

from groundwatch.settings import Secret, SettingsPart


class EmbeddedIndexSettings(SettingsPart):
    """The Qdrant engine in a process of our own; its files live in the data folder."""

    engine: Literal["embedded"] = "embedded"


class QdrantIndexSettings(SettingsPart):
    """A Qdrant server or cluster."""

    engine: Literal["qdrant"]
    url: str
    api_key: Secret = ""
    collection: str = "groundwatch"


IndexSettings = Annotated[
    EmbeddedIndexSettings | QdrantIndexSettings, Field(discriminator="engine")
]

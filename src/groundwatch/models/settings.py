"""Settings of the embedder and the LLM."""

from typing import Annotated, Literal

from pydantic import Field

from groundwatch.settings import Secret, SettingsPart


class CacheSettings(SettingsPart):
    """The embedding cache: whichever limit is reached first evicts."""

    max_bytes: int = Field(default=64_000_000, ge=0)
    ttl_seconds: float = Field(default=3600.0, gt=0)


class MiniLMSettings(SettingsPart):
    """all-MiniLM-L6-v2 on onnxruntime, int8.

    Attributes:
        path: folder with model.safetensors, tokenizer.json and config.json; empty means the
            installed package.
    """

    kind: Literal["minilm"] = "minilm"
    path: str = ""
    cache: CacheSettings = CacheSettings()


class OpenAIEmbedderSettings(SettingsPart):
    """An OpenAI-compatible embedding endpoint."""

    kind: Literal["openai"]
    endpoints: tuple[str, ...] = Field(min_length=1)
    model: str
    dimensions: int = Field(gt=0)
    api_key: Secret = ""
    timeout_seconds: float = Field(default=30.0, gt=0)
    cache: CacheSettings = CacheSettings()


class NoEmbedderSettings(SettingsPart):
    """No embedder: search is lexical only, and says so."""

    kind: Literal["none"]


EmbedderSettings = Annotated[
    MiniLMSettings | OpenAIEmbedderSettings | NoEmbedderSettings, Field(discriminator="kind")
]


class PriceSettings(SettingsPart):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class LLMSettings(SettingsPart):
    """An OpenAI-compatible chat endpoint."""

    endpoints: tuple[str, ...] = Field(min_length=1)
    model: str
    api_key: Secret = ""
    timeout_seconds: float = Field(default=60.0, gt=0)
    max_output_tokens: int = Field(default=800, gt=0)
    prices: dict[str, PriceSettings] = Field(default_factory=dict)

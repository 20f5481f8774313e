"""The configuration as it can be carried out on this machine."""

import structlog

from groundwatch.config import Config
from groundwatch.errors import ModelUnusable
from groundwatch.models.minilm_build import source_folder
from groundwatch.models.settings import MiniLMSettings, NoEmbedderSettings


def usable(config: Config) -> Config:
    """Search by words only, and say so, where the embedding model is not installed.

    Every process decides this alike, since it depends on the files of the installation only. A
    model that was named by path is meant: its absence is an error when the engine opens it.
    """
    reason = why_lexical(config)
    if not reason:
        return config
    structlog.get_logger("embedder").warning("search is by words only", reason=reason)
    return config.model_copy(update={"embedder": NoEmbedderSettings(kind="none")})


def why_lexical(config: Config) -> str:
    """Why search can only be by words although an embedder is configured; empty if it is not so."""
    if not isinstance(config.embedder, MiniLMSettings) or config.embedder.path:
        return ""
    try:
        source_folder(config.embedder)
    except ModelUnusable as error:
        return str(error)
    return ""

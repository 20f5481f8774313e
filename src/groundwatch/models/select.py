"""From settings to models."""

import time
from pathlib import Path
from typing import assert_never

from groundwatch.models.batching import QuestionsFirst, usable_cores
from groundwatch.models.cache import CachedEmbedder, VectorCache
from groundwatch.models.embedder import Embedder
from groundwatch.models.llm import LLM
from groundwatch.models.retry import Timing
from groundwatch.models.settings import (
    CacheSettings,
    EmbedderSettings,
    LLMSettings,
    MiniLMSettings,
    NoEmbedderSettings,
    OpenAIEmbedderSettings,
)

_MOST_THREADS = 8


def open_embedder(settings: EmbedderSettings, models_folder: Path) -> Embedder | None:
    """Open the configured embedder, cached; None when search is lexical only.

    Args:
        settings: the `embedder` part of the configuration.
        models_folder: where prepared models are kept.

    Raises:
        ModelUnusable: the model is missing or damaged; the message says the ways out.
    """
    match settings:
        case MiniLMSettings():
            from groundwatch.models.minilm import MiniLM
            from groundwatch.models.minilm_build import prepare

            model = MiniLM(prepare(settings, models_folder))
            threads = min(usable_cores(), _MOST_THREADS)
            return _cached(QuestionsFirst(model, threads), settings.cache)
        case OpenAIEmbedderSettings():
            from groundwatch.models.openai_embedder import OpenAIEmbedder

            return _cached(OpenAIEmbedder(settings, Timing()), settings.cache)
        case NoEmbedderSettings():
            return None
        case _:
            assert_never(settings)


def open_llm(settings: LLMSettings) -> LLM:
    """Open the configured language model; nothing is sent before it is asked."""
    from groundwatch.models.openai_chat import OpenAIChat

    return OpenAIChat(settings, Timing())


def _cached(embedder: Embedder, settings: CacheSettings) -> CachedEmbedder:
    return CachedEmbedder(embedder, VectorCache(settings, time.monotonic))

"""From settings to models."""

import time
from pathlib import Path
from typing import assert_never

from groundwatch.models.batching import QuestionsFirst, usable_cores
from groundwatch.models.cache import CachedEmbedder, VectorCache
from groundwatch.models.embedder import Embedder
from groundwatch.models.settings import (
    CacheSettings,
    EmbedderSettings,
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
            raise NotImplementedError
        case NoEmbedderSettings():
            return None
        case _:
            assert_never(settings)


def _cached(embedder: Embedder, settings: CacheSettings) -> CachedEmbedder:
    return CachedEmbedder(embedder, VectorCache(settings, time.monotonic))

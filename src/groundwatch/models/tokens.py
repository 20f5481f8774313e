"""How many tokens an embedder makes of a text, without loading the embedder."""

from collections.abc import Callable
from typing import assert_never

from groundwatch.models.settings import (
    EmbedderSettings,
    MiniLMSettings,
    NoEmbedderSettings,
    OpenAIEmbedderSettings,
)

_CHARACTERS_A_TOKEN = 4
"""What English text has on average; endpoints do not tell their tokenizer."""


def token_counter(settings: EmbedderSettings) -> Callable[[str], int]:
    """Return a counter of the embedder's tokens, exact for MiniLM and estimated otherwise.

    Raises:
        ModelUnusable: the tokenizer is missing or damaged.
    """
    match settings:
        case MiniLMSettings():
            return _minilm(settings)
        case OpenAIEmbedderSettings() | NoEmbedderSettings():
            return _estimated
        case _:
            assert_never(settings)


def _minilm(settings: MiniLMSettings) -> Callable[[str], int]:
    from tokenizers import Tokenizer

    from groundwatch.models.minilm_build import source_folder

    tokenizer = Tokenizer.from_file(str(source_folder(settings) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False))

    return count


def _estimated(text: str) -> int:
    return -(-len(text) // _CHARACTERS_A_TOKEN)

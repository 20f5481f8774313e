"""How many tokens an embedder makes of a text, without loading the embedder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from groundwatch.errors import ModelUnusable
from groundwatch.models.settings import (
    EmbedderSettings,
    MiniLMSettings,
    NoEmbedderSettings,
    OpenAIEmbedderSettings,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

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


def open_tokenizer(path: Path) -> "Tokenizer":
    """Return a tokenizer that pads nothing: the packaged file fills every text up to 128 tokens.

    Raises:
        ModelUnusable: the file is missing or damaged.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises this very class
        raise ModelUnusable(f"{path} is no tokenizer; replace it with a fresh copy") from error
    tokenizer.no_padding()
    return tokenizer


def _minilm(settings: MiniLMSettings) -> Callable[[str], int]:
    from groundwatch.models.minilm_build import source_folder

    tokenizer = open_tokenizer(source_folder(settings) / "tokenizer.json")
    tokenizer.no_truncation()

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False))

    return count


def _estimated(text: str) -> int:
    return -(-len(text) // _CHARACTERS_A_TOKEN)

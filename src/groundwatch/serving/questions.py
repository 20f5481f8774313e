"""What a question may look like."""

import unicodedata

from groundwatch.errors import InvalidInput

_KEPT_CONTROLS = "\n\t"
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Make a reader see another order than the one that is searched for; no script needs them."""


def clean_question(text: str, longest: int, name: str = "question") -> str:
    """Return a question without control characters, or raise InvalidInput.

    Args:
        text: as it came; right-to-left text stays as it is.
        longest: characters at most.
        name: what the message calls it.
    """
    if len(text) > longest:
        raise InvalidInput(
            f"The {name} has {len(text):,} characters; at most {longest:,} are taken."
        )
    cleaned = "".join(_printable(character) for character in text).strip()
    if not cleaned:
        raise InvalidInput(f"The {name} is empty.")
    return cleaned


def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if character in _OVERRIDES or (category == "Cc" and character not in _KEPT_CONTROLS):
        return " "
    return "\N{REPLACEMENT CHARACTER}" if category == "Cs" else character

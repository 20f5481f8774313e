"""Random credentials and what is stored of them.

A token holds 256 random bits, so it cannot be guessed however fast one tries, and a plain SHA-256
keeps it safe where it is stored: slow hashes are for passwords, which people choose. Looking a
hash up in an index tells nothing about the token either, since nobody can choose a token for its
hash.
"""

import re
import secrets
from enum import StrEnum
from hashlib import sha256

_BYTES = 32
_FORM = re.compile(r"(gw[sl]?_)[A-Za-z0-9_-]{43}")


class TokenKind(StrEnum):
    """What a token is for; its first letters say so. One kind never passes for another."""

    KEY = "gw_"
    SESSION = "gws_"
    LINK = "gwl_"


def new_token(kind: TokenKind) -> str:
    """Return a new random token."""
    return f"{kind.value}{secrets.token_urlsafe(_BYTES)}"


def kind_of(token: str) -> TokenKind | None:
    """Return what a token is for; None for what cannot be a token."""
    form = _FORM.fullmatch(token)
    return TokenKind(form[1]) if form else None


def token_hash(token: str) -> str:
    """Return what is stored of a token: its SHA-256, hex."""
    return sha256(token.encode()).hexdigest()


def shown_prefix(token: str) -> str:
    """Return the beginning of a token, by which people recognise it."""
    return token[:10]

"""Permissions and filters as tokens: what a point carries and what a query demands.

All tokens of a point stand in one indexed field, told apart by a prefix: a field of its own for
each kind would cost the engine another three file syncs at every flush.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from groundwatch.domain.access import AccessList, Principal
from groundwatch.domain.queries import SearchFilters
from groundwatch.index.points import Label

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALLOW, _DENY = "+", "-"
_DOCUMENT, _SOURCE, _MEDIA, _PATH, _TAG = "d:", "s:", "m:", "p:", "t:"
ACCESS = "a:"
"""Prefix of the token that stands for a whole permission list."""
EVERY = "*"
"""The token of every point."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a point must fulfil.

    Attributes:
        any_of: of each group the point carries at least one token.
        none_of: the point carries none of these.
        since, until: bounds of the modification time in microseconds since 1970, `until` excluded.
    """

    any_of: tuple[tuple[str, ...], ...]
    none_of: tuple[str, ...]
    since: int | None = None
    until: int | None = None


NO_CONDITIONS = Conditions(any_of=(), none_of=())


def tokens_of(label: Label) -> list[str]:
    """Everything a query may demand of a point, except its modification time."""
    access = label.access
    return [
        EVERY,
        document_token(label.document_id),
        _SOURCE + label.source,
        _MEDIA + label.media_type,
        *_prefixed(_TAG, label.tags),
        *_path_tokens(label.path),
        access_token(access),
        *_prefixed(_ALLOW, access.allow),
        *_prefixed(_DENY, access.deny),
    ]


def mark_of(label: Label) -> str:
    """A fingerprint of the whole label: version, permissions and all that filters look at."""
    said = [str(label.version), str(microseconds(label.modified_at)), *tokens_of(label)]
    return sha256("\0".join(said).encode()).hexdigest()[:16]


@lru_cache(maxsize=8192)
def access_token(access: AccessList) -> str:
    """One token for all points with exactly this permission list."""
    said = "\0".join([*_prefixed(_ALLOW, access.allow), *_prefixed(_DENY, access.deny)])
    return ACCESS + sha256(said.encode()).hexdigest()[:24]


def access_conditions(principals: frozenset[Principal]) -> Conditions:
    """Readable: allowed for one of the principals and denied for none."""
    return Conditions(
        any_of=(tuple(_prefixed(_ALLOW, principals)),),
        none_of=tuple(_prefixed(_DENY, principals)),
    )


def conditions(principals: frozenset[Principal], filters: SearchFilters) -> Conditions:
    """Readable and within the filters."""
    access, within = access_conditions(principals), filter_conditions(filters)
    return replace(within, any_of=access.any_of + within.any_of, none_of=access.none_of)


def filter_conditions(filters: SearchFilters) -> Conditions:
    """Within the filters; a modification time is inside `[after, before)`."""
    groups = (
        tuple(_prefixed(_SOURCE, filters.sources)),
        tuple(_prefixed(_MEDIA, filters.media_types)),
        tuple(_prefixed(_TAG, filters.tags)),
        _prefix_group(filters.path_prefix),
    )
    return Conditions(
        any_of=tuple(group for group in groups if group),
        none_of=(),
        since=microseconds(filters.modified_after) if filters.modified_after else None,
        until=microseconds(filters.modified_before) if filters.modified_before else None,
    )


def document_token(document_id: str) -> str:
    return _DOCUMENT + document_id


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970 in UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


@lru_cache(maxsize=8192)
def _path_token(path: str) -> str:
    return _PATH + sha256(path.encode()).hexdigest()[:16]


def _path_tokens(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    return [_path_token("/".join(parts[: depth + 1])) for depth in range(len(parts))]


def _prefix_group(prefix: str) -> tuple[str, ...]:
    tokens = _path_tokens(prefix)
    return (tokens[-1],) if tokens else ()


def _prefixed(prefix: str, values: Iterable[str]) -> list[str]:
    return [prefix + value for value in sorted(values)]

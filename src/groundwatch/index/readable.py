"""What an asker may read, as a filter without exclusions.

Points that share a permission list share one token. The engine's process knows every list its
points carry; it decides each list for the asker by the domain's own rule and asks for the tokens
of those that pass. Compared with naming principals to include and to exclude, the query is four
times as fast where a fifth of 100,000 points is readable.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from groundwatch.domain.access import AccessList, AccessReason, Principal
from groundwatch.index.conditions import access_token

MOST_TOKENS = 2_000
"""With more lists than that to name, principals are named instead."""

_MOST_ASKERS = 1_000


@dataclass(frozen=True, slots=True)
class Readable:
    """What one asker may read.

    Attributes:
        tokens: of the lists that let them read.
        whole: no list that was known when this was decided keeps anything from them.
    """

    tokens: tuple[str, ...]
    whole: bool


class AccessLists:
    """Every permission list that points may carry; it only grows."""

    def __init__(self, known: Iterable[AccessList] = ()) -> None:
        self._lock = Lock()
        self._lists = {access_token(access): access for access in known}
        self._decided: dict[frozenset[Principal], Readable] = {}

    def add(self, lists: Iterable[AccessList]) -> None:
        """Make lists known; to be called before points that carry them are written."""
        found = {access_token(access): access for access in lists}
        with self._lock:
            if found.keys() - self._lists.keys():
                self._lists = self._lists | found
                self._decided = {}

    def readable(self, principals: frozenset[Principal]) -> Readable:
        """What lets one of the principals read; the same object until a list is added."""
        decided, lists = self._decided, self._lists
        found = decided.get(principals)
        if found is None:
            found = _decide(lists, principals)
            with self._lock:
                if lists is self._lists:
                    kept = self._decided if len(self._decided) < _MOST_ASKERS else {}
                    self._decided = kept | {principals: found}
        return found


def _decide(lists: Mapping[str, AccessList], principals: frozenset[Principal]) -> Readable:
    tokens = tuple(
        token
        for token, access in lists.items()
        if access.decide(principals) is AccessReason.ALLOWED
    )
    return Readable(tokens, len(tokens) == len(lists))

"""What an asker may read, as a filter without exclusions.

Points that share a permission list share one token. The engine's process knows every list its
points carry; it decides each list for the asker by the domain's own rule and asks for the tokens
of those that pass. Compared with naming principals to include and to exclude, the query is four
times as fast where a fifth of 100,000 points is readable.
"""

from collections.abc import Iterable
from threading import Lock

from groundwatch.domain.access import AccessList, AccessReason, Principal
from groundwatch.index.conditions import access_token

MOST_TOKENS = 2_000
"""With more lists than that to name, principals are named instead."""

_MOST_ASKERS = 1_000


class AccessLists:
    """Every permission list that points may carry; it only grows."""

    def __init__(self, known: Iterable[AccessList] = ()) -> None:
        self._lock = Lock()
        self._lists = {access_token(access): access for access in known}
        self._tokens: dict[frozenset[Principal], tuple[str, ...]] = {}

    def add(self, lists: Iterable[AccessList]) -> None:
        """Make lists known; to be called before points that carry them are written."""
        found = {access_token(access): access for access in lists}
        with self._lock:
            if found.keys() - self._lists.keys():
                self._lists = self._lists | found
                self._tokens = {}

    def readable(self, principals: frozenset[Principal]) -> tuple[str, ...]:
        """The tokens of the lists that let one of the principals read."""
        tokens, lists = self._tokens, self._lists
        found = tokens.get(principals)
        if found is None:
            found = tuple(
                token
                for token, access in lists.items()
                if access.decide(principals) is AccessReason.ALLOWED
            )
            with self._lock:
                if lists is self._lists:
                    kept = self._tokens if len(self._tokens) < _MOST_ASKERS else {}
                    self._tokens = kept | {principals: found}
        return found

"""Permission lists as they are kept: each distinct list once, under the hash of what it says."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, select

from groundwatch.domain.access import AccessList
from groundwatch.store.schema import access_entries, access_lists, permissions
from groundwatch.store.statements import batches, insert

EFFECTIVE_ID = func.coalesce(permissions.c.explicit_id, permissions.c.rules_id)
"""The list that counts: an explicit one wins over the rules."""


@lru_cache(maxsize=4096)
def fingerprint(access: AccessList) -> str:
    """32 hex digits that stand for a list: equal lists, equal digits."""
    said = json.dumps([sorted(access.allow), sorted(access.deny)])
    return sha256(said.encode()).hexdigest()[:32]


@lru_cache(maxsize=4096)
def access_list(allow: tuple[str, ...] | None, deny: tuple[str, ...] | None) -> AccessList:
    """The list of two stored columns; nothing stored means nobody."""
    return AccessList(frozenset(allow or ()), frozenset(deny or ()))


def keep_lists(c: Connection, lists: Iterable[AccessList]) -> None:
    """Store the lists that are not stored yet."""
    wanted = {fingerprint(access): access for access in lists}
    known = select(access_lists.c.id).where(access_lists.c.id.in_(list(wanted)))
    for list_id in c.execute(known).scalars():
        del wanted[list_id]
    for list_id, access in sorted(wanted.items()):
        _keep_list(c, list_id, access)


def _keep_list(c: Connection, list_id: str, access: AccessList) -> None:
    row = {
        "id": list_id,
        "allow": tuple(sorted(access.allow)),
        "deny": tuple(sorted(access.deny)),
    }
    c.execute(insert(c.dialect.name, access_lists).values(row).on_conflict_do_nothing())
    entries = [
        {"list_id": list_id, "principal": principal, "denied": denied}
        for denied, principals in ((False, access.allow), (True, access.deny))
        for principal in sorted(principals)
    ]
    if entries:
        c.execute(insert(c.dialect.name, access_entries).on_conflict_do_nothing(), entries)


def effective(c: Connection, document_ids: Sequence[str]) -> dict[str, AccessList]:
    """Who may read each document; one without a known list is left out, which means nobody."""
    found: dict[str, AccessList] = {}
    for ids in batches(document_ids):
        statement = (
            select(permissions.c.document_id, access_lists.c.allow, access_lists.c.deny)
            .join(access_lists, access_lists.c.id == EFFECTIVE_ID)
            .where(permissions.c.document_id.in_(ids))
        )
        found |= {row[0]: access_list(row[1], row[2]) for row in c.execute(statement)}
    return found


def readable(principals: frozenset[str]) -> ColumnElement[bool]:
    """Whether a row of `permissions` lets one of the principals read, and denies none."""
    ordered = sorted(principals)

    def lists(denied: bool) -> ScalarSelect[str]:
        return (
            select(access_entries.c.list_id)
            .where(access_entries.c.principal.in_(ordered), access_entries.c.denied == denied)
            .scalar_subquery()
        )

    return EFFECTIVE_ID.in_(lists(denied=False)) & EFFECTIVE_ID.not_in(lists(denied=True))

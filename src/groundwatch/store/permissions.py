"""Who may read a document: what the rules say, and what was set by hand, which wins.

A list that is absent never overwrites one that is known; an empty list is known and means nobody.
Permissions outlive the document: one that is deleted and comes back keeps what was set by hand.
"""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Connection, select

from groundwatch.domain.access import AccessList
from groundwatch.store import changes
from groundwatch.store.acls import effective, fingerprint, keep_lists
from groundwatch.store.changes import ChangeKind
from groundwatch.store.schema import permissions
from groundwatch.store.statements import Insert, batches, insert

__all__ = [
    "clear_explicit",
    "effective",
    "fingerprint",
    "put_all_from_rules",
    "put_explicit",
    "put_from_rules",
]


def put_from_rules(c: Connection, document_id: str, access: AccessList | None) -> bool:
    """Keep what the source's rules say; None (not known) changes nothing.

    Returns whether it changed who may read the document.
    """
    return put_all_from_rules(c, {document_id: access}) == 1


def put_all_from_rules(c: Connection, lists: Mapping[str, AccessList | None]) -> int:
    """`put_from_rules` for many documents; returns for how many the readers changed."""
    known = {id_: access for id_, access in lists.items() if access is not None}
    changes.lock(c)
    keep_lists(c, known.values())
    return sum(
        _put(c, "rules_id", {id_: fingerprint(known[id_]) for id_ in ids})
        for ids in batches(sorted(known))
    )


def put_explicit(c: Connection, document_id: str, access: AccessList) -> bool:
    """Set the list by hand; returns whether it changed who may read the document."""
    changes.lock(c)
    keep_lists(c, [access])
    return _put(c, "explicit_id", {document_id: fingerprint(access)}) == 1


def clear_explicit(c: Connection, document_id: str) -> bool:
    """Let the rules decide again; returns whether it changed who may read the document."""
    changes.lock(c)
    return _put(c, "explicit_id", {document_id: None}) == 1


def is_explicit(c: Connection, document_id: str) -> bool:
    """Whether the list was set by hand, which replaces the rules."""
    return bool(_kept(c, [document_id]).get(document_id, _NONE)["explicit_id"])


def _put(c: Connection, column: str, list_ids: Mapping[str, str | None]) -> int:
    before = dict.fromkeys(list_ids, _NONE) | _kept(c, list(list_ids))
    changed = [id_ for id_, list_id in list_ids.items() if before[id_][column] != list_id]
    if changed:
        c.execute(
            _statement(c.dialect.name, column),
            [{"document_id": id_, column: list_ids[id_]} for id_ in changed],
        )
    read_by_others = [
        id_
        for id_ in changed
        if _effective(before[id_]) != _effective(before[id_] | {column: list_ids[id_]})
    ]
    changes.append(c, read_by_others, ChangeKind.ACCESS)
    return len(read_by_others)


_NONE: dict[str, str | None] = {"rules_id": None, "explicit_id": None}


def _effective(kept: dict[str, str | None]) -> str | None:
    return kept["explicit_id"] or kept["rules_id"]


def _kept(c: Connection, document_ids: list[str]) -> dict[str, dict[str, str | None]]:
    statement = select(permissions).where(permissions.c.document_id.in_(document_ids))
    return {
        row[0]: {"rules_id": row.rules_id, "explicit_id": row.explicit_id}
        for row in c.execute(statement)
    }


@cache
def _statement(dialect: str, column: str) -> Insert:
    statement = insert(dialect, permissions)
    return statement.on_conflict_do_update(
        index_elements=["document_id"], set_={column: statement.excluded[column]}
    )

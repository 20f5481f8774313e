"""Who may read a document: what the rules say, and what was set by hand, which wins.

A list that is absent never overwrites one that is known; an empty list is known and means nobody.
Permissions outlive the document: one that is deleted and comes back keeps what was set by hand.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from groundwatch.domain.access import AccessList
from groundwatch.store import changes
from groundwatch.store.acls import EFFECTIVE_ID, effective, fingerprint, keep_lists
from groundwatch.store.changes import ChangeKind
from groundwatch.store.schema import permissions
from groundwatch.store.statements import batches, insert

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


def _put(c: Connection, column: str, list_ids: Mapping[str, str | None]) -> int:
    before = _effective_ids(c, list(list_ids))
    statement = insert(c, permissions)
    c.execute(
        statement.on_conflict_do_update(
            index_elements=["document_id"], set_={column: statement.excluded[column]}
        ),
        [{"document_id": id_, column: list_id} for id_, list_id in list_ids.items()],
    )
    after = _effective_ids(c, list(list_ids))
    changed = [id_ for id_ in list_ids if before.get(id_) != after.get(id_)]
    changes.append(c, changed, ChangeKind.ACCESS)
    return len(changed)


def _effective_ids(c: Connection, document_ids: list[str]) -> dict[str, str | None]:
    statement = select(permissions.c.document_id, EFFECTIVE_ID).where(
        permissions.c.document_id.in_(document_ids)
    )
    return {row[0]: row[1] for row in c.execute(statement)}

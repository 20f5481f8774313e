"""Documents as their readers see them: what may not be read does not exist."""

from collections.abc import Iterable
from contextlib import suppress

import structlog
from sqlalchemy import Connection

from groundwatch.domain.access import AccessList, AccessReason, Identity
from groundwatch.domain.documents import DocumentContent, DocumentMeta
from groundwatch.errors import InvalidInput, NotFound, Transient
from groundwatch.index.remote import RemoteIndex
from groundwatch.store import changes, documents, permissions
from groundwatch.store.database import Database


class Library:
    """Reads documents and changes their permissions.

    Administrators manage permissions of documents they may not read; reading obeys the same
    lists for everybody.
    """

    def __init__(self, database: Database, index: RemoteIndex) -> None:
        self._database = database
        self._index = index
        self._log = structlog.get_logger("library")

    def page(
        self, identity: Identity, *, source: str, prefix: str, after: str, limit: int
    ) -> list[DocumentMeta]:
        """Return documents by source and path, from behind the document `after`."""
        with self._database.read() as connection:
            position = None
            if after:
                last = documents.metas(connection, [after]).get(after)
                if last is None or not self._readable(identity, self._access(connection, after)):
                    raise InvalidInput("`after` is no document of the page before; begin anew")
                position = (last.source, last.path)
            return documents.page(
                connection,
                principals=identity.principals,
                source=source,
                prefix=prefix,
                after=position,
                limit=limit,
            )

    def content(self, identity: Identity, document_id: str) -> DocumentContent:
        """Return a document with its text.

        Raises:
            NotFound: it does not exist, or may not be read.
        """
        with self._database.read() as connection:
            found = documents.content(connection, document_id)
        if found is None or not self._readable(identity, found.access):
            raise NotFound("there is no such document")
        return found

    def readable(self, identity: Identity, document_ids: Iterable[str]) -> frozenset[str]:
        """Which of some documents exist and may be read now."""
        with self._database.read() as connection:
            ids = list(documents.metas(connection, list(document_ids)))
            lists = permissions.effective(connection, ids)
        allowed = (each for each in ids if self._readable(identity, lists.get(each, AccessList())))
        return frozenset(allowed)

    def set_access(self, identity: Identity, document_id: str, access: AccessList) -> None:
        """Replace a document's permissions; in force when this returns.

        The index follows before that too, unless it cannot now.
        """
        with self._database.write() as connection:
            if document_id not in documents.metas(connection, [document_id]):
                raise NotFound("there is no such document")
            permissions.put_explicit(connection, document_id, access)
            position = changes.latest(connection)
        with suppress(Transient):  # committed, and every answer is checked against the store
            self._index.follow(position)
        self._log.info("permissions set by hand", document=document_id, by=identity.user)

    def _access(self, connection: Connection, document_id: str) -> AccessList:
        return permissions.effective(connection, [document_id]).get(document_id, AccessList())

    def _readable(self, identity: Identity, access: AccessList) -> bool:
        return access.decide(identity.principals) is AccessReason.ALLOWED

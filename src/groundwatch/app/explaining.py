"""Why somebody may or may not read a document."""

from groundwatch.access.directory import Directory
from groundwatch.access.explaining import Readable, explain_access
from groundwatch.access.path_rules import RuleResult, rule_for
from groundwatch.config import Config
from groundwatch.domain.access import AccessList, AccessReason
from groundwatch.domain.documents import DocumentMeta
from groundwatch.errors import InvalidInput, NotFound
from groundwatch.store import documents, permissions
from groundwatch.store.database import Database


def explain(config: Config, database: Database, document_id: str, user: str) -> Readable:
    """Decide as every search does, and say why.

    Raises:
        NotFound: there is no such document.
        InvalidInput: there is no such user.
    """
    directory = Directory(config.users, config.groups)
    if user not in directory.users:
        raise InvalidInput(f"user {user!r} is not in the configuration; add it under `users:`")
    with database.read() as connection:
        meta = documents.metas(connection, [document_id]).get(document_id)
        if meta is None:
            raise NotFound("there is no such document; `groundwatch document list` shows the ids")
        access = permissions.effective(connection, [document_id]).get(document_id, AccessList())
        by_hand = permissions.is_explicit(connection, document_id)
    said = explain_access(access, user, directory, None if by_hand else _rules(config, meta))
    readable = said.reason is AccessReason.ALLOWED
    return Readable(document_id, meta.source, meta.path, user, readable, said.reason, said.words)


def _rules(config: Config, meta: DocumentMeta) -> RuleResult | None:
    """What the rules of the document's source say; uploads have none."""
    for source in config.sources:
        if source.name == meta.source:
            return rule_for(meta.path, source.permissions)
    return None

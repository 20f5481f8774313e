"""Why somebody may or may not read a document, asked by whoever owns the data folder."""

from dataclasses import dataclass

from groundwatch.access.directory import Directory
from groundwatch.access.explaining import explain_access
from groundwatch.access.path_rules import RuleResult, rule_for
from groundwatch.config import Config
from groundwatch.domain.access import AccessList, AccessReason
from groundwatch.domain.documents import DocumentMeta
from groundwatch.errors import NotFound
from groundwatch.store import documents, permissions
from groundwatch.store.database import Database


@dataclass(frozen=True, slots=True)
class Readable:
    """Whether a user may read a document.

    Attributes:
        words: the rule that decides, and the way to it through the groups.
    """

    document_id: str
    source: str
    path: str
    user: str
    readable: bool
    reason: str
    words: str


def explain(config: Config, database: Database, document_id: str, user: str) -> Readable:
    """Decide as every search does, and say why.

    Raises:
        NotFound: there is no such document.
        NotAuthenticated: there is no such user.
    """
    with database.read() as connection:
        meta = documents.metas(connection, [document_id]).get(document_id)
        if meta is None:
            raise NotFound("there is no such document; `groundwatch document list` shows the ids")
        access = permissions.effective(connection, [document_id]).get(document_id, AccessList())
        by_hand = permissions.is_explicit(connection, document_id)
    directory = Directory(config.users, config.groups)
    said = explain_access(access, user, directory, None if by_hand else _rules(config, meta))
    readable = said.reason is AccessReason.ALLOWED
    return Readable(
        document_id, meta.source, meta.path, user, readable, said.reason.value, said.words
    )


def _rules(config: Config, meta: DocumentMeta) -> RuleResult | None:
    """What the rules of the document's source say; uploads have none."""
    for source in config.sources:
        if source.name == meta.source:
            return rule_for(meta.path, source.permissions)
    return None

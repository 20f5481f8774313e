"""What of an interaction a person may read; asked of the permissions as they are now."""

from dataclasses import dataclass

from groundwatch.domain.access import Identity
from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.errors import NotFound
from groundwatch.serving.services import Library

OURS = "groundwatch"
"""The application whose passages are documents with permissions of ours."""
READS_ALL = "interactions:read-all"


@dataclass(frozen=True, slots=True)
class Readable:
    """What may be shown.

    Attributes:
        texts: question, answer and comments: one's own, or everybody's with the permission.
        answer: also every document that the answer was made from.
        passages: by rank, whether its document may be read.
    """

    texts: bool
    answer: bool
    passages: dict[int, bool]


def may_read_texts(one: Interaction, identity: Identity) -> bool:
    """Whether questions and answers may be shown: one's own of our own application, or all."""
    is_own = one.application == OURS and bool(one.user) and one.user == identity.user
    return is_own or identity.may(READS_ALL)


def readable(one: Interaction, identity: Identity, library: Library) -> Readable:
    """Decide for an interaction and a person."""
    texts = may_read_texts(one, identity)
    known: dict[str, bool] = {}
    passages = {
        passage.rank: texts and _may_read(one, passage, identity, library, known)
        for passage in one.passages
    }
    used = [each for each in one.passages if each.cited] or list(one.passages)
    return Readable(texts, texts and all(passages[each.rank] for each in used), passages)


def _may_read(
    one: Interaction,
    passage: RetrievedPassage,
    identity: Identity,
    library: Library,
    known: dict[str, bool],
) -> bool:
    """Passages of other applications have no permissions here: who reads texts reads them."""
    if one.application != OURS:
        return True
    if not passage.document_id or not identity.may("documents:read"):
        return False
    if passage.document_id not in known:
        known[passage.document_id] = _exists(identity, passage.document_id, library)
    return known[passage.document_id]


def _exists(identity: Identity, document_id: str, library: Library) -> bool:
    try:
        library.content(identity, document_id)
    except NotFound:
        return False
    return True

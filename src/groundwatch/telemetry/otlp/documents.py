"""Passages that were retrieved, in every form in which conventions write them."""

from collections.abc import Iterable
from dataclasses import dataclass

from groundwatch.domain.interactions import RetrievedPassage
from groundwatch.domain.spans import AttributeValue
from groundwatch.telemetry.otlp.messages import text_of
from groundwatch.telemetry.otlp.values import as_number, as_text, as_tree

DISTANCE = "distance"
"""Said of passages whose score is a distance, negated so that higher is better."""

_IDS = ("id", "document_id", "doc_id", "chunk_id", "node_id")
_TEXTS = ("content", "text", "page_content", "document", "chunk", "entity", "body")
_SCORES = ("score", "relevance_score", "similarity", "similarity_score")
_SOURCES = ("source", "file_name", "filename", "file_path", "path", "url", "uri", "doc_uri")
_TITLES = ("title", "name", "heading", "file_name")
_MOST = 1_000
_MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """A retrieved passage; `is_distance` tells that a lower score is better."""

    id: str
    text: str
    score: float | None
    is_distance: bool
    title: str = ""
    source: str = ""


def documents_of(value: AttributeValue) -> list[Document]:
    """The documents of a structure, in the order in which they were found."""
    value = as_tree(value)
    if isinstance(value, dict):
        for name in ("documents", "results", "matches", "source_documents", "contexts"):
            if isinstance(value.get(name), list):
                return documents_of(value[name])
        value = [value]
    if isinstance(value, str):
        value = [value] if value.strip() else []
    if not isinstance(value, list):
        return []
    return [found for each in value[:_MOST] if (found := _document(each))]


def _document(value: AttributeValue) -> Document | None:
    if isinstance(value, str):
        parsed = as_tree(value)
        if not isinstance(parsed, dict):
            return Document("", value, None, is_distance=False)
        value = parsed
    if not isinstance(value, dict):
        return None
    inner = value.get("document")
    if isinstance(inner, dict):
        value = {**value, **inner}
    return _of_object(value)


def _of_object(value: dict[str, AttributeValue]) -> Document | None:
    found = as_tree(value.get("metadata"))
    metadata = found if isinstance(found, dict) else {}
    score, distance = _number(value, _SCORES), as_number(value.get("distance"))
    document = Document(
        _text(value, _IDS) or _text(metadata, _IDS),
        _content_of(value),
        distance if score is None else score,
        is_distance=score is None and distance is not None,
        title=_text(value, _TITLES[:1]) or _text(metadata, _TITLES),
        source=_text(value, _SOURCES) or _text(metadata, _SOURCES),
    )
    return document if document.id or document.text or document.score is not None else None


def _content_of(value: dict[str, AttributeValue]) -> str:
    for name in _TEXTS:
        text = _content(value[name], name) if name in value else ""
        if text:
            return text
    return ""


def _content(value: AttributeValue, name: str) -> str:
    if name == "entity":
        value = as_tree(value)
    if isinstance(value, str):
        return value
    return text_of(value) or as_text(value)


def _text(value: dict[str, AttributeValue], names: Iterable[str]) -> str:
    for name in names:
        text = as_text(value[name]) if name in value else ""
        if text:
            return text
    return ""


def _number(value: dict[str, AttributeValue], names: Iterable[str]) -> float | None:
    for name in names:
        number = as_number(value[name]) if name in value else None
        if number is not None:
            return number
    return None


def passages(lists: Iterable[list[Document]]) -> tuple[tuple[RetrievedPassage, ...], bool]:
    """What several retrievals found together, each passage once, ranked in order.

    A distance is negated, so that in every list a higher score is a better one.

    Returns:
        The passages, and whether there were more than are kept of one trace.
    """
    known: dict[str, set[str]] = {}
    found: list[RetrievedPassage] = []
    characters = 0
    for document in (each for documents in lists for each in documents):
        ids = known.setdefault(document.text, set())
        if document.id in ids or (document.text and ids and "" in {document.id, *ids}):
            continue
        ids.add(document.id)
        characters += len(document.text)
        if len(found) == _MOST or characters > _MOST_CHARACTERS:
            return tuple(found), True
        found.append(_passage(document, len(found) + 1))
    return tuple(found), False


def _passage(document: Document, rank: int) -> RetrievedPassage:
    score = document.score
    return RetrievedPassage(
        rank=rank,
        text=document.text,
        document_id=document.id,
        title=document.title,
        source=document.source,
        score=-score if score is not None and document.is_distance else score,
    )

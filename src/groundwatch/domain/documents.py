"""Documents, their chunks and the passages found in them."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from groundwatch.domain.access import AccessList


def document_id(source: str, path: str) -> str:
    """The stable id of what lies at a path of a source: 32 hex digits."""
    return sha256(f"{source}\0{path}".encode(errors="surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DocumentMeta:
    """What is known of a document without its text.

    Attributes:
        id: stable over versions and never reused; derived from source and path.
        version: counts up with every change, including deletion and permission changes.
        content_hash: sha256 of the file's bytes, hex.
        modified_at: the file's own modification time.
        tags: labels from the source's path rules or the upload.
    """

    id: str
    source: str
    path: str
    title: str
    media_type: str
    version: int
    content_hash: str
    size: int
    modified_at: datetime
    indexed_at: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document's parsed text: `text == document_text[start:end]`.

    Attributes:
        heading: the headings above it, outermost first, joined by " > ".
        start, end: character offsets into the parsed text, end exclusive.
        page: 1-based page, slide or sheet, where the format has them.
    """

    ordinal: int
    text: str
    start: int
    end: int
    heading: str = ""
    page: int | None = None

    def embedding_text(self, title: str) -> str:
        """The text that is embedded and searched: title and headings give a chunk its context."""
        context = " > ".join(part for part in (title, self.heading) if part)
        return f"{context}\n{self.text}" if context else self.text


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found for a question and may be read by the asker.

    Attributes:
        rank: 1-based position after fusion.
        score: fused score, higher is better, comparable only inside one result.
        dense_score: cosine to the question, where the dense ranking held it.
        lexical_score: BM25, where the lexical ranking held it.
    """

    chunk_id: int
    document: DocumentMeta
    text: str
    start: int
    end: int
    heading: str
    page: int | None
    rank: int
    score: float
    dense_score: float | None = None
    lexical_score: float | None = None


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """A whole document: what it is, what it says, who may read it."""

    meta: DocumentMeta
    text: str
    access: AccessList

"""Documents and passages as HTTP shows them."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import DocumentMeta, Passage
from groundwatch.domain.queries import SearchFilters
from groundwatch.serving.bodies.body import Body

PrincipalName = Annotated[
    str, StringConstraints(pattern=r"^(everyone|(user|group):[^\s,]{1,200})$", max_length=210)
]
Label = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class FiltersBody(Body):
    """What a search is narrowed to; every condition given must hold."""

    sources: tuple[Label, ...] = Field(default=(), max_length=100)
    media_types: tuple[Label, ...] = Field(default=(), max_length=100)
    path_prefix: str = Field(default="", max_length=1000)
    tags: tuple[Label, ...] = Field(
        default=(), max_length=100, description="The document carries at least one of them."
    )
    modified_after: AwareDatetime | None = None
    modified_before: AwareDatetime | None = None

    def filters(self) -> SearchFilters:
        return SearchFilters(
            sources=self.sources,
            media_types=self.media_types,
            path_prefix=self.path_prefix,
            tags=self.tags,
            modified_after=self.modified_after,
            modified_before=self.modified_before,
        )


class AccessBody(Body):
    """Who may read a document: deny wins, and an empty `allow` means nobody."""

    allow: tuple[PrincipalName, ...] = Field(
        default=(), max_length=1000, examples=[["group:hr", "user:anna"]]
    )
    deny: tuple[PrincipalName, ...] = Field(default=(), max_length=1000)

    def access(self) -> AccessList:
        return AccessList(frozenset(self.allow), frozenset(self.deny))

    @classmethod
    def of(cls, access: AccessList) -> "AccessBody":
        return cls(allow=tuple(sorted(access.allow)), deny=tuple(sorted(access.deny)))


class DocumentBody(Body):
    """A document without its text."""

    id: str
    source: str
    path: str
    title: str
    media_type: str
    version: int
    size: int = Field(description="Bytes.")
    modified_at: datetime
    indexed_at: datetime
    tags: tuple[str, ...]

    @classmethod
    def of(cls, meta: DocumentMeta) -> "DocumentBody":
        return cls(
            id=meta.id,
            source=meta.source,
            path=meta.path,
            title=meta.title,
            media_type=meta.media_type,
            version=meta.version,
            size=meta.size,
            modified_at=meta.modified_at,
            indexed_at=meta.indexed_at,
            tags=meta.tags,
        )


class PassageBody(Body):
    """A passage the asker may read: `text` stands at `start` to `end` of the document's text."""

    rank: int
    chunk_id: int
    document: DocumentBody
    text: str
    start: int
    end: int
    heading: str
    page: int | None
    score: float = Field(description="After fusion; comparable only inside one result.")
    dense_score: float | None = Field(description="Cosine to the question.")
    lexical_score: float | None = Field(description="BM25.")

    @classmethod
    def of(cls, passage: Passage) -> "PassageBody":
        return cls(
            rank=passage.rank,
            chunk_id=passage.chunk_id,
            document=DocumentBody.of(passage.document),
            text=passage.text,
            start=passage.start,
            end=passage.end,
            heading=passage.heading,
            page=passage.page,
            score=passage.score,
            dense_score=passage.dense_score,
            lexical_score=passage.lexical_score,
        )

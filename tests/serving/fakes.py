"""Fakes in memory of what the HTTP server needs to know and to read."""

from dataclasses import dataclass, field, replace

import numpy as np
from tests.serving.company import Record, company

from groundwatch.domain.access import AccessList, Identity
from groundwatch.domain.documents import DocumentContent, DocumentMeta, Passage
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.domain.queries import SearchFilters
from groundwatch.domain.questions import Candidate, SearchMode, SearchResult
from groundwatch.errors import NotAuthenticated, NotFound, Unavailable
from groundwatch.models.embedder import Urgency, Vectors


@dataclass
class FakeAuthentication:
    """Keys are `gw_USER`, links `link-USER`, sessions `session-USER`."""

    people: dict[str, Identity]
    links: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    is_down: bool = False

    def __call__(self, credential: str) -> Identity:
        if self.is_down:
            raise Unavailable("the store at /secret/place does not answer")
        if credential in self.ended:
            raise NotAuthenticated("ended")
        for prefix, via in (("gw_", "key"), ("session-", "session")):
            user = credential.removeprefix(prefix)
            if credential.startswith(prefix) and user in self.people:
                return replace(self.people[user], via=via)
        raise NotAuthenticated("unknown")

    def redeem(self, token: str) -> str:
        if token not in self.links:
            raise NotAuthenticated("used")
        self.links.remove(token)
        return token.replace("link-", "session-")

    def end(self, credential: str) -> None:
        self.ended.add(credential)


@dataclass
class FakeSink:
    recorded: list[Interaction] = field(default_factory=list)

    def record(self, interaction: Interaction) -> None:
        self.recorded.append(interaction)


@dataclass
class FakeLibrary:
    records: dict[str, Record] = field(default_factory=company)

    def visible(self, asker: Identity) -> list[Record]:
        return [each for each in self.records.values() if self._sees(asker, each)]

    def find(self, query: str, asker: Identity) -> tuple[Passage, ...]:
        words = {word for word in query.lower().split() if len(word) > 3}
        found: list[Passage] = []
        for each in self.visible(asker):
            start = 0
            for part in each.text.split("\n\n"):
                start = each.text.index(part, start)
                hits = sum(word.strip("?.,") in part.lower() for word in words)
                if hits and not part.startswith("#"):
                    found.append(self._passage(each, part, start, hits))
        ranked = sorted(found, key=lambda passage: (-passage.score, passage.chunk_id))
        return tuple(replace(each, rank=rank) for rank, each in enumerate(ranked, 1))

    def page(
        self, identity: Identity, *, source: str, prefix: str, after: str, limit: int
    ) -> list[DocumentMeta]:
        metas = sorted((each.meta for each in self.visible(identity)), key=lambda meta: meta.id)
        return [
            meta
            for meta in metas
            if meta.id > after and source in ("", meta.source) and meta.path.startswith(prefix)
        ][:limit]

    def content(self, identity: Identity, document_id: str) -> DocumentContent:
        found = self.records.get(document_id)
        if found is None:
            raise NotFound(f"document {document_id} does not exist")
        if not self._sees(identity, found):
            raise NotFound(f"document {document_id} is forbidden for {identity.user}")
        return DocumentContent(found.meta, found.text, found.access)

    def set_access(self, identity: Identity, document_id: str, access: AccessList) -> None:
        self.content(identity, document_id)
        self.records[document_id] = replace(self.records[document_id], access=access)

    def _sees(self, asker: Identity, each: Record) -> bool:
        return asker.may("index:manage") or each.access.decide(asker.principals) == "allowed"

    def _passage(self, each: Record, part: str, start: int, hits: int) -> Passage:
        return Passage(
            chunk_id=int(each.meta.id[:6], 16) * 1000 + start,
            document=each.meta,
            text=part,
            start=start,
            end=start + len(part),
            heading=each.meta.title,
            page=None,
            rank=1,
            score=hits / 10,
            dense_score=0.7,
            lexical_score=float(hits),
        )


@dataclass
class FakeSearching:
    library: FakeLibrary

    def search(
        self,
        query: str,
        identity: Identity,
        filters: SearchFilters,
        k: int | None,
        *,
        explain: bool,
    ) -> SearchResult:
        passages = self.library.find(query, identity)[: k or 8]
        candidates = tuple(
            Candidate(
                each.chunk_id,
                each.document.id,
                each.document.source,
                each.document.path,
                "shown",
                each.score,
            )
            for each in passages
        )
        return SearchResult(
            passages, SearchMode.HYBRID, "g1", explanation=candidates if explain else None
        )


@dataclass
class FakeFeedback:
    sink: FakeSink
    given: list[Feedback] = field(default_factory=list)

    def give(self, identity: Identity, feedback: Feedback) -> None:
        mine = {each.id for each in self.sink.recorded if each.user == identity.user}
        if feedback.interaction_id not in mine:
            raise NotFound(f"interaction {feedback.interaction_id}")
        self.given.append(feedback)


class FakeEmbedder:
    name = "fake-embedder"
    dimensions = 4

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        rows = np.array([[len(text), 1.0, 2.0, 3.0] for text in texts], dtype=np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

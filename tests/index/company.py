"""A store with documents, and an index that follows it."""

from sqlalchemy import Connection

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import Chunk, DocumentMeta, document_id
from groundwatch.index.points import IndexModel
from groundwatch.store import changes, documents, permissions, vectors
from groundwatch.store.database import Database
from tests.index.samples import ALL, MODEL, THEN, vector

SUBJECTS = ("leave", "travel", "payroll", "security", "printer", "canteen", "contract", "vpn")


def meta(path: str, version: int = 1) -> DocumentMeta:
    return DocumentMeta(
        id=document_id("files", path),
        source="files",
        path=path,
        title=path.rsplit("/", maxsplit=1)[-1],
        media_type="text/markdown",
        version=version,
        content_hash=f"{path} {version}",
        size=1,
        modified_at=THEN,
        indexed_at=THEN,
        tags=(),
    )


class Company:
    """Writes documents to a store as the worker does; `seed` gives each text its own vector."""

    def __init__(self, database: Database, model: IndexModel = MODEL) -> None:
        self.database = database
        self.model = model
        self._versions: dict[str, int] = {}

    def put(self, path: str, *texts: str, access: AccessList | None = ALL) -> str:
        """A new version with a chunk for each text; returns the document's id."""
        version = self._next(path)
        document = meta(path, version)
        with self.database.write() as c:
            ids = documents.put(c, document, "\n".join(texts), _chunks(texts), pipeline="p1")
            assert ids is not None
            permissions.put_from_rules(c, document.id, access)
            self._embed(c, dict(zip(ids, texts, strict=True)))
        return document.id

    def delete(self, path: str) -> None:
        with self.database.write() as c:
            documents.delete(c, document_id("files", path), self._next(path))

    def permit(self, path: str, access: AccessList) -> None:
        with self.database.write() as c:
            permissions.put_explicit(c, document_id("files", path), access)

    def latest(self) -> int:
        with self.database.read() as c:
            return changes.latest(c)

    def grow(self, count: int, start: int = 0) -> list[str]:
        """Many documents of two chunks each; returns their paths."""
        paths = []
        for number in range(start, start + count):
            subject = SUBJECTS[number % len(SUBJECTS)]
            path = f"{subject}/{number}.md"
            self.put(path, f"{subject} rules number{number}", f"more {subject} notes {number % 7}")
            paths.append(path)
        return paths

    def embed_all(self, model: IndexModel) -> None:
        """Give every chunk a vector of another model."""
        while True:
            with self.database.write() as c:
                missing = vectors.missing(c, model.name, 500)
                rows = {m.id: vector(m.id, model.dimensions).tobytes() for m in missing}
                vectors.put(c, model.name, rows)
            if not missing:
                return

    def _embed(self, c: Connection, texts: dict[int, str]) -> None:
        if self.model.dimensions:
            rows = {id_: embed(text, self.model).tobytes() for id_, text in texts.items()}
            vectors.put(c, self.model.name, rows)

    def _next(self, path: str) -> int:
        self._versions[path] = self._versions.get(path, 0) + 1
        return self._versions[path]


def embed(text: str, model: IndexModel = MODEL):
    """A vector that depends on the text alone."""
    return vector(
        sum(ord(letter) * (1 + place) for place, letter in enumerate(text)), model.dimensions
    )


def _chunks(texts: tuple[str, ...]) -> list[Chunk]:
    chunks, start = [], 0
    for ordinal, text in enumerate(texts):
        chunks.append(Chunk(ordinal, text, start, start + len(text)))
        start += len(text) + 1
    return chunks

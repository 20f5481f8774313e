"""The whole store, page by page, as a builder reads it."""

from collections.abc import Iterator

from groundwatch.index.follower import labelled_points
from groundwatch.index.lexical import measure_average
from groundwatch.index.points import IndexModel, LabelledPoints
from groundwatch.store import changes
from groundwatch.store.database import Database

_PAGE = 64
_SAMPLE = 2_000


def pages(database: Database, model: IndexModel) -> Iterator[list[LabelledPoints]]:
    """Every live document with the model's vectors, in the order of ids."""
    after = ""
    while True:
        with database.read() as c:
            ids = changes.document_ids(c, after, _PAGE)
            page = [labelled_points(found) for found in changes.indexed(c, ids, model.name)]
        if not ids:
            return
        yield page
        after = ids[-1]


def measure(database: Database, model: IndexModel) -> float:
    """Words of an average chunk, of the first documents by id: ids are hashes, a fair sample."""
    texts: list[str] = []
    for page in pages(database, model):
        texts += [point.text for document in page for point in document.points]
        if len(texts) >= _SAMPLE:
            break
    return measure_average(texts)

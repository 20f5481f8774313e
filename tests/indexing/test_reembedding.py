"""A switch of embedders gives every chunk a vector of the new one."""

from datetime import UTC, datetime

from tests.indexing.fakes import CountingEmbedder
from tests.indexing.test_batch import Bench

from groundwatch.errors import Unavailable
from groundwatch.indexing.reembedding import LEASE, Reembedding
from groundwatch.store import values, vectors

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class OtherEmbedder(CountingEmbedder):
    name = "other-2"


def reembedding(database, embedder, pause=lambda seconds: False):
    return Reembedding(database, embedder, lambda: NOW, owner="w", pause=pause)


def indexed(database, **files):
    bench = Bench(database)
    bench.source.files |= {f"{name}.md": text for name, text in files.items()}
    bench.scan_and_run()
    return bench


def test_every_chunk_gets_a_vector_of_the_new_embedder_and_keeps_the_old(database):
    indexed(database, a="one\ntwo", b="three")
    assert reembedding(database, OtherEmbedder()).run() == 3
    with database.read() as connection:
        assert vectors.missing(connection, "other-2", 10) == []
        assert vectors.missing(connection, "fake-2", 10) == []


def test_a_refused_text_is_left_out_and_the_rest_goes_on(database):
    bench = indexed(database, a="one\ntwo", b="three")
    bench.embedder.embedded.clear()

    class Refusing(OtherEmbedder):
        def embed(self, texts, urgency):
            return super().embed([text.replace("two", "UNEMBEDDABLE") for text in texts], urgency)

    assert reembedding(database, Refusing()).run() == 2
    with database.read() as connection:
        assert len(vectors.missing(connection, "other-2", 10)) == 1


def test_an_embedder_that_is_away_is_waited_for(database):
    indexed(database, a="one")
    embedder = OtherEmbedder()
    pauses: list[float] = []

    class Away(OtherEmbedder):
        def embed(self, texts, urgency):
            if len([seconds for seconds in pauses if seconds]) < 2:
                raise Unavailable("the embedder is away")
            return embedder.embed(texts, urgency)

    assert reembedding(database, Away(), pauses.append).run() == 1
    assert embedder.embedded


def test_only_one_worker_does_it(database):
    indexed(database, a="one")
    with database.write() as connection:
        assert values.acquire(connection, LEASE, "somebody else", NOW, seconds=60)
    stops = iter([False, True])
    assert reembedding(database, OtherEmbedder(), lambda seconds: next(stops)).run() == 0

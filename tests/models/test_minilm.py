import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest

from groundwatch.errors import InvalidInput
from groundwatch.models.embedder import Urgency
from groundwatch.models.minilm import MAX_TOKENS, MiniLM, load_tokenizer
from groundwatch.models.minilm_build import PreparedModel

SENTENCES = [
    "Employees may carry five days of leave into the next year.",
    "Unused vacation can be moved to the following year, five days at most.",
    "The pump in hall 3 is serviced every six months.",
]


def test_vectors_have_unit_length_and_keep_meaning(minilm: MiniLM):
    vectors = minilm.embed(SENTENCES, Urgency.BULK)

    assert vectors.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.6
    assert vectors[0] @ vectors[2] < 0.35


def test_a_vector_does_not_depend_on_its_neighbours(minilm: MiniLM):
    together = minilm.embed(SENTENCES, Urgency.BULK)
    alone = [minilm.embed([text], Urgency.QUESTION)[0] for text in SENTENCES]

    np.testing.assert_array_equal(together, np.stack(alone))


def test_memory_stays_where_the_longest_text_has_put_it(minilm: MiniLM):
    longest = "word " * 300
    minilm.embed([longest], Urgency.BULK)
    before = psutil.Process().memory_info().rss

    texts = [longest[: 5 * words] for words in range(1, 300, 6)]
    minilm.embed(texts + texts[::-1], Urgency.BULK)

    assert psutil.Process().memory_info().rss - before < 16 << 20


def test_text_beyond_the_limit_is_not_read_and_text_before_it_is(minilm: MiniLM):
    base = "word " * 200
    vectors = minilm.embed(
        [base, base + "zebra", base + "word " * 80, base + "word " * 99], Urgency.BULK
    )

    assert not np.array_equal(vectors[0], vectors[1])
    np.testing.assert_array_equal(vectors[2], vectors[3])


def test_the_tokenizer_neither_pads_nor_cuts_at_128(prepared: PreparedModel):
    tokenizer = load_tokenizer(prepared)

    assert len(tokenizer.encode("leave").ids) == 3
    assert len(tokenizer.encode("leave " * 999).ids) == MAX_TOKENS


@pytest.mark.parametrize("blank", ["", "  \n", "\t"])
def test_a_blank_text_is_refused_with_its_position(minilm: MiniLM, blank: str):
    with pytest.raises(InvalidInput, match="text 1 is blank"):
        minilm.embed(["fine", blank], Urgency.BULK)


@pytest.mark.parametrize("text", ["\x00\x01", "🙂", "שלום עולם", "x" * 1_000_000, "." * 999])
def test_odd_texts_have_a_vector_all_the_same(minilm: MiniLM, text: str):
    assert np.linalg.norm(minilm.embed([text], Urgency.QUESTION)[0]) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_vectors(minilm: MiniLM):
    assert minilm.embed([], Urgency.BULK).shape == (0, 384)

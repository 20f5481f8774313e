import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.generation.drafts import Draft, DraftStream, Mark


def cut(*pieces: str, ended_early: bool = False) -> list[Draft]:
    stream = DraftStream()
    drafts = [draft for piece in pieces for draft in stream.feed(piece)]
    return drafts + stream.finish(cut=ended_early)


@pytest.mark.parametrize(
    ("reply", "drafts"),
    [
        ("Meals cost 40 euros [1].", [("Meals cost 40 euros.", [1])]),
        ("Meals cost 40 euros. [1]", [("Meals cost 40 euros.", [1])]),
        ("Meals cost 40 euros.[1][3]", [("Meals cost 40 euros.", [1, 3])]),
        ("Meals cost 40 euros [1, 3].", [("Meals cost 40 euros.", [1, 3])]),
        ("It is paid. [2] It ends in May [1].", [("It is paid.", [2]), ("It ends in May.", [1])]),
        ("- One thing [1]\n- Another [2]", [("One thing", [1]), ("Another", [2])]),
        ("See [the list] of Dr. Ek [4].", [("See [the list] of Dr. Ek.", [4])]),
        ("Nothing cited here.", [("Nothing cited here.", [])]),
        ("", []),
        ("[1]", []),
    ],
)
def test_marks_belong_to_the_sentence_they_end(reply, drafts):
    assert [(d.text, [m.number for m in d.marks]) for d in cut(reply)] == drafts


def test_a_quote_is_kept_with_its_mark():
    [draft] = cut('Meals cost 40 euros [1: "allowance is 40 euros. No more"].')

    assert draft == Draft("Meals cost 40 euros.", (Mark(1, "allowance is 40 euros. No more"),))


def test_a_sentence_leaves_when_the_next_begins():
    stream = DraftStream()

    assert stream.feed("Meals cost 40 euros [") == []
    assert stream.feed("1]. ") == []
    assert [draft.text for draft in stream.feed("Ho")] == ["Meals cost 40 euros."]


def test_the_last_sentence_of_a_reply_that_was_cut_is_dropped():
    assert [draft.text for draft in cut("It is paid [1]. It ends in", ended_early=True)] == [
        "It is paid."
    ]


REPLY = 'It is paid. [2] See "x" of Dr. Ek [1: "a. b"]. It ends [1, 2] in May [3]!\n- And so on [1]'


@given(st.lists(st.integers(0, len(REPLY)), max_size=12))
def test_the_pieces_do_not_matter(places):
    at = [0, *sorted(places), len(REPLY)]
    pieces = [REPLY[start:end] for start, end in itertools.pairwise(at)]

    assert cut(*pieces) == cut(REPLY)


@given(st.lists(st.text(max_size=30), max_size=5), st.booleans())
def test_whatever_comes_is_survived(pieces, ended_early):
    assert all(draft.text for draft in cut(*pieces, ended_early=ended_early))

"""Other words for the same are no other facts; opposites, dates and relatives are."""

import pytest

from groundwatch.scoring.claims import claims
from groundwatch.scoring.faithfulness import examine
from groundwatch.scoring.kin import kin, table
from groundwatch.scoring.support import SIGNALS
from groundwatch.scoring.text import read, stem
from groundwatch.scoring.vocabulary import ANTONYMS, MONTHS, NUMBER_WORDS

PASSAGE = (
    "The Scottish chemist Ada Brook became head of the laboratory in November 1952. The rules made "
    "confession compulsory. She was assassinated by her brother, a wealthy doctor."
)


def signal(response: str, name: str) -> float:
    (claim,) = examine("", [PASSAGE], response).claims
    return claim.values[SIGNALS.index(name)]


@pytest.mark.parametrize(
    ("one", "other"), [("mandatory", "compulsory"), ("physician", "doctor"), ("simple", "easy")]
)
def test_words_of_the_same_meaning_are_kin_both_ways(one, other):
    assert stem(other) in kin(stem(one))
    assert stem(one) in kin(stem(other))


def test_what_must_not_be_taken_for_each_other_is_no_kin():
    for word, opposites in ANTONYMS.items():
        assert not kin(stem(word)) & {stem(each) for each in opposites} - {stem(word)}, word
    apart = {stem(word) for word in (*MONTHS, *NUMBER_WORDS, "brother", "son", "red", "mile")}
    assert not apart & table().keys()


def test_kindred_words_raise_less_doubt_than_foreign_ones():
    kindred = signal("The rules made confession mandatory.", "novel")
    foreign = signal("The rules made confession fashionable.", "novel")
    assert 0 < kindred < foreign / 2


def test_a_country_and_its_people_are_one_word():
    assert signal("Ada Brook was a chemist from Scotland.", "new_name") == 0


@pytest.mark.parametrize("month", ["December", "June"])
def test_another_month_counts_as_another_number(month):
    assert signal(f"She became head of the laboratory in {month} 1952.", "new_number") == 1
    assert signal("She became head of the laboratory in November 1952.", "new_number") == 0


def test_words_of_one_passage_are_less_apart_than_words_of_two():
    said = "Ada Brook had a wealthy brother."
    (near,) = examine("", [PASSAGE], said).claims
    far_passages = ["Ada Brook became head of the laboratory.", "His wealthy brother was a doctor."]
    (far,) = examine("", far_passages, said).claims
    assert near.signal("apart") < far.signal("apart")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("There are several reasons for this. The rules made confession compulsory.", 1),
        ("There are many types of rules. The rules made confession compulsory.", 1),
        ("There are several murderous barons in Northumberland near Alnwick.", 1),
    ],
)
def test_a_sentence_that_announces_a_list_claims_nothing(text, count):
    assert len(claims(read(text))) == count

"""Documents cut into marked runs."""

from hypothesis import given
from hypothesis import strategies as st

from groundwatch.dashboard.marking import Span, marked

TEXT = "# Leave\n\nEvery parent gets 26 weeks. Ask early.\n\n| a | b |\n- one\n"
QUOTE = Span(TEXT.index("Every"), TEXT.index(" Ask"))
PASSAGE = Span(TEXT.index("Every"), TEXT.index("\n\n|"))


def test_quote_passage_and_words_are_marked():
    lines = marked(TEXT, QUOTE, PASSAGE, "How many weeks do parents get?").lines
    assert [line.kind for line in lines] == [
        "heading", "text", "text", "text", "cells", "item", "text"
    ]  # fmt: skip
    assert lines[0].lead == "# "
    assert [line.in_passage for line in lines] == [False, False, True, *[False] * 4]
    quoted = "".join(run.text for line in lines for run in line.runs if run.in_quote)
    assert quoted == "Every parent gets 26 weeks."
    words = [run.text for line in lines for run in line.runs if run.is_word]
    assert words == ["parent", "weeks"]


@given(
    st.text(alphabet="ab \n#|é\u0301", max_size=80),
    st.tuples(*[st.integers(0, 90)] * 4),
    st.text(max_size=10),
)
def test_no_character_is_lost_and_the_quote_is_whole(text, edges, question):
    start, end, first, last = edges
    quote, passage = (
        Span(min(start, end), max(start, end)),
        Span(min(first, last), max(first, last)),
    )
    shown = marked(text, quote, passage, question)
    lines = [line.lead + "".join(run.text for run in line.runs) for line in shown.lines]
    assert "\n".join(lines) == text
    quoted = "".join(run.text for line in shown.lines for run in line.runs if run.in_quote)
    assert quoted in text.replace("\n", "") or quoted == ""


def test_a_short_line_of_its_own_is_taken_for_a_heading():
    text = "Carrying days over\n\nUp to six days.\n\nYes\nno\n\n2. Illness\n\n| a |\n\nStop."
    shown = marked(text, Span(0, 0), Span(0, 0), "")
    kinds = {"".join(run.text for run in line.runs): line.kind for line in shown.lines}
    headings = [line for line, kind in kinds.items() if kind == "heading"]
    assert headings == ["Carrying days over", "2. Illness"]


def test_of_a_long_document_the_part_around_the_quote_is_shown():
    line = "Nothing to see in this line of the document.\n"
    text = line * 4000 + "Here it is.\n" + line * 4000
    quote = Span(text.index("Here"), text.index("Here") + 11)
    shown = marked(text, quote, quote, "")
    drawn = "\n".join("".join(run.text for run in each.runs) for each in shown.lines)
    assert "Here it is." in drawn
    assert shown.before + len(drawn) + shown.after == len(text)
    assert len(drawn) < 130_000


def test_a_document_of_one_huge_line_is_cut_too():
    text = "x" * 500_000
    shown = marked(text, Span(400_000, 400_010), Span(400_000, 400_010), "")
    assert sum(len(run.text) for line in shown.lines for run in line.runs) <= 130_000
    assert any(run.in_quote for line in shown.lines for run in line.runs)

"""Spans, what they are compared with, and the steps that cover them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.analytics import windows
from groundwatch.analytics.windows import LENGTHS, Window, pieces
from groundwatch.errors import InvalidInput

NOW = datetime(2026, 3, 4, 12, 30, 20, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 40).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


@pytest.mark.parametrize(
    ("text", "step", "since"),
    [
        ("15m", "minute", datetime(2026, 3, 4, 12, 16, tzinfo=UTC)),
        ("1h", "minute", datetime(2026, 3, 4, 11, 31, tzinfo=UTC)),
        ("24h", "hour", datetime(2026, 3, 3, 13, tzinfo=UTC)),
        ("7d", "hour", datetime(2026, 2, 25, 13, tzinfo=UTC)),
        ("30d", "day", datetime(2026, 2, 3, tzinfo=UTC)),
    ],
)
def test_a_span_ends_now_and_begins_on_a_whole_step(text, step, since):
    window = windows.last(windows.span_of(text), NOW)
    assert (step, since, NOW) == (window.step, window.since, window.until)


@pytest.mark.parametrize("text", ["", "h", "1", "-1h", "1w", "0h", "9999d", "1.5h", "٣h"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(InvalidInput, match="no span of time"):
        windows.span_of(text)


def test_the_span_before_has_the_same_length_and_phase():
    window = windows.last(timedelta(hours=24), NOW)
    before = window.before()
    assert window.seconds == before.seconds
    assert window.since - before.since == timedelta(hours=24)
    assert not before.is_open


def test_a_span_that_cannot_be_compared_has_an_empty_one_before():
    before = Window(NOW, NOW + timedelta(hours=1), "minute", is_comparable=False).before()
    assert before.since == before.until
    assert pieces(before.since, before.until, "day") == []


@given(MINUTES, MINUTES, st.sampled_from(["minute", "hour", "day"]))
def test_pieces_cover_a_span_once_and_wholly(one, other, step):
    since, until = min(one, other), max(one, other)
    found = pieces(since, until, step)
    at = since
    for name, begin, end in found:
        assert begin == at
        assert begin == windows.floor(begin, name)
        assert (end - begin) % LENGTHS[name] == timedelta()
        at = end
    assert at == until or (since == until and not found)


def test_a_chosen_span_is_widened_to_whole_steps():
    since, until = NOW - timedelta(days=2, minutes=5), NOW - timedelta(days=1)
    window = windows.between(since, until, NOW, None, "")
    assert window.since == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert window.until == datetime(2026, 3, 3, 13, tzinfo=UTC)
    with pytest.raises(InvalidInput):
        windows.between(until, since, NOW, None, "")

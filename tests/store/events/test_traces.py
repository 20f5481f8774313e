"""Spans come back, duplicates do no harm, and traces ripen."""

from dataclasses import replace
from datetime import timedelta
from time import process_time

from tests.store.events.opened import opened
from tests.store.events.samples import DAY, NOW, interaction, span, spans

from groundwatch.domain.spans import Span
from groundwatch.store.events import CellQuery, Entry, SpanOutcome
from groundwatch.store.events.span_packs import LEARNED_FROM, MOST_SPANS

SECOND = timedelta(seconds=1)
MIDNIGHT = NOW.replace(hour=0, minute=0)


def test_spans_come_back_by_their_beginning(events):
    trace = spans("t1", 12)
    odd = replace(trace[3], name="a\0b", error="\ud800", remote_parent=True, truncated=True)
    assert events.add_spans([*trace[4:], odd, *trace[:3]]) == SpanOutcome(accepted=12)
    expected = [*trace[:3], replace(odd, name="a\ufffdb", error="\ufffd"), *trace[4:]]
    assert events.spans("t1") == expected
    assert events.span_count("t1") == 12
    first = events.spans("t1", limit=5)
    assert first + events.spans("t1", after=first[-1].span_id) == expected
    assert events.spans("t1", after="unknown") == events.spans("t2") == []


def test_duplicates_are_harmless(events):
    trace = list(spans("t1", 3))
    events.add_spans(trace[:2])
    assert events.add_spans([*trace, trace[2]]) == SpanOutcome(accepted=1, duplicate=3)
    assert events.spans("t1") == trace
    (pending,) = events.open_traces()
    assert (pending.spans, pending.root_ended) == (3, True)


def test_a_trace_is_ripe_when_its_root_ended_and_it_is_quiet(database):
    with opened(database, NOW) as events:
        events.add_spans(spans("t1", 2))
        events.add_spans([span("t2", 1)])
        assert {each.trace_id for each in events.open_traces("shop")} == {"t1", "t2"}
        assert events.open_traces("other") == []
        assert events.traces_to_settle(NOW + 9 * SECOND) == []
        (ripe,) = events.traces_to_settle(NOW + 10 * SECOND)
        assert (ripe.trace_id, ripe.application, ripe.spans) == ("t1", "shop", 2)
        assert ripe.first_seen == ripe.last_seen == NOW
        both = events.traces_to_settle(NOW + 60 * SECOND)
        assert {each.trace_id for each in both} == {"t1", "t2"}
        events.settled([ripe, "t2"])
        assert events.traces_to_settle(NOW + 99 * SECOND) == events.open_traces() == []


def test_a_late_span_opens_a_trace_again(database):
    with opened(database, NOW) as events:
        events.add_spans(spans("t1", 2))
        events.settled(["t1"])
    with opened(database, NOW + 120 * SECOND) as events:
        assert events.add_spans([span("t1", 7)]) == SpanOutcome(accepted=1, late=1)
        assert events.traces_to_settle(NOW + 121 * SECOND) == []
        (ripe,) = events.traces_to_settle(NOW + 130 * SECOND)
        assert ripe.spans == 3


def test_what_comes_between_reading_and_settling_is_not_lost(events):
    events.add_spans(spans("t1", 2))
    (ripe,) = events.traces_to_settle(NOW + 10 * SECOND)
    events.add_spans([span("t1", 5)])
    events.settled([ripe])
    (again,) = events.traces_to_settle(NOW + 60 * SECOND)
    assert again.spans == 3


def test_a_trace_over_midnight_is_one(events):
    before = [span("t1", n, MIDNIGHT - SECOND) for n in (1, 2)]
    after = [span("t1", 0, MIDNIGHT + SECOND)]
    events.add_spans([*before, *after])
    assert events.spans("t1") == [*before, *after]
    (ripe,) = events.traces_to_settle(NOW + 10 * SECOND)
    assert (ripe.spans, ripe.root_ended) == (3, True)
    events.settled([ripe])
    assert events.open_traces() == []


def test_of_a_trace_that_is_let_go_no_span_stays_nor_any_that_comes_later(events):
    events.add_spans([*spans("t1", 3), *spans("t2", 3)])
    events.record([Entry(interaction(1, id="t1"), kept=False), Entry(interaction(2, id="t2"))])
    requests = CellQuery("requests", MIDNIGHT, NOW + SECOND, "day")
    before = events.cells(requests)
    events.settled(events.traces_to_settle(NOW + 10 * SECOND), {"t1"})
    assert (rows_of(events, "t1"), rows_of(events, "t2")[0]) == ((0, 0), 1)
    assert (events.spans("t1"), events.span_count("t1")) == ([], 0)

    assert events.add_spans([span("t1", 7), span("t2", 7)]) == SpanOutcome(accepted=2, late=2)
    assert [each.trace_id for each in events.open_traces()] == ["t2"]
    assert rows_of(events, "t1") == (0, 0)
    assert events.cells(requests) == before
    assert events.recount(DAY) == 0


def test_a_trace_that_is_let_go_and_gets_more_the_next_day_is_told_apart(events):
    events.add_spans(spans("t1", 2, MIDNIGHT - SECOND))
    events.settled(["t1"], {"t1"})
    assert events.add_spans([span("t1", 9, MIDNIGHT + SECOND)]) == SpanOutcome(accepted=1)
    (again,) = events.traces_to_settle(NOW + 60 * SECOND)
    assert again.let_go
    events.settled([again], {"t1"})
    assert (events.spans("t1"), events.open_traces()) == ([], [])


def test_what_comes_before_a_trace_is_let_go_holds_it(events):
    events.add_spans(spans("t1", 2))
    (ripe,) = events.traces_to_settle(NOW + 10 * SECOND)
    events.add_spans([span("t1", 5)])
    events.settled([ripe], {"t1"})
    assert events.span_count("t1") == 3


def test_spans_of_other_times_are_counted(events):
    old = span("t1", 1, NOW - timedelta(days=31))
    ahead = span("t2", 1, NOW + timedelta(days=2))
    absurd = replace(old, trace_id="t3", start=(1 << 63) - 1, end=(1 << 63) - 1)
    outcome = events.add_spans([old, ahead, absurd, span("t4", 1)])
    assert outcome == SpanOutcome(accepted=1, late_expired=1, rejected=2)
    assert [each.trace_id for each in events.open_traces()] == ["t4"]


def test_a_trace_of_many_spans_is_read_in_pages(events):
    trace = list(spans("t1", 3000))
    events.add_spans(trace)
    assert events.span_count("t1") == 3000
    seen: list[Span] = []
    began = process_time()
    while found := events.spans("t1", after=seen[-1].span_id if seen else "", limit=99):
        seen += found
    assert seen == trace
    assert process_time() - began < 4, "a page costs as much as it holds"


def rows_of(events, trace, day=DAY):
    """How many rows a trace takes, and how many bytes."""
    with events._room.days.read(day) as session:
        sql = "SELECT count(*), coalesce(sum(length(body)), 0) FROM spans WHERE trace_id = ?"
        return session.rows(sql, [trace])[0]


def told(trace: str, text: str, number: int = 0):
    """An interaction that says what the spans of its trace say."""
    return interaction(number, id=trace, query=text, response=text[::-1])


def wordy(trace: str, text: str, count: int = 3):
    return [span(trace, number, text=text[:: (-1) ** number]) for number in range(count)]


def test_a_settled_trace_takes_little_room_beside_its_interaction(events):
    text = " ".join(str(number * 7919) for number in range(200))
    for trace in ("told", "alone"):
        events.add_spans(wordy(trace, text))
    events.record([Entry(told("told", text))])
    loose = rows_of(events, "alone")
    events.settled(["told", "alone"])
    alone, beside = rows_of(events, "alone"), rows_of(events, "told")
    assert (loose[0], alone[0], beside[0]) == (3, 1, 1)
    assert beside[1] < 0.4 * alone[1] < 0.3 * loose[1]
    for trace in ("told", "alone"):
        assert events.spans(trace) == wordy(trace, text)
        assert events.spans(trace, after=f"{0:016x}", limit=1) == wordy(trace, text)[1:2]
        assert events.span_count(trace) == 3


def test_a_packed_trace_takes_more_spans_and_knows_its_own(events):
    text = "what was asked and what was answered " * 40
    trace = wordy("t1", text, 5)
    events.add_spans(trace[:3])
    events.record([Entry(told("t1", text))])
    events.settled(["t1"])
    assert events.add_spans(trace[:3]) == SpanOutcome(duplicate=3)
    assert events.open_traces() == []
    assert rows_of(events, "t1")[0] == 1
    assert events.add_spans(trace[2:4]) == SpanOutcome(accepted=1, duplicate=1, late=1)
    assert rows_of(events, "t1")[0] == 4
    events.record([Entry(told("t1", text, 7))])
    events.settled(["t1"])
    assert rows_of(events, "t1")[0] == 1
    assert events.spans("t1") == trace[:4]
    assert events.add_spans(trace[4:]) == SpanOutcome(accepted=1, late=1)
    assert events.spans("t1") == trace
    assert events.span_count("t1") == 5


def test_spans_are_read_after_their_interaction_changed(events):
    text = "what was asked and what was answered " * 40
    events.add_spans(wordy("t1", text))
    events.record([Entry(told("t1", text))])
    events.settled(["t1"])
    events.record([Entry(replace(told("t1", text), query="other", response=text * 3))])
    assert events.spans("t1") == wordy("t1", text)
    events.record([Entry(replace(told("t1", text), query="", response=""))])
    assert events.spans("t1") == wordy("t1", text)


def test_a_long_trace_stays_to_be_read_in_pages(events):
    trace = list(spans("t1", MOST_SPANS + 1))
    events.add_spans(trace)
    events.settled(["t1"])
    assert rows_of(events, "t1")[0] == MOST_SPANS + 1
    assert events.add_spans(trace[:1]) == SpanOutcome(duplicate=1)
    assert events.spans("t1", limit=999) == trace


def test_what_traces_have_in_common_is_learned(events):
    def talk(number: int) -> str:
        return " ".join(str(number * 7919 + each * 31) for each in range(100))

    def settle(first: int, last: int) -> None:
        for number in range(first, last):
            events.add_spans(wordy(f"t{number}", talk(number)))
        events.record([Entry(told(f"t{n}", talk(n), n)) for n in range(first, last)])
        events.settled([f"t{number}" for number in range(first, last)])

    settle(0, LEARNED_FROM)
    events.fold(NOW)
    settle(LEARNED_FROM, LEARNED_FROM + 2)
    before, after = rows_of(events, f"t{LEARNED_FROM - 1}"), rows_of(events, f"t{LEARNED_FROM}")
    assert after[1] < 0.8 * before[1]
    for number in (0, LEARNED_FROM - 1, LEARNED_FROM, LEARNED_FROM + 1):
        assert events.spans(f"t{number}") == wordy(f"t{number}", talk(number))
    events.fold(NOW)
    assert events.add_spans([span(f"t{LEARNED_FROM}", 9)]).late == 1
    assert events.span_count(f"t{LEARNED_FROM}") == 4

"""Spans in, and traces that are ready to become interactions."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from groundwatch.domain.spans import Span
from groundwatch.store.columns import microseconds
from groundwatch.store.events import span_packs, span_rows, trace_rows
from groundwatch.store.events.commits import Work
from groundwatch.store.events.room import Room, date_of, day_of
from groundwatch.store.events.session import Session
from groundwatch.store.events.span_rows import ALONE, BESIDE, Packed
from groundwatch.store.events.tally import Tally
from groundwatch.store.events.traces import PendingTrace, SpanOutcome

_Place = tuple[int, str, date, int]
"""Beginning, id, day, and the number in it."""


def add_spans(room: Room, spans: Sequence[Span]) -> SpanOutcome:
    """Keep spans; returns once they are durable.

    Raises:
        Overloaded: too much waits to be written already; nothing of this is.
        Unavailable: the database cannot be written now; trying again is harmless.
    """
    first, last = room.bounds()
    by_day: dict[date, list[Packed]] = {}
    expired = ahead = 0
    for span in spans:
        at = span.start // 1000
        if at < first:
            expired += 1
        elif at > last:
            ahead += 1
        else:
            by_day.setdefault(date_of(day_of(at)), []).append(span_rows.packed(span, room.squeezer))
    now = room.clock()
    works = [_work(day, packed, now) for day, packed in by_day.items()]
    done = [each for each in room.commits.write(works) if isinstance(each, SpanOutcome)]
    return SpanOutcome(
        sum(each.accepted for each in done),
        sum(each.duplicate for each in done),
        sum(each.late for each in done),
        expired,
        ahead,
    )


def spans(room: Room, trace_id: str, after: str, limit: int) -> list[Span]:
    """The spans of a trace by their beginning; `after` is the id of the last one before."""
    found: list[_Place] = []
    together: dict[_Place, Span] = {}
    for day, session in _days_of(room, trace_id):
        places = span_rows.places(session, trace_id)
        if places[0][3] in (ALONE, BESIDE):
            packed = span_packs.spans(session, trace_id)
            together |= {(one.start, one.span_id, day, 0): one for one in packed}
        else:
            found += [(start, id_, day, number) for start, id_, number, _ in places]
    found = sorted([*found, *together])
    first = _behind(found, after) if after else 0
    wanted = found[first : first + limit]
    whole = [together[each] for each in wanted if each in together]
    for day in {each[2] for each in wanted if each not in together}:
        numbers = [each[3] for each in wanted if each[2] == day and each not in together]
        for _, session in room.reading([day]):
            whole += span_rows.whole(session, numbers)
    return sorted(whole, key=lambda span: (span.start, span.span_id))


def span_count(room: Room, trace_id: str) -> int:
    """How many spans of a trace are kept."""
    return sum(trace_rows.count(session, trace_id) for _, session in _days_of(room, trace_id))


def to_settle(room: Room, quiet: datetime, cap: datetime, limit: int) -> list[PendingTrace]:
    """Open traces whose root has ended and that got nothing since `quiet`, or began by `cap`.

    A trace may have spans in two days.
    """
    found: dict[str, PendingTrace] = {}
    for _, session in room.reading(room.days.present()):
        for trace in trace_rows.ripe(session, quiet, cap, limit):
            found.setdefault(trace.trace_id, trace)
    oldest = sorted(found.values(), key=lambda each: each.first_seen)[:limit]
    return _together(room, [each.trace_id for each in oldest])


def open_traces(room: Room, application: str | None, limit: int) -> list[PendingTrace]:
    """Traces that are no interaction yet, newest first."""
    found: dict[str, PendingTrace] = {}
    for _, session in room.reading(room.days.present()):
        for trace in trace_rows.open_traces(session, application, limit):
            known = found.get(trace.trace_id)
            found[trace.trace_id] = trace if known is None else _joined(known, trace)
    newest = sorted(found.values(), key=lambda each: each.first_seen, reverse=True)
    return newest[:limit]


def settle(room: Room, traces: Iterable[str | PendingTrace], let_go: Collection[str]) -> None:
    """Close traces: those given by their id as they are, others unless more came meanwhile.

    The spans of those to be let go are dropped.
    """
    forever = (1 << 63) - 1
    wanted = {
        (each, forever) if isinstance(each, str) else (each.trace_id, microseconds(each.last_seen))
        for each in traces
    }
    works: list[Work] = []
    for day, session in room.reading(room.days.present()):
        held = {each.trace_id for each in trace_rows.pending(session, [id_ for id_, _ in wanted])}
        some = [each for each in wanted if each[0] in held]
        if some:
            works.append(_settling(day, some, let_go))
    room.commits.write(works)


def _days_of(room: Room, trace_id: str) -> Iterator[tuple[date, Session]]:
    """The days that hold spans of a trace: one, or some that follow each other."""
    is_found = False
    for day, session in room.reading(room.days.present()):
        if trace_rows.count(session, trace_id):
            is_found = True
            yield day, session
        elif is_found:
            return


def _settling(day: date, traces: Sequence[tuple[str, int]], let_go: Collection[str]) -> Work:
    def apply(session: Session, _: Tally) -> None:
        trace_rows.settle(session, traces, let_go)

    return Work(day, apply, 100 * len(traces))


def _work(day: date, packed: Sequence[Packed], now: datetime) -> Work:
    def apply(session: Session, _: Tally) -> SpanOutcome:
        return trace_rows.put(session, packed, now)

    return Work(day, apply, sum(len(each.body) + 300 for each in packed))


def _behind(found: Sequence[_Place], after: str) -> int:
    """How many come before what follows a span; all when it is not there."""
    places = (at for at, each in enumerate(found, 1) if each[1] == after)
    return next(places, len(found))


def _together(room: Room, trace_ids: Sequence[str]) -> list[PendingTrace]:
    whole: dict[str, PendingTrace] = {}
    for _, session in room.reading(room.days.present()):
        for trace in trace_rows.pending(session, trace_ids):
            known = whole.get(trace.trace_id)
            whole[trace.trace_id] = trace if known is None else _joined(known, trace)
    return [whole[id_] for id_ in trace_ids]


def _joined(one: PendingTrace, other: PendingTrace) -> PendingTrace:
    rooted = other if other.root_ended and not one.root_ended else one
    return replace(
        rooted,
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
        spans=one.spans + other.spans,
        root_ended=one.root_ended or other.root_ended,
        let_go=one.let_go or other.let_go,
    )

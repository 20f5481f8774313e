"""Interactions, their scores and feedback in the tables of a day."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from groundwatch.domain import metrics
from groundwatch.domain.interactions import (
    EXPERIMENT,
    Feedback,
    Interaction,
    variant_label,
    variants_of,
)
from groundwatch.domain.metrics import Point
from groundwatch.domain.scores import Quality
from groundwatch.store.columns import clean, microseconds, moment
from groundwatch.store.events import encoding, span_packs
from groundwatch.store.events.entries import Entry
from groundwatch.store.events.recorded import Recorded, State
from groundwatch.store.events.session import Row, Session, marks, padded
from groundwatch.store.events.tally import Tally

NUMBERS = {State.OPEN: 0, State.PENDING: 1, State.SCORED: 2, State.FAILED: 3}
"""States as they are stored; 1, 4 and 5 are parts of indexes."""
DEFERRED, WEIGHED = 4, 5
"""Pending, until there is time; scored, and not (yet) counted as one."""
_STATES = {number: state for state, number in NUMBERS.items()}
_STATES |= {DEFERRED: State.PENDING, WEIGHED: State.SCORED}
MINUTE = 60_000_000

_COLUMNS = (
    'id, started_at, application, "user", session, "group", model, endpoint, outcome, severity, '
    "duration, state, kept, weight, overall, status, flags, trouble"
)
_UPDATED = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", "))
_PUT = (
    f"INSERT INTO interactions ({_COLUMNS}, n) VALUES ({marks(19)}) "
    f"ON CONFLICT (id) DO UPDATE SET {_UPDATED}"
)
_PUT_BODY = (
    "INSERT INTO bodies (n, body) VALUES (?, ?) ON CONFLICT (n) DO UPDATE SET body = excluded.body"
)
_SELECT = (
    "SELECT i.n, i.id, i.state, i.kept, i.weight, i.trouble, b.body, q.body FROM interactions i "
    "JOIN bodies b ON b.n = i.n LEFT JOIN qualities q ON q.n = i.n WHERE i."
)
_FEEDBACK = (
    'SELECT interaction_id, "user", given_at, thumb, rating, comment FROM feedback '
    "WHERE interaction_id IN "
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An interaction as it lies in a day; `recorded` is what counts of it."""

    number: int
    kept: bool
    recorded: Recorded


def points(recorded: Recorded) -> list[Point]:
    """Everything an interaction adds to cells."""
    one = recorded.interaction
    found = metrics.of_interaction(one)
    if recorded.quality is not None:
        found += metrics.of_quality(one, recorded.quality, recorded.weight)
    if recorded.feedback:
        found += metrics.of_feedback(one, recorded.feedback)
    return found


def count(tally: Tally, recorded: Recorded, sign: int = 1) -> None:
    """Add an interaction to the cells of its minute, or take it away."""
    one = recorded.interaction
    minute = microseconds(one.started_at) // MINUTE
    tally.add(minute, clean(one.application), points(recorded), sign=sign)


def by_id(session: Session, ids: Iterable[str]) -> dict[str, Kept]:
    """Those that are in this day, by id; sampled ones too."""
    found: dict[str, Kept] = {}
    for some in padded(ids):
        rows = session.rows(f"{_SELECT}id IN ({marks(len(some))})", some)
        found |= {kept.recorded.interaction.id: kept for kept in _kept(session, rows)}
    return found


def by_number(session: Session, numbers: Iterable[int]) -> dict[int, Kept]:
    """Those that are in this day, by their number in it."""
    found: dict[int, Kept] = {}
    for some in padded(numbers):
        rows = session.rows(f"{_SELECT}n IN ({marks(len(some))})", some)
        found |= {kept.number: kept for kept in _kept(session, rows)}
    return found


def known_ids(session: Session, ids: Iterable[str]) -> set[str]:
    """Which ids are in this day."""
    found: set[str] = set()
    for some in padded(ids):
        rows = session.rows(f"SELECT id FROM interactions WHERE id IN ({marks(len(some))})", some)
        found |= {row[0] for row in rows}
    return found


def beginnings(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """When those that are in this day began, in microseconds."""
    found: dict[str, int] = {}
    for some in padded(ids):
        sql = f"SELECT id, started_at FROM interactions WHERE id IN ({marks(len(some))})"
        found |= dict(session.rows(sql, some))
    return found


def feedback_on(session: Session, ids: Iterable[str]) -> dict[str, tuple[Feedback, ...]]:
    """What people said, oldest first, by interaction."""
    found: dict[str, list[Feedback]] = {}
    for some in padded(ids):
        for row in session.rows(f"{_FEEDBACK}({marks(len(some))})", some):
            given = Feedback(row[0], row[1], moment(row[2]), *row[3:])
            found.setdefault(row[0], []).append(given)
    return {
        id_: tuple(sorted(given, key=lambda each: (each.given_at, each.user)))
        for id_, given in found.items()
    }


def put(session: Session, entries: Sequence[tuple[Entry, bytes]], tally: Tally) -> int:
    """Keep entries with their packed interactions, ids only once; returns how many were known."""
    old = by_id(session, [entry.interaction.id for entry, _ in entries])
    number = int(session.rows("SELECT coalesce(max(n), 0) FROM interactions")[0][0])
    new: list[tuple[Kept, bytes]] = []
    for entry, body in entries:
        before = old.get(entry.interaction.id)
        recorded = _following(entry, before.recorded if before else None)
        if before is None:
            number += 1
        else:
            count(tally, before.recorded, -1)
        count(tally, recorded)
        new.append((Kept(before.number if before else number, entry.kept, recorded), body))
    session.many(_PUT, [_row(kept) for kept, _ in new])
    packed = span_packs.unpack(session, old)
    session.many(_PUT_BODY, [(kept.number, body) for kept, body in new])
    span_packs.pack(session, packed)
    lost = [
        (kept.number,)
        for kept, _ in new
        if kept.recorded.quality is None
        and (before := old.get(kept.recorded.interaction.id))
        and before.recorded.quality is not None
    ]
    if lost:
        session.many("DELETE FROM qualities WHERE n = ?", lost)
    return len(old)


def scored_as(quality: Quality | None) -> int:
    """The state of what is scored, as it is stored."""
    return NUMBERS[State.SCORED] if quality is None or quality.weight == 1 else WEIGHED


def flags_between_bars(one: Interaction, quality: Quality | None) -> str:
    """All flags and variants between bars, to be found by `|flag|`."""
    variants = variants_of(one.attributes).items()
    flags = [*one.flags, *(EXPERIMENT + variant_label(*each) for each in variants)]
    if quality is not None:
        flags += [flag for score in quality.scores for flag in score.flags]
    return f"|{'|'.join(dict.fromkeys(flags))}|" if flags else ""


def _following(entry: Entry, before: Recorded | None) -> Recorded:
    """What counts once an entry is in the place of what was known of it.

    Scores stay as long as what was scored is the same; what people said stays.
    """
    one = entry.interaction
    state = State.PENDING if entry.complete else State.OPEN
    if before is None:
        return Recorded(one, state, weight=entry.weight)
    new = Recorded(one, state, feedback=before.feedback, weight=entry.weight)
    settled = before.state in {State.SCORED, State.FAILED}
    if entry.complete and settled and _scored_alike(before.interaction, one):
        return replace(new, state=before.state, quality=before.quality, trouble=before.trouble)
    return new


def _scored_alike(old: Interaction, new: Interaction) -> bool:
    return (old.query, old.response, [p.text for p in old.passages]) == (
        new.query,
        new.response,
        [p.text for p in new.passages],
    )


def _number(recorded: Recorded) -> int:
    if recorded.state is State.SCORED:
        return scored_as(recorded.quality)
    return NUMBERS[recorded.state]


def _row(kept: Kept) -> Row:
    one, quality = kept.recorded.interaction, kept.recorded.quality
    return (
        one.id,
        microseconds(one.started_at),
        clean(one.application),
        clean(one.user),
        clean(one.session),
        clean(one.group),
        clean(one.model),
        clean(one.endpoint),
        one.outcome.value,
        one.severity.value,
        one.duration,
        _number(kept.recorded),
        int(kept.kept),
        kept.recorded.weight,
        quality.overall if quality else None,
        quality.status.value if quality else "",
        clean(flags_between_bars(one, quality)),
        clean(kept.recorded.trouble),
        kept.number,
    )


def _kept(session: Session, rows: Sequence[Row]) -> Iterator[Kept]:
    given = feedback_on(session, [row[1] for row in rows]) if rows else {}
    for number, id_, state, kept, weight, trouble, body, quality in rows:
        recorded = Recorded(
            encoding.interaction(session.expanded(body)),
            _STATES[state],
            None if quality is None else encoding.quality(session.expanded(quality)),
            given.get(id_, ()),
            weight,
            trouble,
            deferred=state == DEFERRED,
        )
        yield Kept(number, bool(kept), recorded)

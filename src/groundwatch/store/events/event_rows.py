"""Events in the tables of a day."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable, Sequence

from groundwatch.domain.events import Event
from groundwatch.domain.metrics import CUSTOM_PREFIX, Point
from groundwatch.domain.status import Severity
from groundwatch.store.columns import clean, microseconds, moment
from groundwatch.store.events import encoding
from groundwatch.store.events.interaction_rows import MINUTE
from groundwatch.store.events.session import Row, Session, marks, padded
from groundwatch.store.events.tally import Tally

_COLUMNS = "id, at, type, severity, application, component, correlation_id, body"
_PUT = (
    f"INSERT INTO events ({_COLUMNS}) VALUES ({marks(8)}) ON CONFLICT (id) DO UPDATE SET "
    "at = excluded.at, type = excluded.type, severity = excluded.severity, "
    "application = excluded.application, component = excluded.component, "
    "correlation_id = excluded.correlation_id, body = excluded.body"
)
_SELECT = f"SELECT {_COLUMNS} FROM events WHERE "


def put(session: Session, events: Sequence[Event], tally: Tally) -> None:
    """Keep events; one with an id that is there replaces it, with its numbers."""
    new = {clean(event.id): event for event in events}
    for some in padded(new):
        for row in session.rows(f"{_SELECT}id IN ({marks(len(some))})", some):
            count(tally, _event(session, row), -1)
    for event in new.values():
        count(tally, event)
    session.many(_PUT, [_row(session, event) for event in new.values()])


def count(tally: Tally, event: Event, sign: int = 1) -> None:
    """Add the numbers of an event to the cells of its minute, or take them away."""
    points = [Point(clean(CUSTOM_PREFIX + name), value) for name, value in event.metrics.items()]
    tally.add(microseconds(event.at) // MINUTE, clean(event.application), points, sign=sign)


def read(
    session: Session,
    span: tuple[int, int],
    application: str | None,
    types: Iterable[str],
    limit: int,
) -> list[Event]:
    """Events of a period, newest first; those of no application concern all of them."""
    sql, values = f"{_SELECT}at >= ? AND at < ?", [*span]
    conditions: list[object] = []
    if application is not None:
        sql, conditions = f"{sql} AND application IN (?, '')", [application]
    wanted = list(types)
    if wanted:
        sql, conditions = f"{sql} AND type IN ({marks(len(wanted))})", [*conditions, *wanted]
    sql = f"{sql} ORDER BY at DESC, id DESC LIMIT ?"
    return [_event(session, row) for row in session.rows(sql, [*values, *conditions, limit])]


def every(session: Session) -> list[Event]:
    """All events of a day."""
    return [_event(session, row) for row in session.rows(f"{_SELECT}at IS NOT NULL")]


def _row(session: Session, event: Event) -> Row:
    return (
        clean(event.id),
        microseconds(event.at),
        clean(event.type),
        event.severity.value,
        clean(event.application),
        clean(event.component),
        clean(event.correlation_id),
        session.squeezed(encoding.of_event(event)),
    )


def _event(session: Session, row: Row) -> Event:
    message, numbers, metadata = encoding.event_parts(session.expanded(row[7]))
    return Event(
        id=row[0],
        at=moment(row[1]),
        type=row[2],
        severity=Severity(row[3]),
        application=row[4],
        component=row[5],
        message=message,
        correlation_id=row[6],
        metrics=numbers,
        metadata=metadata,
    )

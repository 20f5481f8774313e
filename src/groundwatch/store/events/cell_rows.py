"""Cells in the tables of a day."""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

from collections.abc import Iterable, Iterator, Sequence

from groundwatch.store.events import series_rows
from groundwatch.store.events.histogram import added, packed, unpacked
from groundwatch.store.events.series_rows import Known, Numbers
from groundwatch.store.events.session import Row, Session, marks, padded
from groundwatch.store.events.tables import KEY_BITS
from groundwatch.store.events.tally import Cells, Sums

MINUTES = 60
_SELECT = "SELECT at, amount, weight, total, buckets FROM cells WHERE at"
_PUT = (
    "INSERT INTO cells (at, amount, weight, total, buckets) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (at) DO UPDATE SET amount = excluded.amount, weight = excluded.weight, "
    "total = excluded.total, buckets = excluded.buckets"
)
_PUT_HOUR = (
    "INSERT INTO hours (hour, sequence) VALUES (?, ?) "
    "ON CONFLICT (hour) DO UPDATE SET sequence = excluded.sequence"
)


def apply(session: Session, cells: Cells, known: Known) -> tuple[Numbers, int]:
    """Add sums to a day's cells; a cell that counts nothing any more goes.

    Returns the ids of all series that were touched, and up to which id none is missing: what
    `known` may learn once the transaction is committed.
    """
    changed = {key: sums for key, sums in cells.items() if sums}
    if not changed:
        return {}, known.highest
    wanted = {series for _, series in changed}
    numbers, highest = series_rows.numbers(session, wanted, known)
    session.add_cells(
        sorted(
            (
                (minute << KEY_BITS) | numbers[series],
                sums.count,
                float(sums.weight),
                sums.total,
                packed(sums.buckets),
            )
            for (minute, series), sums in changed.items()
        )
    )
    lowered = [key for key, sums in changed.items() if sums.count < 0]
    for some in padded((minute << KEY_BITS) | numbers[series] for minute, series in lowered):
        session.run(f"DELETE FROM cells WHERE amount = 0 AND at IN ({marks(len(some))})", some)
    touch(session, {minute // MINUTES for minute, _ in changed})
    return numbers, highest


def add_by_reading(session: Session, rows: Sequence[Row]) -> None:
    """Add to cells on a database that cannot add packed buckets itself."""
    there: dict[int, Row] = {}
    for some in padded(row[0] for row in rows):
        there |= {row[0]: row for row in session.rows(f"{_SELECT} IN ({marks(len(some))})", some)}
    session.many(_PUT, [_sum(row, there[row[0]]) if row[0] in there else row for row in rows])


def _sum(row: Row, old: Row) -> Row:
    plain = (mine + theirs for mine, theirs in zip(row[1:4], old[1:4], strict=True))
    return (row[0], *plain, added(old[4], row[4]))


def touch(session: Session, changed: Iterable[int]) -> None:
    """Say that cells of hours have changed."""
    sequence = session.rows("UPDATE state SET sequence = sequence + 1 RETURNING sequence")[0][0]
    session.many(_PUT_HOUR, [(hour, sequence) for hour in sorted(changed)])


def hours(session: Session) -> list[tuple[int, int]]:
    """The hours that have or had cells, and when those changed last."""
    rows = session.rows("SELECT hour, sequence FROM hours ORDER BY hour")
    return [(row[0], row[1]) for row in rows]


def read_minutes(
    session: Session, series: Sequence[int], minutes: Iterable[int]
) -> Iterator[tuple[int, int, Row]]:
    """Minute, series, and amount, weight, total and buckets of those that are there."""
    keys = ((minute << KEY_BITS) | number for minute in minutes for number in series)
    for some in padded(keys):
        sql = (
            f"SELECT at, amount, weight, total, buckets FROM cells WHERE at IN ({marks(len(some))})"
        )
        for at, *sums in session.rows(sql, some):
            yield at >> KEY_BITS, at & ((1 << KEY_BITS) - 1), tuple(sums)


def read_summed(
    session: Session, series: Sequence[int], minutes: range
) -> Iterator[tuple[int, Row]]:
    """Series, and amount, weight and total over some minutes, added up by the database."""
    keys = ((minute << KEY_BITS) | number for number in series for minute in minutes)
    for some in padded(keys):
        sql = (
            f"SELECT at & {(1 << KEY_BITS) - 1}, CAST(sum(amount) AS bigint), sum(weight), "
            f"sum(total) FROM cells WHERE at IN ({marks(len(some))}) GROUP BY 1"
        )
        for number, *sums in session.rows(sql, some):
            yield number, (*sums, b"")


def scan(
    session: Session, fits: str, values: Sequence[str], minutes: range
) -> Iterator[tuple[int, int, Row]]:
    """As `read_minutes`, by passing over all cells of the minutes; for very many series."""
    sql = (
        "SELECT at, amount, weight, total, buckets FROM cells WHERE at >= ? AND at < ? "
        f"AND at & {(1 << KEY_BITS) - 1} IN (SELECT id FROM series WHERE {fits})"
    )
    bounds = (minutes.start << KEY_BITS, minutes.stop << KEY_BITS)
    for at, *sums in session.rows(sql, (*bounds, *values)):
        yield at >> KEY_BITS, at & ((1 << KEY_BITS) - 1), tuple(sums)


def scan_summed(
    session: Session, fits: str, values: Sequence[str], minutes: range
) -> Iterator[tuple[str, str, Row]]:
    """Label, application and sums over some minutes, by passing over all cells of these.

    For very many series: only those that have something in these minutes are named.
    """
    number = f"at & {(1 << KEY_BITS) - 1}"
    sql = (
        "SELECT label, application, amounts, weights, totals FROM ("
        f"SELECT {number} AS number, CAST(sum(amount) AS bigint) AS amounts, "
        "sum(weight) AS weights, sum(total) AS totals FROM cells WHERE at >= ? AND at < ? "
        f"AND {number} IN (SELECT id FROM series WHERE {fits}) GROUP BY 1"
        ") AS summed JOIN series ON id = number"
    )
    bounds = (minutes.start << KEY_BITS, minutes.stop << KEY_BITS)
    for label, application, *sums in session.rows(sql, (*bounds, *values)):
        yield label, application, (*sums, b"")


def read_all(session: Session, since: int, until: int) -> Iterator[tuple[int, int, Row]]:
    """Every cell of a range of minutes."""
    sql = "SELECT at, amount, weight, total, buckets FROM cells WHERE at >= ? AND at < ?"
    for at, *sums in session.rows(sql, (since << KEY_BITS, until << KEY_BITS)):
        yield at >> KEY_BITS, at & ((1 << KEY_BITS) - 1), tuple(sums)


def sums_of_row(row: Row) -> Sums:
    """The sums of amount, weight, total and buckets."""
    return Sums(row[0], row[1], row[2], unpacked(row[3]))

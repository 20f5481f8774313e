"""Findings as they are kept: each with the minutes around it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from groundwatch.anomaly.findings import by_priority
from groundwatch.anomaly.watcher import Seen
from groundwatch.errors import InvalidInput, NotFound
from groundwatch.store import findings
from groundwatch.store.database import Database
from groundwatch.store.findings import FindingRow, Wanted

_BODY = TypeAdapter(Seen)
_MOST_LASTING = 500


@dataclass(frozen=True, slots=True)
class FindingBook:
    """Reads and writes findings."""

    database: Database

    def put(self, seen: Iterable[Seen]) -> None:
        """Keep findings; a newer telling of the same replaces."""
        rows = [_row(each) for each in seen]
        with self.database.write() as c:
            findings.put(c, rows)

    def get(self, finding_id: str) -> Seen:
        """One finding; raises NotFound."""
        with self.database.read() as c:
            row = findings.get(c, finding_id)
        if row is None:
            raise NotFound(f"there is no finding {finding_id[:64]!r}")
        return _seen(row)

    def page(self, wanted: Wanted, *, after: str = "", limit: int = 50) -> list[Seen]:
        """Findings, the newest beginning first, after the one with the id `after`."""
        with self.database.read() as c:
            last = findings.get(c, after) if after else None
            if after and last is None:
                raise InvalidInput(f"there is no finding {after[:64]!r} to continue after")
            place = None if last is None else (last.started_at, last.id)
            return [_seen(row) for row in findings.page(c, wanted, after=place, limit=limit)]

    def lasting(self) -> list[Seen]:
        """Those that are not over, the most urgent first."""
        with self.database.read() as c:
            rows = findings.page(c, Wanted(lasting=True), limit=_MOST_LASTING)
        by_id = {row.id: _seen(row) for row in rows}
        return [by_id[one.id] for one in by_priority(each.finding for each in by_id.values())]

    def end_others(self, lasting: frozenset[str]) -> int:
        """End those that are said to last and that nobody follows any more; returns how many."""
        with self.database.write() as c:
            return _end_others(c, lasting)

    def forget(self, before: datetime) -> int:
        """Forget what ended before a moment; returns how many."""
        with self.database.write() as c:
            return findings.forget(c, before)


def _end_others(c: Connection, lasting: frozenset[str]) -> int:
    rows = findings.page(c, Wanted(lasting=True), limit=_MOST_LASTING)
    left = [_seen(row) for row in rows if row.id not in lasting]
    ended = [replace(each, finding=replace(each.finding, end=each.seen_at)) for each in left]
    findings.put(c, [_row(each) for each in ended])
    return len(ended)


def _row(seen: Seen) -> FindingRow:
    one = seen.finding
    return FindingRow(
        one.id,
        one.start,
        one.end,
        seen.seen_at,
        str(one.severity),
        str(one.kind),
        one.metric,
        one.labels.get("application", ""),
        _BODY.dump_json(seen).decode(),
    )


def _seen(row: FindingRow) -> Seen:
    try:
        return _BODY.validate_json(row.body)
    except ValidationError as error:
        raise InvalidInput(f"the finding {row.id} is damaged in the store") from error

"""What was found unusual, one row for each episode of each series."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.schema.findings import findings
from groundwatch.store.statements import replacing


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A row.

    Attributes:
        ended_at: None while it lasts.
        seen_at: when it was last written.
        body: everything that is known of it, as JSON.
    """

    id: str
    started_at: datetime
    ended_at: datetime | None
    seen_at: datetime
    severity: str
    kind: str
    metric: str
    application: str
    body: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are wanted; empty and None are all.

    Attributes:
        since, until: those that lasted into this span.
        lasting: only those that last, or only those that are over.
    """

    since: datetime | None = None
    until: datetime | None = None
    application: str = ""
    kind: str = ""
    severities: tuple[str, ...] = ()
    lasting: bool | None = None


_COLUMNS = [findings.c[name] for name in FindingRow.__slots__]


def put(c: Connection, rows: Sequence[FindingRow]) -> None:
    """Keep findings; the same id again replaces."""
    if rows:
        c.execute(replacing(c.dialect.name, findings), [asdict(row) for row in rows])


def get(c: Connection, finding_id: str) -> FindingRow | None:
    """One finding."""
    found = c.execute(sa.select(*_COLUMNS).where(findings.c.id == finding_id)).first()
    return None if found is None else FindingRow(*found)


def page(
    c: Connection, wanted: Wanted, *, after: tuple[datetime, str] | None = None, limit: int = 50
) -> list[FindingRow]:
    """Findings, the newest beginning first; `after` are start and id of the last one seen."""
    order = sa.tuple_(findings.c.started_at, findings.c.id)
    statement = sa.select(*_COLUMNS).where(*_conditions(wanted))
    if after is not None:
        started = sa.literal(after[0], findings.c.started_at.type)
        statement = statement.where(order < sa.tuple_(started, sa.literal(after[1])))
    statement = statement.order_by(findings.c.started_at.desc(), findings.c.id.desc())
    return [FindingRow(*row) for row in c.execute(statement.limit(limit))]


def forget(c: Connection, before: datetime) -> int:
    """Forget what ended before a moment; returns how many."""
    return c.execute(sa.delete(findings).where(findings.c.ended_at < before)).rowcount


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.since is not None:
        found.append(findings.c.ended_at.is_(None) | (findings.c.ended_at >= wanted.since))
    if wanted.until is not None:
        found.append(findings.c.started_at < wanted.until)
    if wanted.application:
        found.append(findings.c.application == wanted.application)
    if wanted.kind:
        found.append(findings.c.kind == wanted.kind)
    if wanted.severities:
        found.append(findings.c.severity.in_(wanted.severities))
    if wanted.lasting is not None:
        is_open = findings.c.ended_at.is_(None)
        found.append(is_open if wanted.lasting else ~is_open)
    return found

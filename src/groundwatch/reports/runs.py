"""What was sent, kept in the store."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from groundwatch.errors import Unusable
from groundwatch.reports.schedule import Run, State
from groundwatch.reports.spans import Kind
from groundwatch.store import values

LEASE = "reports"
_KEPT = 100


def runs_of(c: Connection, kind: Kind) -> list[Run]:
    """Runs of a kind, oldest first.

    Raises:
        Unusable: what is stored cannot be read.
    """
    text = values.get(c, _name(kind))
    if text is None:
        return []
    try:
        return [_run(kind, each) for each in json.loads(text)]
    except (ValueError, KeyError, TypeError) as error:
        raise Unusable(f"the stored value {_name(kind)} cannot be read; remove it") from error


def put(c: Connection, run: Run) -> None:
    """Keep a run, in place of that of the same date; the oldest are forgotten."""
    others = [each for each in runs_of(c, run.kind) if each.date != run.date]
    kept = sorted([*others, run], key=lambda each: each.date)[-_KEPT:]
    values.put(c, _name(run.kind), json.dumps([_plain(each) for each in kept]))


def every(c: Connection) -> Sequence[Run]:
    """Runs of all kinds, newest first."""
    found = [run for kind in Kind for run in runs_of(c, kind)]
    return sorted(found, key=lambda run: (run.planned_at, run.kind), reverse=True)


def _name(kind: Kind) -> str:
    return f"reports.{kind}"


def _plain(run: Run) -> dict[str, object]:
    return {
        "date": run.date.isoformat(),
        "planned_at": run.planned_at.isoformat(),
        "state": run.state.value,
        "at": run.at.isoformat(),
        "attempts": run.attempts,
        "error": run.error,
    }


def _run(kind: Kind, plain: dict[str, str]) -> Run:
    return Run(
        kind,
        date.fromisoformat(plain["date"]),
        datetime.fromisoformat(plain["planned_at"]),
        State(plain["state"]),
        datetime.fromisoformat(plain["at"]),
        int(plain["attempts"]),
        plain["error"],
    )

"""How far each series of each rule is."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.schema.alerts import rule_states


@dataclass(frozen=True, slots=True)
class Stored:
    """A row.

    Attributes:
        series: its labels as JSON.
    """

    rule: str
    series: str
    state: str
    since: datetime
    last_true: datetime | None
    value: float | None
    evaluated_at: datetime


def every(c: Connection) -> dict[tuple[str, str], Stored]:
    """All states, by rule and series."""
    names = [rule_states.c[name] for name in Stored.__slots__]
    return {(row.rule, row.series): Stored(*row) for row in c.execute(sa.select(*names))}


def replace_all(c: Connection, states: Sequence[Stored]) -> None:
    """Keep these states and no others."""
    c.execute(sa.delete(rule_states))
    if states:
        c.execute(sa.insert(rule_states), [asdict(each) for each in states])


def labels_of(series: str) -> dict[str, str]:
    """The labels of a series."""
    return dict(json.loads(series))

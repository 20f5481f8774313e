"""Interactions and what people said of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.domain.status import Severity
from groundwatch.store.columns import microseconds, moment
from groundwatch.store.schema import feedback, interactions
from groundwatch.store.statements import batches, replacing

_COLUMNS = [column.name for column in interactions.c if column.name != "body"]
_INTERACTION = [field.name for field in fields(Interaction)]
_PASSAGE = [field.name for field in fields(RetrievedPassage)]
_STAGE = [field.name for field in fields(Stage)]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which interactions are wanted; what is left out does not narrow.

    Attributes:
        since, until: began at or after, and before.
    """

    user: str | None = None
    application: str = ""
    outcome: Outcome | None = None
    severity: Severity | None = None
    since: datetime | None = None
    until: datetime | None = None


def put_many(c: Connection, group: Sequence[Interaction]) -> None:
    """Keep interactions; one with an id that is there already replaces it."""
    if group:
        c.execute(replacing(c.dialect.name, interactions), [_row(one) for one in group])


def get(c: Connection, interaction_id: str) -> Interaction | None:
    """One interaction, whole."""
    statement = sa.select(interactions.c.body).where(interactions.c.id == interaction_id)
    body = c.execute(statement).scalar_one_or_none()
    return None if body is None else _interaction(body)


def page(
    c: Connection, wanted: Filter, *, after: tuple[datetime, str] | None = None, limit: int = 50
) -> list[Interaction]:
    """Interactions, newest first.

    `after` is the beginning and the id of the last one of the page before.
    """
    table = interactions.c
    statement = sa.select(table.body).where(*_conditions(wanted))
    if after is not None:
        same = (table.started_at == after[0]) & (table.id < after[1])
        statement = statement.where((table.started_at < after[0]) | same)
    statement = statement.order_by(table.started_at.desc(), table.id.desc()).limit(limit)
    return [_interaction(body) for body in c.execute(statement).scalars()]


def forget(c: Connection, before: datetime) -> int:
    """Drop interactions that began before a moment, with their feedback; returns how many."""
    old = sa.select(interactions.c.id).where(interactions.c.started_at < before)
    c.execute(sa.delete(feedback).where(feedback.c.interaction_id.in_(old)))
    return c.execute(sa.delete(interactions).where(interactions.c.started_at < before)).rowcount


def put_feedback(c: Connection, given: Feedback) -> None:
    """Keep what a person said; the newest of a person on an interaction counts."""
    row = {field.name: getattr(given, field.name) for field in fields(Feedback)}
    c.execute(replacing(c.dialect.name, feedback), row)


def feedback_on(c: Connection, interaction_ids: Iterable[str]) -> list[Feedback]:
    """What people said of interactions, oldest first."""
    columns = [feedback.c[field.name] for field in fields(Feedback)]
    found: list[Feedback] = []
    for ids in batches(interaction_ids):
        statement = sa.select(*columns).where(feedback.c.interaction_id.in_(ids))
        found += [Feedback(*row) for row in c.execute(statement)]
    return sorted(found, key=lambda given: (given.given_at, given.interaction_id, given.user))


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    table = interactions.c
    equal = {
        table.user: wanted.user,
        table.application: wanted.application or None,
        table.outcome: wanted.outcome,
        table.severity: wanted.severity,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if wanted.since is not None:
        conditions.append(table.started_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.started_at < wanted.until)
    return conditions


def _row(one: Interaction) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(one, name) for name in _COLUMNS}
    return row | {"body": json.dumps(_body(one), ensure_ascii=False)}


def _body(one: Interaction) -> dict[str, object]:
    body: dict[str, object] = {name: getattr(one, name) for name in _INTERACTION}
    body["started_at"] = microseconds(one.started_at)
    body["passages"] = [{name: getattr(p, name) for name in _PASSAGE} for p in one.passages]
    body["stages"] = [{name: getattr(stage, name) for name in _STAGE} for stage in one.stages]
    return body


def _interaction(text: str) -> Interaction:
    body: Mapping[str, Any] = json.loads(text)
    return Interaction(
        **{
            **body,
            "started_at": moment(body["started_at"]),
            "outcome": Outcome(body["outcome"]),
            "severity": Severity(body["severity"]),
            "passages": tuple(RetrievedPassage(**passage) for passage in body["passages"]),
            "stages": tuple(Stage(**stage) for stage in body["stages"]),
            "flags": tuple(body["flags"]),
        }
    )

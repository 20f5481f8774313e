"""Interactions and feedback that versions before the event store kept in the main database.

They move when the event store is opened: a group is kept durably, then taken off. Stopping
anywhere and beginning again comes to the same. What began before all that is kept is dropped, as
retention would.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.domain.status import Severity
from groundwatch.errors import NotFound
from groundwatch.store.columns import moment
from groundwatch.store.database import Database
from groundwatch.store.events.entries import Entry
from groundwatch.store.events.store import EventStore
from groundwatch.store.schema import feedback, interactions

_AT_ONCE = 200


def move(database: Database, events: EventStore) -> int:
    """Move what older versions kept; returns how many interactions."""
    moved = 0
    while group := _some(database):
        events.record([Entry(one) for one in group])
        ids = [one.id for one in group]
        for given in _feedback(database, ids):
            try:
                events.give_feedback(given)
            except NotFound:  # its interaction is older than what is kept
                continue
        with database.write() as c:
            c.execute(sa.delete(feedback).where(feedback.c.interaction_id.in_(ids)))
            c.execute(sa.delete(interactions).where(interactions.c.id.in_(ids)))
        moved += len(group)
    return moved


def _some(database: Database) -> list[Interaction]:
    statement = sa.select(interactions.c.body).order_by(interactions.c.started_at).limit(_AT_ONCE)
    with database.read() as c:
        return [_interaction(body) for body in c.execute(statement).scalars()]


def _feedback(database: Database, ids: list[str]) -> list[Feedback]:
    names = ("interaction_id", "user", "given_at", "thumb", "rating", "comment")
    columns = [feedback.c[name] for name in names]
    statement = sa.select(*columns).where(feedback.c.interaction_id.in_(ids))
    with database.read() as c:
        return [Feedback(*row) for row in c.execute(statement)]


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

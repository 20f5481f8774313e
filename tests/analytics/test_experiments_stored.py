"""An experiment from assignment to decision, over the real event store on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.store.events.opened import opened

from groundwatch.analytics.assignment import assign
from groundwatch.analytics.experiments import State, judge
from groundwatch.analytics.experiments_reading import Followed
from groundwatch.analytics.experiments_record import Verdict
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal, VariantSettings
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import EXPERIMENT, Interaction
from groundwatch.domain.status import Severity
from groundwatch.store.database import Database
from groundwatch.store.events import Entry, EventStore
from groundwatch.store.events.recorded import Filter, Recorded

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BEGUN = NOW - timedelta(hours=10)
HALVES = ExperimentSettings(
    variants={"old": VariantSettings(share=0.5), "new": VariantSettings(share=0.5)},
    control="old",
    application="demo",
    goal=Goal.LATENCY,
    guardrails={Goal.ERRORS: 0.0},
    planned=300,
)
ONE = Interaction("", "demo", NOW, 1.0, Outcome.ANSWERED, Severity.INFO, "where")


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


def asked(store: EventStore, users: int, faster: float) -> None:
    """Each user asks once before the experiment and once in it; some are always slow."""
    rng = np.random.default_rng(4)
    entries: list[Entry] = []
    for number in range(users):
        user = f"u{number}"
        own = float(rng.lognormal(0, 0.5))
        given = assign("fast", HALVES, user)
        gain = faster if given.variant == "new" else 1.0
        for part, at in enumerate((BEGUN - timedelta(hours=1), NOW - timedelta(hours=1))):
            taken = own * float(rng.lognormal(0, 0.1)) * (gain if part else 1.0)
            marked = {EXPERIMENT + "fast": given.variant} if part else {}
            entries.append(
                Entry(
                    replace(
                        ONE,
                        id=f"{user}-{part}",
                        user=user,
                        started_at=at,
                        duration=taken,
                        attributes=marked,
                    )
                )
            )
    store.record(entries)


def test_a_faster_variant_wins_with_the_help_of_history(events: EventStore) -> None:
    asked(events, 700, 0.8)

    found = Followed(events, "fast", HALVES, BEGUN).measured(NOW)
    decision = judge("fast", HALVES, found.samples, found.assigned, at=NOW, before=State())

    goal = decision.comparisons[0]
    assert sum(decision.units.values()) == 700
    assert goal.effect is not None
    assert goal.effect.reduced > 0.5
    assert decision.verdict is Verdict.WINS
    assert decision.variant == "new"
    assert not decision.cautions


def test_history_is_what_was_before(events: EventStore) -> None:
    asked(events, 20, 0.5)

    past = Followed(events, "fast", HALVES, BEGUN).past()

    assert len(past) == 20
    assert all(set(each) >= {Goal.LATENCY, Goal.ERRORS} for each in past.values())


def test_another_applications_answers_are_not_read(events: EventStore) -> None:
    asked(events, 20, 0.5)
    other = HALVES.model_copy(update={"application": "other"})

    assert Followed(events, "fast", other, BEGUN).units(NOW) == {}


class Counted:
    """Reads as the store does, and counts what it gave."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self.read = 0

    def page(
        self, wanted: Filter, *, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Recorded]:
        found = self._store.page(wanted, after=after, limit=limit)
        self.read += len(found)
        return found


def test_old_interactions_are_read_once_and_everything_again_later(events: EventStore) -> None:
    asked(events, 30, 0.5)
    source = Counted(events)
    followed = Followed(source, "fast", HALVES, BEGUN)
    later = NOW + timedelta(minutes=30)

    first = followed.units(NOW)
    assert (len(first), source.read) == (30, 30)
    events.record([_of("u0", "again", NOW + timedelta(minutes=20))])
    second = followed.units(later)
    assert source.read == 30 + 31, "those of the last hour are read again"
    assert sum(second["u0"][_variant("u0")].counts.values()) == 6
    third = followed.units(later + timedelta(hours=2))
    assert source.read == 61 + 1
    followed.units(later + timedelta(hours=3))
    assert source.read == 62, "everything has settled"
    assert third == followed.units(later + timedelta(hours=4))
    events.record([_of("u1", "late", NOW - timedelta(hours=5))])
    anew = followed.units(later + timedelta(hours=9))
    assert sum(anew["u1"][_variant("u1")].counts.values()) == 6


def _variant(user: str) -> str:
    return assign("fast", HALVES, user).variant


def _of(user: str, id_: str, at: datetime) -> Entry:
    marked = {EXPERIMENT + "fast": _variant(user)}
    return Entry(replace(ONE, id=id_, user=user, started_at=at, attributes=marked))

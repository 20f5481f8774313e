"""An experiment from assignment to decision, over the real event store on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.store.events.opened import opened

from groundwatch.analytics.assignment import ATTRIBUTE, assign
from groundwatch.analytics.experiments import State, Verdict
from groundwatch.analytics.experiments_reading import history, look_at
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal, VariantSettings
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.status import Severity
from groundwatch.store.database import Database
from groundwatch.store.events import Entry, EventStore

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BEGUN = NOW - timedelta(hours=10)
HALVES = ExperimentSettings(
    variants={"old": VariantSettings(share=0.5), "new": VariantSettings(share=0.5)},
    control="old",
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
            marked = {ATTRIBUTE + "fast": given.variant} if part else {}
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

    decision = look_at(events, "fast", HALVES, begun=BEGUN, now=NOW, before=State())

    goal = decision.comparisons[0]
    assert sum(decision.units.values()) == 700
    assert goal.effect is not None
    assert goal.effect.reduced > 0.5
    assert decision.verdict is Verdict.WINS
    assert decision.variant == "new"
    assert not decision.cautions


def test_history_is_what_was_before(events: EventStore) -> None:
    asked(events, 20, 0.5)

    past = history(events, "fast", HALVES, BEGUN)

    assert len(past) == 20
    assert all(set(each) >= {Goal.LATENCY, Goal.ERRORS} for each in past.values())


def test_another_applications_answers_are_not_read(events: EventStore) -> None:
    asked(events, 20, 0.5)

    decision = look_at(
        events, "fast", HALVES, begun=BEGUN, now=NOW, before=State(), application="other"
    )

    assert decision.units == {"new": 0, "old": 0}
    assert decision.verdict is Verdict.TOO_FEW

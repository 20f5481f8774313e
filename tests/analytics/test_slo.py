"""Objectives over cells: budgets, burn rates, silence and little traffic."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML
from tests.analytics.fakes_series import MadeCells

from groundwatch.analytics.slo import BudgetState, BurnState, objective_state
from groundwatch.analytics.slo_events import history, ladder
from groundwatch.analytics.slo_settings import (
    BurnRuleSettings,
    ObjectiveSettings,
    ServiceLevelSettings,
)
from groundwatch.domain import metrics
from groundwatch.domain.status import Severity

NOW = datetime(2026, 11, 20, 9, 17, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AVAILABILITY = ObjectiveSettings(kind="availability", target=0.999)


def traffic(cells: MadeCells, since: timedelta, until: timedelta, asked: int, failed: int) -> None:
    """Questions each minute from so long ago until so long ago."""
    at = NOW - since
    while at < NOW - until:
        cells.add(metrics.REQUESTS, at, [1.0] * asked)
        if failed:
            cells.add(metrics.ERRORS, at, [1.0] * failed)
        at += MINUTE


def test_healthy_traffic_is_ok_and_keeps_its_budget() -> None:
    cells = MadeCells()
    traffic(cells, timedelta(days=4), timedelta(), 10, 0)

    state = objective_state(cells, "availability", AVAILABILITY, NOW)

    assert BudgetState.OK is state.state
    assert state.budget.left == 1.0
    assert state.budget.empty_in is None
    assert {rule.state for rule in state.rules} == {BurnState.OK}


def test_a_sudden_outage_pages_within_two_minutes() -> None:
    cells = MadeCells()
    traffic(cells, timedelta(days=2), timedelta(minutes=2), 10, 0)
    traffic(cells, timedelta(minutes=2), timedelta(), 10, 10)

    state = objective_state(cells, "availability", AVAILABILITY, NOW)

    assert BudgetState.BURNING is state.state
    assert Severity.CRITICAL is state.severity
    assert state.rules[0].state is BurnState.BURNING
    assert state.budget.empty_in is not None


def test_an_outage_that_is_over_no_longer_pages() -> None:
    cells = MadeCells()
    traffic(cells, timedelta(hours=6), timedelta(minutes=30), 10, 0)
    traffic(cells, timedelta(minutes=30), timedelta(minutes=10), 10, 10)
    traffic(cells, timedelta(minutes=10), timedelta(), 10, 0)

    quick = objective_state(cells, "availability", AVAILABILITY, NOW).rules[0]

    assert quick.long.burn is not None
    assert quick.long.burn > quick.factor
    assert quick.short.burn == 0
    assert BurnState.OK is quick.state


def test_a_slow_burn_opens_a_ticket() -> None:
    cells = MadeCells()
    for hours_ago in range(24 * 4, 0, -1):
        at = NOW - timedelta(hours=hours_ago)
        cells.add(metrics.REQUESTS, at, [1.0] * 1000)
        cells.add(metrics.ERRORS, at, [1.0] * 4)

    state = objective_state(cells, "availability", AVAILABILITY, NOW)

    assert BudgetState.BURNING is state.state
    assert Severity.MEDIUM is state.severity


def test_nothing_measured_is_no_success() -> None:
    state = objective_state(MadeCells(), "availability", AVAILABILITY, NOW)

    assert BudgetState.NO_DATA is state.state
    assert state.budget.left is None
    assert state.budget.achieved is None


def test_silence_after_traffic_is_no_data() -> None:
    cells = MadeCells()
    traffic(cells, timedelta(hours=12), timedelta(hours=7), 10, 0)

    state = objective_state(cells, "availability", AVAILABILITY, NOW)

    assert BudgetState.NO_DATA is state.state
    assert state.budget.left == 1.0


def test_one_failure_in_little_traffic_widens_the_window() -> None:
    cells = MadeCells()
    cells.add(metrics.REQUESTS, NOW - timedelta(minutes=3), [1.0])
    cells.add(metrics.ERRORS, NOW - timedelta(minutes=3), [1.0])
    for hours_ago in range(1, 48):
        cells.add(metrics.REQUESTS, NOW - timedelta(hours=hours_ago), [1.0])

    quick = objective_state(cells, "availability", AVAILABILITY, NOW).rules[0]

    assert quick.long.used > quick.long.length
    assert quick.long.events.count >= AVAILABILITY.fewest
    assert "widened from 1h" in quick.reason


def test_too_few_events_are_neither_good_nor_bad() -> None:
    cells = MadeCells()
    cells.add(metrics.REQUESTS, NOW - MINUTE, [1.0, 1.0])
    cells.add(metrics.ERRORS, NOW - MINUTE, [1.0])

    state = objective_state(cells, "availability", AVAILABILITY, NOW)

    assert BudgetState.TOO_FEW is state.state


def test_probes_speak_where_nobody_asks() -> None:
    cells = MadeCells()
    for minutes_ago in range(1, 61):
        cells.add(metrics.PROBES, NOW - minutes_ago * MINUTE, [0.0])

    state = objective_state(cells, "availability", AVAILABILITY, NOW)

    assert BudgetState.BURNING is state.state
    assert state.budget.achieved == 0.0


@pytest.mark.parametrize(
    ("kind", "metric", "threshold", "good", "bad"),
    [
        ("latency", metrics.LATENCY, 2.0, 1.0, 5.0),
        ("quality", metrics.OVERALL, 0.7, 0.7, 0.5),
        ("freshness", metrics.FRESHNESS, 300.0, 10.0, 4000.0),
        ("cost", metrics.COST, 0.01, 0.0, 0.2),
    ],
)
def test_events_beyond_the_threshold_are_bad(
    kind: str, metric: metrics.Metric, threshold: float, good: float, bad: float
) -> None:
    cells = MadeCells()
    cells.add(metric, NOW - MINUTE, [good] * 60 + [bad] * 40)
    objective = ObjectiveSettings.model_validate(
        {"kind": kind, "target": 0.95, "threshold": threshold}
    )

    state = objective_state(cells, kind, objective, NOW)

    assert state.budget.achieved == pytest.approx(0.6)
    assert BudgetState.BURNING is state.state


def test_only_the_named_application_counts() -> None:
    cells = MadeCells()
    cells.add(metrics.REQUESTS, NOW - MINUTE, [1.0] * 50, application="other")
    cells.add(metrics.ERRORS, NOW - MINUTE, [1.0] * 50, application="other")
    cells.add(metrics.REQUESTS, NOW - MINUTE, [1.0] * 50, application="mine")
    mine = AVAILABILITY.model_copy(update={"application": "mine"})

    assert objective_state(cells, "mine", mine, NOW).budget.achieved == 1.0
    assert objective_state(cells, "all", AVAILABILITY, NOW).budget.achieved == 0.5


@given(st.integers(2, 90), st.integers(0, 60 * 24 * 40))
def test_the_ladder_covers_the_period_once(days: int, minutes: int) -> None:
    now = NOW + minutes * MINUTE
    pieces = [each for each in ladder(now, timedelta(days=days)) if each[1] < each[2]]

    assert all(one[2] == other[1] for one, other in pairwise(pieces))
    assert timedelta() <= pieces[0][1] - (now - timedelta(days=days)) < timedelta(hours=1)
    assert pieces[-1][2] == now


@given(st.lists(st.tuples(st.integers(0, 30 * 24 * 60 - 60), st.integers(1, 5)), max_size=15))
def test_the_period_holds_every_event(given_: list[tuple[int, int]]) -> None:
    cells = MadeCells()
    for minutes_ago, count in given_:
        cells.add(metrics.REQUESTS, NOW - minutes_ago * MINUTE, [1.0] * count)

    whole = history(cells, AVAILABILITY, NOW).last(AVAILABILITY.period)

    assert whole.count == sum(count for _, count in given_)


def test_an_impossible_burn_rate_is_refused_at_load() -> None:
    rule = BurnRuleSettings(budget_share=0.02, long_hours=1)

    with pytest.raises(ValidationError, match="can never fire"):
        ObjectiveSettings(kind="availability", target=0.9, rules=(rule,))


def test_usual_rules_that_cannot_fire_are_named() -> None:
    objective = ObjectiveSettings(kind="availability", target=0.9)

    assert len(objective.burn_rules) == 3
    assert "can never fire" in objective.left_out[0]


@pytest.mark.parametrize(
    "given_",
    [
        {"kind": "availability", "target": 1.0},
        {"kind": "availability", "target": 0.99, "threshold": 1},
        {"kind": "latency", "target": 0.99},
        {"kind": "quality", "target": 0.9, "threshold": 1.5},
        {
            "kind": "availability",
            "target": 0.99,
            "rules": [{"budget_share": 0.1, "long_hours": 800}],
        },
        {
            "kind": "availability",
            "target": 0.99,
            "rules": [{"budget_share": 0.1, "long_hours": 0.1}],
        },
    ],
)
def test_senseless_objectives_are_refused(given_: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ObjectiveSettings.model_validate(given_)


def test_the_usual_settings_are_sound() -> None:
    settings = ServiceLevelSettings()

    assert {"availability", "latency", "quality", "freshness"} == set(settings.objectives)


failures = st.lists(
    st.tuples(st.integers(0, 10 * 24 * 60), st.integers(1, 200), st.floats(0, 1)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(failures, st.floats(0.8, 0.9999))
def test_a_rule_burns_exactly_when_both_windows_do(
    given_: list[tuple[int, int, float]], target: float
) -> None:
    objective = ObjectiveSettings(kind="availability", target=target)
    cells = MadeCells()
    for minutes_ago, asked, share in given_:
        at = NOW - minutes_ago * MINUTE
        cells.add(metrics.REQUESTS, at, [1.0] * asked)
        if int(asked * share):
            cells.add(metrics.ERRORS, at, [1.0] * int(asked * share))

    state = objective_state(cells, "x", objective, NOW)

    for rule in state.rules:
        enough = min(rule.long.events.count, rule.short.events.count) >= objective.fewest
        fast = all((each.burn or 0.0) > rule.factor for each in (rule.long, rule.short))
        assert (rule.state is BurnState.BURNING) == (enough and fast)
        assert rule.short.used <= rule.long.used <= objective.period
        assert (rule.state is BurnState.NO_DATA) or rule.long.burn is not None
    if state.budget.left is None:
        assert state.state is BudgetState.NO_DATA
    else:
        assert state.budget.left <= 1


def test_the_example_of_the_documentation_is_sound() -> None:
    text = (Path(__file__).parents[2] / "docs" / "service-levels.md").read_text()
    example = text.split("```yaml")[1].split("```")[0]
    given_ = YAML(typ="safe", pure=True).load(example)

    read = ServiceLevelSettings.model_validate(given_["service_levels"])

    assert read.objectives["fast"].threshold == 2
    assert len(read.objectives["fast"].burn_rules) == 2

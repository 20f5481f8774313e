"""What watches beside the minutes: mixes, spreads, thresholds and combinations."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from pydantic import ValidationError

from groundwatch.anomaly.board import SeriesKey
from groundwatch.anomaly.combinations import Combination, Combinations
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.increments import Reader
from groundwatch.anomaly.limits import Held, Limits, Place
from groundwatch.anomaly.memory import recall, remember
from groundwatch.anomaly.mixes import Mixes
from groundwatch.anomaly.settings import AnomalySettings, ThresholdSettings
from groundwatch.anomaly.surroundings import context_of
from groundwatch.anomaly.threshold import Operator
from groundwatch.anomaly.watcher import Watcher
from groundwatch.domain.answers import Outcome
from groundwatch.domain.events import Event
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.metrics import BUILT_IN, Spread
from groundwatch.domain.status import Severity
from groundwatch.store.events.cells import Cell, CellQuery
from groundwatch.store.events.histogram import Histogram
from groundwatch.store.events.recorded import Filter, Recorded, State

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SHOP = ["shop"]


class Given:
    """Cells as they were given."""

    def __init__(self) -> None:
        self.all: list[Cell] = []

    def add(self, at: datetime, metric: str, label: str, values: Sequence[float]) -> None:
        spread = BUILT_IN[metric].spread
        histogram = None
        if spread is not Spread.NONE:
            histogram = Histogram(spread)
            for value in values:
                histogram.add(value)
        dimension = {"errors": "error_type"}.get(metric, "topic") if label else ""
        count, total = len(values), float(sum(values))
        cell = Cell(at, metric, "shop", dimension, label, count, float(count), total, histogram)
        self.all.append(cell)

    def cells(self, query: CellQuery) -> list[Cell]:
        return [
            each
            for each in self.all
            if (each.metric, each.dimension) == (query.metric, query.dimension)
            and query.application in {None, each.application}
            and query.label in {None, each.label}
            and query.since - MINUTE < each.at < query.until
        ]

    def applications(self, since: datetime) -> list[str]:
        return SHOP

    def events(self, *_: object, **__: object) -> list[Event]:
        return []


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311


def _turn(mixes: Mixes, reader: Reader, at: datetime) -> list[tuple[SeriesKey, Layer, bool]]:
    reader.begin(at)
    found = mixes.turn(reader, SHOP)
    return [(key, layer, episode.end is None) for key, layer, episode in found]


def test_a_mix_that_changes_is_found_told_and_ends():
    given, mixes, random = Given(), Mixes(), _random(1)
    reader = Reader(given, 7)
    for number in range(900):
        kind = "timeout" if random.random() < 0.2 else "rate_limited"
        given.add(START + number * MINUTE, "errors", kind, [1.0])
    assert _turn(mixes, reader, START + 900 * MINUTE) == []
    for number in range(900, 1100):
        given.add(START + number * MINUTE, "errors", "timeout", [1.0])
    found = _turn(mixes, reader, START + 1100 * MINUTE)
    key = SeriesKey("errors.mix", "shop")
    assert set(found) == {(key, Layer.MIX, True)}
    one = mixes.moved(key)[0]
    assert {one.label for one in mixes.moved(key)} == {"timeout", "rate_limited"}
    assert one.dimension == "error_type"
    context = context_of(given, key, START, START + MINUTE, mixes.moved(key))
    assert context.contributors[0] == one
    again = recall(Mixes, remember(mixes))
    assert again == mixes
    for number in range(1100, 2100):
        kind = "timeout" if random.random() < 0.2 else "rate_limited"
        given.add(START + number * MINUTE, "errors", kind, [1.0])
    assert _turn(again, reader, START + 2100 * MINUTE)[-1] == (key, Layer.MIX, False)


def test_scores_spread_otherwise_are_found_though_their_mean_stays():
    given, mixes, random = Given(), Mixes(), _random(2)
    reader = Reader(given, 7)
    for number in range(300):
        at = START + number * MINUTE
        given.add(at, "quality.overall", "", [random.gauss(0.8, 0.05)])
    assert _turn(mixes, reader, START + 300 * MINUTE) == []
    for number in range(300, 380):
        value = random.choice([0.65, 0.95])
        given.add(START + number * MINUTE, "quality.overall", "", [value])
    found = _turn(mixes, reader, START + 380 * MINUTE)
    assert set(found) == {(SeriesKey("quality.overall", "shop"), Layer.DISTRIBUTION, True)}


def test_what_is_unusual_does_not_become_usual_so_its_end_is_seen_soon():
    given, mixes, random = Given(), Mixes(), _random(3)
    reader, key = Reader(given, 7), SeriesKey("quality.overall", "shop")

    def scored(numbers: range, mean: float) -> list[tuple[SeriesKey, Layer, bool]]:
        for number in numbers:
            value = random.gauss(mean, 0.05)
            given.add(START + number * MINUTE, "quality.overall", "", [value])
        return _turn(mixes, reader, START + numbers.stop * MINUTE)

    assert scored(range(300), 0.8) == []
    assert scored(range(300, 500), 0.5)[-1] == (key, Layer.DISTRIBUTION, True)
    assert scored(range(500, 560), 0.8)[-1] == (key, Layer.DISTRIBUTION, False)
    assert scored(range(560, 600), 0.5)[-1] == (key, Layer.DISTRIBUTION, True)
    lasting = 600 + 24 * 60 + 600
    assert scored(range(600, lasting), 0.5)[-1] == (key, Layer.DISTRIBUTION, False)


def test_layers_that_are_off_judge_nothing():
    given, mixes = Given(), Mixes(is_mixed=False, is_spread=False)
    given.add(START, "errors", "timeout", [1.0])
    assert _turn(mixes, Reader(given, 7), START + MINUTE) == []
    assert mixes == Mixes(is_mixed=False, is_spread=False)


SLOW = ThresholdSettings(metric="latency", operator=Operator.GT, value=5, lasting=120, clears_at=4)


def _limits(limits: Limits, given: Given, since: int, values: Sequence[float]) -> list[bool]:
    """Whether an episode lasts after each minute; None where there is none."""
    found = []
    for number, value in enumerate(values, since):
        given.add(START + number * MINUTE, "latency", "", [value])
        told = limits.turn(given, [SLOW], SHOP, START + (number + 1) * MINUTE)
        found += [episode.end is None for _, episode in told]
    return found


def test_a_limit_holds_for_a_while_and_clears_further_down():
    given, limits = Given(), Limits()
    assert _limits(limits, given, 0, [3.0, 6.0, 3.0, 6.0, 6.0]) == []
    assert _limits(limits, given, 5, [7.0, 4.5]) == [True, True]
    again = Limits(recall(dict[Place, Held], remember(limits.held)), limits.next)
    assert _limits(again, given, 7, [3.5, 3.5]) == [False]
    [held] = again.held.values()
    assert held.current is None


def test_missing_values_neither_breach_nor_clear():
    given, limits = Given(), Limits()
    _limits(limits, given, 0, [6.0, 6.0, 6.0])
    told = limits.turn(given, [SLOW], SHOP, START + 30 * MINUTE)
    assert all(episode.end is None for _, episode in told)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"metric": "no.such"}, "no metric"),
        ({"dimension": "colour"}, "not split"),
        ({"label": "x"}, "needs the dimension"),
        ({"clears_at": 6}, "bad side"),
        ({"value": float("nan")}, "finite"),
    ],
)
def test_impossible_thresholds_are_refused(wrong: dict[str, object], said: str):
    given: dict[str, object] = {"metric": "latency", "operator": "gt", "value": 5}
    with pytest.raises(ValidationError, match=said):
        AnomalySettings.model_validate({"thresholds": [given | wrong]})


class Answered:
    """Interactions; from `odd_from` on fast, long and dear answers of one model."""

    odd_from = 700

    def page(self, wanted: Filter, *, limit: int = 50) -> list[Recorded]:
        assert wanted.since is not None
        assert wanted.until is not None
        first = max(0, round((wanted.since - START) / MINUTE))
        last = round((wanted.until - START) / MINUTE)
        return [self._one(number) for number in range(first, last)][::-1][:limit]

    def _one(self, number: int) -> Recorded:
        random = _random(number)
        size = random.uniform(0.5, 1.5)
        is_odd = number >= self.odd_from and number % 4 > 0
        told = Interaction(
            id=str(number),
            application="shop",
            started_at=START + number * MINUTE,
            duration=0.2 if is_odd else size * random.uniform(0.9, 1.1),
            outcome=Outcome.ANSWERED,
            severity=Severity.INFO,
            query="q",
            model="new" if is_odd else "usual",
            input_tokens=round(1000 * size) if not is_odd else 1480,
            cost=0.0005 if is_odd else 0.001 * size,
        )
        return Recorded(told, State.SCORED)


def test_combinations_that_never_were_are_found_with_what_they_share():
    listed, each = Answered(), Combinations()
    key = SeriesKey("combination", "shop")
    assert each.turn(listed, SHOP, START + 600 * MINUTE, 7) == []
    assert each.each["shop"].forest.learned > 500
    assert each.turn(listed, SHOP, START + 699 * MINUTE, 7) == []
    again = replace(each, each=recall(dict[str, Combination], remember(each.each)))
    [(told, episode)] = again.turn(listed, SHOP, START + 760 * MINUTE, 7)
    assert told == key
    assert episode.end is None
    assert episode.peak.layers.keys() == {Layer.COMBINATION}
    assert "new" in {one.label for one in again.moved(key, episode)}
    listed.odd_from = 10_000
    [(_, over)] = again.turn(listed, SHOP, START + 900 * MINUTE, 7)
    assert over.end is not None


def test_single_answers_are_judged_before_their_minute_is_over():
    given, random = Given(), _random(4)
    for number in range(0, 3000, 3):
        given.add(START + number * MINUTE, "latency", "", [1.4 * random.lognormvariate(0, 0.3)])
    now = START + 3000 * MINUTE
    on, off = (
        Watcher(given, AnomalySettings(layers=layers)) for layers in (("answers",), ("mix",))
    )
    for watcher in (on, off):
        assert watcher.turn(now) == []
    given.add(now, "latency", "", [7.0, 6.0, 8.0, 6.5])
    now += timedelta(seconds=15)
    assert off.turn(now) == []
    [seen] = on.turn(now)
    assert seen.finding.layers == (Layer.ANSWERS,)
    assert seen.finding.value == pytest.approx(6.9, rel=0.05)
    assert (seen.finding.severity, seen.finding.end) == (Severity.HIGH, None)
    assert seen.band[-1].value == pytest.approx(6.875)
    assert seen.band[-1].high == seen.finding.expected[1] if seen.finding.expected else False
    state = on.beside()
    again = Watcher(given, AnomalySettings(layers=("answers",)))
    again.go_on(state)
    assert again.lasting == on.lasting
    assert again.turn(now) == on.turn(now) == []
    for number in range(1, 9):
        given.add(now + number * MINUTE, "latency", "", [1.4])
    [over] = again.turn(now + 10 * MINUTE)
    assert (over.finding.id, over.finding.end is None) == (seen.finding.id, False)
    assert not again.lasting


def test_a_leak_is_told_with_the_topic_that_leaks_though_all_that_was_asked_is_of_it():
    given = Given()
    for number in range(60):
        for topic in ("berths", "refunds"):
            given.add(START + number * MINUTE, "quality.safety", topic, [1.0])
        given.add(START + number * MINUTE, "quality.safety", "", [1.0, 1.0])
    start = START + 60 * MINUTE
    for label in ("", "berths"):
        given.add(start, "quality.safety", label, [0.0, 0.0, 0.0])
    key = SeriesKey("flagged", "shop", "flag", "secret")
    [one] = context_of(given, key, start, start + MINUTE).contributors
    assert (one.dimension, one.label, one.share) == ("topic", "berths", 1.0)
    assert (one.before, one.during, one.metric) == (1.0, 0.0, "quality.safety")

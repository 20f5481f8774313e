"""The watcher over made-up cells: it learns from the past, finds, tells, ends, and goes on."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from groundwatch.anomaly.feed import Feed
from groundwatch.anomaly.settings import AnomalySettings
from groundwatch.anomaly.watcher import Seen, Watcher
from groundwatch.app import baselines
from groundwatch.domain.events import Event
from groundwatch.domain.status import Severity
from groundwatch.store.events.cells import Cell, CellQuery

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BEGIN = START + timedelta(days=2)
SETTINGS = AnomalySettings(history_days=7)


_MADE = {
    ("requests", ""),
    ("requests", "model"),
    ("latency", ""),
    ("latency", "model"),
    ("flagged", "flag"),
}


@dataclass
class Made:
    """Cells of one application; the model `large` gets slow, and a flag appears."""

    slow_from: datetime = BEGIN + 3 * MINUTE
    slow_until: datetime = BEGIN + 20 * MINUTE
    flags_from: datetime = BEGIN + timedelta(days=9)
    silent_from: datetime = BEGIN + timedelta(days=9)
    flags: int = 6
    flags_until: datetime = BEGIN + timedelta(days=9)
    asked: list[CellQuery] = field(default_factory=list)

    def applications(self, since: datetime) -> list[str]:
        return ["shop"]

    def events(
        self,
        application: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        types: Iterable[str] = (),
        limit: int = 100,
    ) -> list[Event]:
        return [Event("d1", self.slow_from - MINUTE, "deploy", application="shop")]

    def cells(self, query: CellQuery) -> list[Cell]:
        self.asked.append(query)
        if (query.metric, query.dimension) not in _MADE:
            return []
        at = max(query.since, START)
        found: list[Cell] = []
        while at < query.until:
            found += [cell for cell in self._at(query, at) if query.label in {None, cell.label}]
            at += MINUTE
        return found

    def _at(self, query: CellQuery, at: datetime) -> list[Cell]:
        random = Random(f"{at}")  # noqa: S311
        count = 30 + round(10 * math.sin(at.hour / 24 * 2 * math.pi)) + random.randint(-4, 4)
        if at >= self.silent_from:
            return []
        small = count * 2 // 3
        parts = {"small": small, "large": count - small}
        is_slow = self.slow_from <= at < self.slow_until
        means = {"small": 1 + random.gauss(0, 0.05), "large": 2 + random.gauss(0, 0.05)}
        means["large"] *= 4 if is_slow else 1
        if query.metric == "requests" and query.dimension in {"", "model"}:
            labels = {"": count} if not query.dimension else parts
            return [_cell(query, at, label, n, n) for label, n in labels.items()]
        if query.metric == "latency" and query.dimension in {"", "model"}:
            total = {label: parts[label] * means[label] for label in parts}
            if query.dimension:
                return [_cell(query, at, label, parts[label], total[label]) for label in parts]
            return [_cell(query, at, "", count, sum(total.values()))]
        if (
            query.metric == "flagged"
            and query.dimension
            and self.flags_from <= at < self.flags_until
        ):
            return [_cell(query, at, "secret", self.flags, self.flags)]
        return []


def _cell(query: CellQuery, at: datetime, label: str, count: int, total: float) -> Cell:
    return Cell(at, query.metric, "shop", query.dimension, label, count, float(count), total)


def _follow(watcher: Watcher, minutes: int, since: datetime = BEGIN) -> list[tuple[datetime, Seen]]:
    found = []
    for number in range(minutes):
        now = since + number * MINUTE + timedelta(seconds=10)
        found += [(now, seen) for seen in watcher.turn(now)]
    return found


def test_a_slow_model_is_found_within_two_minutes_told_and_ended():
    watcher = Watcher(Made(), SETTINGS)
    assert watcher.turn(BEGIN) == []
    found = _follow(watcher, 60)
    latency = [(now, s) for now, s in found if s.finding.metric == "latency"]
    whole = [s for s in latency if "model" not in s[1].finding.labels]
    now, first = whole[0]
    assert now - (BEGIN + 3 * MINUTE) <= timedelta(minutes=2)
    assert first.finding.contributors[0].label == "large"
    assert first.finding.worse is True
    assert "model large accounts for" in first.finding.description
    assert first.finding.expected is not None
    assert 0.8 < first.finding.expected[0] < 1.4 < first.finding.expected[1] < 1.9
    assert [each.id for each in first.finding.changes] == ["d1"]
    assert first.band[-1].value > (first.band[-1].high or math.inf)
    ids = {s.finding.id for _, s in whole}
    assert len(ids) == 1, "one episode is one finding"
    assert whole[-1][1].finding.end is not None
    assert not watcher.lasting


def test_a_flag_that_was_never_seen_is_found_and_one_event_is_none():
    watcher = Watcher(Made(slow_from=BEGIN + timedelta(days=9), flags_from=BEGIN), SETTINGS)
    found = _follow(watcher, 8)
    assert {s.finding.labels["flag"] for _, s in found} == {"secret"}
    assert found[0][0] <= BEGIN + timedelta(minutes=2)
    assert found[0][1].finding.kind == "security"
    assert found[-1][1].finding.severity in {Severity.HIGH, Severity.CRITICAL}
    later = Made(slow_from=BEGIN + timedelta(days=9), flags_from=BEGIN + 3 * MINUTE)
    found = _follow(Watcher(later, SETTINGS), 8)
    assert found[0][0] <= BEGIN + 5 * MINUTE, "a label that is new began as nothing, long ago"
    rare = Made(
        slow_from=BEGIN + timedelta(days=9),
        flags_from=BEGIN + 3 * MINUTE,
        flags_until=BEGIN + 4 * MINUTE,
        flags=1,
    )
    assert _follow(Watcher(rare, SETTINGS), 8) == []


def test_an_application_that_falls_silent_is_found():
    silent = Made(slow_from=BEGIN + timedelta(days=9), silent_from=BEGIN + 2 * MINUTE)
    found = _follow(Watcher(silent, SETTINGS), 10)
    assert {s.finding.metric for _, s in found} == {"requests"}
    assert found[0][0] <= BEGIN + 5 * MINUTE


def test_each_minute_is_read_once_and_only_the_new_ones():
    made = Made()
    watcher = Watcher(made, AnomalySettings(layers=("seasonal",)))
    watcher.turn(BEGIN + timedelta(seconds=10))
    made.asked.clear()
    watcher.turn(BEGIN + timedelta(seconds=20))
    assert made.asked == []
    watcher.turn(BEGIN + timedelta(seconds=70))
    assert made.asked
    assert all(q.until - q.since <= timedelta(minutes=7) for q in made.asked if q.metric != "cost")


def test_baselines_go_on_after_a_restart_in_the_middle_of_an_episode(tmp_path: Path):
    one, made = Watcher(Made(), SETTINGS), Made()
    _follow(one, 10)
    assert one.lasting
    assert baselines.save(one, tmp_path / "b.gz") == len(one.feeds)
    other = Watcher(made, SETTINGS)
    assert baselines.load(other, tmp_path / "b.gz", BEGIN + 10 * MINUTE) == len(one.feeds)
    now = BEGIN + 10 * MINUTE + timedelta(seconds=10)
    assert {s.finding.id for s in one.turn(now)} == {s.finding.id for s in other.turn(now)} != set()


@pytest.mark.parametrize("content", [b"nothing", b"\x1f\x8b\x08broken"])
def test_damaged_baselines_are_learned_anew(tmp_path: Path, content: bytes):
    (tmp_path / "b.gz").write_bytes(content)
    assert baselines.load(Watcher(Made(), SETTINGS), tmp_path / "b.gz", BEGIN) == 0
    assert baselines.load(Watcher(Made(), SETTINGS), tmp_path / "none.gz", BEGIN) == 0


def test_other_layers_learn_anew(tmp_path: Path):
    one = Watcher(Made(), SETTINGS)
    one.turn(BEGIN)
    baselines.save(one, tmp_path / "b.gz")
    fewer = Watcher(Made(), AnomalySettings(layers=("seasonal", "band")))
    assert baselines.load(fewer, tmp_path / "b.gz", BEGIN) == 0


def test_what_comes_late_counts_for_the_next_minute():
    feed = Feed(START)
    taken = list(feed.take({START: (2.0, 4.0)}, START + MINUTE))
    assert taken == [(START, (2.0, 4.0))]
    later = {START: (3.0, 34.0), START + MINUTE: (1.0, 1.0)}
    assert list(feed.take(later, START + 2 * MINUTE)) == [(START + MINUTE, (2.0, 31.0))]
    assert list(feed.take(later, START + 2 * MINUTE)) == []
    assert Feed.of(feed.state()) == feed

"""Several watchers of one series: one episode."""

from dataclasses import replace

from tests.anomaly.test_watcher import START

from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.episodes import Episode, Sighting
from groundwatch.anomaly.increments import Increments
from groundwatch.anomaly.joint import MINUTES, Joint
from groundwatch.domain.metrics import Spread
from groundwatch.store.events.cells import Cell
from groundwatch.store.events.histogram import Histogram

SEEN = Sighting(120.0, 5.0, 3.0, 4.0, {Layer.ANSWERS: 4.0}, (1.0, 2.0))


def test_one_episode_keeps_its_name_and_tells_who_agrees():
    joint = Joint(100.0)
    joint.take(Layer.ANSWERS, Episode(100.0, 120.0, SEEN, last=120.0))
    other = replace(SEEN, at=180.0, value=6.0, rarity=5.0, layers={Layer.SEASONAL: 5.0})
    joint.take(MINUTES, Episode(60.0, 180.0, other, last=180.0))
    told = joint.told()
    assert (told.start, told.opened, told.last, told.end) == (100.0, 120.0, 180.0, None)
    assert told.peak.value == 6.0
    assert set(told.peak.layers) == {Layer.ANSWERS, Layer.SEASONAL}
    joint.take(Layer.ANSWERS, Episode(100.0, 120.0, SEEN, last=240.0, end=240.0))
    assert joint.told().end is None
    joint.take(MINUTES, Episode(60.0, 180.0, other, last=200.0, end=200.0))
    assert (joint.is_over, joint.told().end) == (True, 240.0)


def test_a_minute_that_runs_is_counted_once():
    histogram = Histogram(Spread.LOG, {3: 2})
    cell = Cell(START, "latency", "shop", "", "", 1, 2.0, 2.0, histogram)
    read, at = Increments(START.timestamp()), START.timestamp()
    assert list(read.take([cell], at + 15)) == [(at, "", {3: 1.0})], (
        "an answer, whatever its weight"
    )
    assert list(read.take([cell], at + 30)) == []
    more = replace(cell, count=3, histogram=Histogram(Spread.LOG, {3: 2, 9: 4}))
    assert list(read.take([more], at + 45)) == [(at, "", {9: 2.0})]
    assert list(read.take([cell], at + 60)) == [], "what was corrected downwards is left"

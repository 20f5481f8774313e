"""Series of a RAG system's metrics by the minute, from a seed, with faults injected.

Traffic follows a day, a week and chance; every other metric is a mean over the answers of its
minute, so that quiet minutes are noisy ones.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 7 * 86_400
START = 1_767_571_200.0
"""Monday, 5 January 2026, 00:00 UTC."""


@dataclass(frozen=True, slots=True)
class World:
    """Minutes, answers in each and the chance to draw from.

    Attributes:
        at: seconds since the epoch.
        busy: answers expected in each minute.
        answers: answers there were, at least one wherever a mean is taken.
    """

    at: Floats
    busy: Floats
    answers: Floats
    chance: np.random.Generator


def world(seed: int, weeks: int, a_minute: float = 40.0) -> World:
    """A system of offices: busy on weekdays, less at night and on weekends."""
    chance = np.random.default_rng(seed)
    at = START + np.arange(0, weeks * WEEK, MINUTE, dtype=float)
    hour = at % DAY / HOUR
    weekday = (at // DAY + 3) % 7
    shape = 0.25 + 0.75 * np.exp(-(((hour - 13.0) / 4.0) ** 2))
    shape = shape * np.where(weekday >= 5, 0.35, 1.0)
    wander = np.exp(np.cumsum(chance.normal(0.0, 0.004, len(at) // 60 + 1)))
    busy = a_minute * shape * np.repeat(wander, 60)[: len(at)]
    return World(at, busy, np.maximum(chance.poisson(busy), 1).astype(float), chance)


def latency(of: World) -> Floats:
    """Mean seconds of an answer: more when busy, heavy in its tail."""
    middle: Floats = 1.2 * (1.0 + 0.4 * of.busy / of.busy.max())
    noise = np.exp(of.chance.normal(0.0, 0.5, len(of.at)) / np.sqrt(of.answers))
    found: Floats = middle * noise
    return found


def traffic(of: World) -> Floats:
    """Answers in a minute."""
    return of.chance.poisson(of.busy).astype(float)


def errors(of: World) -> Floats:
    """Share of answers that failed."""
    return of.chance.binomial(of.answers.astype(int), 0.01) / of.answers


def cost(of: World) -> Floats:
    """Money a minute."""
    return 0.004 * of.answers * np.exp(of.chance.normal(0.0, 0.6, len(of.at)) / np.sqrt(of.answers))


def quality(of: World) -> Floats:
    """Mean score of the answers on one topic, a sixth of all."""
    counted = np.maximum(of.answers / 6.0, 1.0)
    return np.clip(0.85 + of.chance.normal(0.0, 0.15, len(of.at)) / np.sqrt(counted), 0.0, 1.0)


def memory(of: World) -> Floats:
    """Share of memory in use; follows the load a little."""
    own: Floats = 0.35 + 0.1 * of.busy / of.busy.max()
    return own + of.chance.normal(0.0, 0.004, len(of.at))


def index_age(of: World) -> Floats:
    """Seconds since the last index update; a sync every fifteen minutes."""
    return of.at % (15 * MINUTE) + 20.0 + of.chance.gamma(2.0, 10.0, len(of.at))


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with which metric.

    Attributes:
        lasts: seconds.
        change: new values from old ones and the seconds since the fault began.
    """

    name: str
    metric: str
    lasts: float
    change: Callable[[Floats, Floats], Floats]


METRICS: dict[str, Callable[[World], Floats]] = {
    "latency": latency,
    "traffic": traffic,
    "errors": errors,
    "cost": cost,
    "quality": quality,
    "memory": memory,
    "index_age": index_age,
}
MEANS = {"latency": 1.0, "errors": 1.0, "quality": 1.0 / 6.0}
"""Metrics that are means over answers, and over which share of them."""
POOLED = {"latency": 20.0, "errors": 20.0, "quality": 5.0, "traffic": 3.0}
"""How much a value is to rest on: answers for means, minutes for the rest."""

FAULTS = (
    Fault("latency step", "latency", 2 * HOUR, lambda old, _: old * 2.0),
    Fault("slow leak", "memory", 2 * DAY, lambda old, t: old + 0.01 * t / HOUR),
    Fault("quality drop of a topic", "quality", 4 * HOUR, lambda old, _: old - 0.3),
    Fault("cost spike", "cost", 20 * MINUTE, lambda old, _: old * 4.0),
    Fault("traffic loss", "traffic", HOUR, lambda old, _: np.floor(old * 0.1)),
    Fault("stale index", "index_age", 6 * HOUR, lambda old, t: old % 900.0 + t),
    Fault("error burst", "errors", 15 * MINUTE, lambda old, _: np.minimum(old + 0.15, 1.0)),
)


def inject(values: Floats, at: Floats, fault: Fault, start: float) -> Floats:
    """The series with the fault in it."""
    inside = (at >= start) & (at < start + fault.lasts)
    return np.where(inside, fault.change(values, at - start), values)

"""Anomaly detection: the Numenta benchmark across folds, and faults in a RAG system's metrics.

Every score is strictly causal: a value is judged by those before it alone. Thresholds for the
Numenta files come from other files (five folds, whole files, twenty ways to cut them). Faults are
injected into made-up metrics by the minute; the detector that meets one has learned three weeks.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import mean, pstdev

import numpy as np

from benchmarks import metric_series, nab
from benchmarks.figures import Figure, at_least, at_most, middle, plain, show
from benchmarks.harness import Options, options, say
from benchmarks.metric_series import DAY, FAULTS, HOUR, START, WEEK, Fault, Floats
from groundwatch.anomaly.ensemble import Ensemble
from groundwatch.anomaly.episodes import Change
from groundwatch.anomaly.memory import Plain
from groundwatch.anomaly.pool import Pool
from groundwatch.anomaly.refractory import Refractory
from groundwatch.anomaly.series import WatchedSeries, restore

_STARTS = (22 * DAY + 10.5 * HOUR, 23 * DAY + 2.2 * HOUR, 26 * DAY + 15.0 * HOUR)
"""Tuesday morning, Wednesday night, Saturday afternoon of the fourth week."""


def on_numenta(given: Options) -> list[Figure]:
    """Scores on files whose labels chose no threshold, and points scored a second."""
    corpus = nab.read(given.data / "nab")[: 6 if given.quick else None]
    scores: dict[str, Floats] = {}
    began = time.process_time()
    for each in corpus:
        ensemble, refractory = Ensemble(), Refractory()
        found = (
            ensemble.take(*row) for row in zip(each.at.tolist(), each.values.tolist(), strict=True)
        )
        scores[each.name] = np.array(
            [refractory.take(0.0 if one.learning else one.score) for one in found]
        )
    rate = sum(len(each.at) for each in corpus) / (time.process_time() - began)
    return [*_judge(corpus, scores), at_least("points a second, one core", rate, "1/s", 20_000)]


def _judge(corpus: list[nab.Series], scores: Mapping[str, Floats]) -> list[Figure]:
    figures = []
    for name, profile in nab.PROFILES.items():
        result = nab.evaluate(corpus, scores, profile, range(20))
        average = mean(result.held_out)
        target = 65.0 if name == "standard" else None
        figures += [
            at_least(f"NAB {name}, held out", average, "of 100", target)
            if target
            else plain(f"NAB {name}, held out", average, "of 100"),
            plain(f"NAB {name}, spread over folds", pstdev(result.held_out), "of 100"),
            plain(f"NAB {name}, threshold tuned on all", result.tuned, "of 100"),
        ]
        found = nab.found(corpus, scores, result.threshold)
        figures += [
            plain(f"NAB {name}, windows found", found.found / found.windows, "share"),
            plain(f"NAB {name}, alarms that are right", found.right / found.runs, "share"),
            plain(f"NAB {name}, threshold", result.threshold, "score"),
        ]
    return figures


@dataclass(slots=True)
class Watched:
    """What one metric's weeks came to.

    Attributes:
        false: alarms in each week of an untouched series, the first included.
        delays: minutes to the first alarm by fault; None where none came while it lasted.
    """

    false: list[int]
    delays: dict[str, list[float | None]] = field(default_factory=dict)


def _watcher(metric: str) -> WatchedSeries:
    return WatchedSeries(pool=Pool(enough=metric_series.POOLED.get(metric, 0.0)))


def watch(metric: str, seed: int, weeks: int) -> Watched:
    """Watch a metric as it is, and from the same memory with each fault in it."""
    world = metric_series.world(seed, weeks)
    values = metric_series.METRICS[metric](world)
    share = metric_series.MEANS.get(metric)
    weights = np.ones(len(values)) if share is None else world.answers * share
    starts = [START + start - (4 - weeks) * WEEK for start in _STARTS]
    memories: dict[float, dict[str, Plain]] = {}
    watcher, result = _watcher(metric), Watched([0] * weeks)
    for at, value, weight in zip(world.at.tolist(), values.tolist(), weights.tolist(), strict=True):
        if at in starts:
            memories[at] = watcher.state()
        if watcher.take(at, value, weight).change is Change.OPENED:
            result.false[int((at - START) // WEEK)] += 1
    for fault in (each for each in FAULTS if each.metric == metric):
        changed = [metric_series.inject(values, world.at, fault, start) for start in starts]
        result.delays[fault.name] = [
            _delay(memories[start], world.at, each, weights, fault, start)
            for start, each in zip(starts, changed, strict=True)
        ]
    return result


def _delay(  # noqa: PLR0917  the parts of one trial
    memory: dict[str, Plain],
    at: Floats,
    values: Floats,
    weights: Floats,
    fault: Fault,
    start: float,
) -> float | None:
    watcher = restore(memory)
    assert watcher is not None
    inside = (at >= start) & (at < start + fault.lasts)
    rows = zip(at[inside].tolist(), values[inside].tolist(), weights[inside].tolist(), strict=True)
    for moment, value, weight in rows:
        if watcher.take(moment, value, weight).change is Change.OPENED:
            return float(moment - start) / 60.0
    return None


def on_faults(given: Options) -> list[Figure]:
    """Minutes to an alarm for each fault, and false alarms a metric and week."""
    seeds, weeks = ((1,), 4) if given.quick else ((1, 2, 3, 4), 4)
    false: list[list[int]] = []
    figures: list[Figure] = []
    for metric in metric_series.METRICS:
        say(f"watching {metric}")
        watched = [watch(metric, seed, weeks) for seed in seeds]
        false += [each.false for each in watched]
        later = mean(mean(each.false[1:]) for each in watched)
        figures.append(plain(f"false alarms a week, {metric}", later, "1"))
        for fault in watched[0].delays:
            found = [delay for each in watched for delay in each.delays[fault]]
            known = [delay for delay in found if delay is not None]
            figures.append(plain(f"{fault}: found", len(known) / len(found), "share"))
            if known:
                figures.append(plain(f"{fault}: median delay", middle(known), "min"))
    return [
        at_most("false alarms a metric and week", mean(mean(each[1:]) for each in false), "1", 1.0),
        plain("false alarms a metric in the first week", mean(each[0] for each in false), "1"),
        *figures,
    ]


if __name__ == "__main__":
    chosen = options(__doc__)
    show([*on_numenta(chosen), *on_faults(chosen)])

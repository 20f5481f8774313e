"""Error of forecasts against repeating the last day, at rolling origins.

Hourly means of the series of the Numenta Anomaly Benchmark and of series made as a RAG
application's metrics look; 24 hours ahead. Each forecast sees only what came before its origin, and
chooses its model by itself.
"""

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure, at_least, at_most, percentile, plain, show
from benchmarks.harness import options, say
from groundwatch.analytics.forecast import History, forecast

HOUR = timedelta(hours=1)
DAY = 24
HORIZON = 24
_FEWEST_DAYS = 5
_SINCE = datetime(2026, 1, 5, tzinfo=UTC)

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """One forecast, compared with what came.

    Attributes:
        error, naive: mean absolute errors, of ours and of the last day repeated.
        scale: mean absolute change from day to day within the history.
        inside: share of values inside the interval.
        seconds: of processor time.
    """

    series: str
    model: str
    error: float
    naive: float
    scale: float
    inside: float
    seconds: float


def main() -> None:
    given = options(__doc__)
    origins = 3 if given.quick else 8
    stored = list(nab(given.data / "nab" / "data"))
    made = list(generated(2 if given.quick else 12))
    figures: list[Figure] = []
    for name, group in (("nab", stored), ("generated", made)):
        scores = [score for each, values in group for score in rolled(each, values, origins)]
        if scores:
            figures += judged(name, scores)
        else:
            say(f"no series of {name} under {given.data}")
    show(figures)


def nab(folder: Path) -> Iterator[tuple[str, Values]]:
    """Hourly means; hours without rows are gaps."""
    for path in sorted(folder.glob("*/*.csv")):
        hours: dict[datetime, list[float]] = {}
        with path.open() as lines:
            for row in csv.DictReader(lines):
                at = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
                hours.setdefault(at.replace(minute=0, second=0), []).append(float(row["value"]))
        first, last = min(hours), max(hours)
        values = np.full(round((last - first) / HOUR), np.nan)
        for at, found in hours.items():
            if at < last:
                values[round((at - first) / HOUR)] = np.mean(found)
        yield path.stem, values


def generated(count: int) -> Iterator[tuple[str, Values]]:
    """Questions, p95 seconds and dollars by the hour: days, weekends, growth, bursts, gaps."""
    rng = np.random.default_rng(20261120)
    hours = np.arange(35 * DAY)
    for place in range(count):
        day = 1 + 0.8 * np.sin(2 * np.pi * (hours % DAY - 9) / DAY)
        weekend = np.where(hours // DAY % 7 >= 5, 0.4, 1.0)
        growth = 1 + 0.01 * rng.normal() * hours / DAY
        asked = rng.poisson(np.maximum(0.1, 200 * day * weekend * growth))
        burst = 1 + 4 * (rng.random(hours.size) < 0.01)
        yield f"volume {place}", (asked * burst).astype(np.float64)
        load = asked / 400
        slow: Values = 0.8 * (1 + load) * np.exp(0.15 * rng.normal(size=hours.size))
        slow[rng.random(hours.size) < 0.05] = np.nan
        yield f"latency {place}", slow
        cost = asked * 0.002 * np.exp(0.1 * rng.normal(size=hours.size))
        yield f"cost {place}", cost.astype(np.float64)


def rolled(name: str, values: Values, origins: int) -> Iterator[Score]:
    """Forecasts from evenly spaced origins; none of a series that is too short or flat."""
    if values.size < _FEWEST_DAYS * DAY + HORIZON:
        return
    for origin in np.linspace(_FEWEST_DAYS * DAY, values.size - HORIZON, origins).astype(int):
        past, actual = values[:origin], values[origin : origin + HORIZON]
        apart = np.abs(past[DAY:] - past[:-DAY])
        scale = float(np.nanmean(apart)) if (~np.isnan(apart)).any() else 0.0
        known = ~np.isnan(actual)
        if not known.any() or scale <= 1e-9 * (1 + float(np.nanmean(np.abs(past)))):
            continue
        begun = time.process_time()
        found = forecast(History(name, "", _SINCE, HOUR, past, (DAY, 7 * DAY)), HORIZON)
        took = time.process_time() - begun
        if len(found.values) < HORIZON:
            continue  # the history does not support it
        ours = np.array(found.values)
        inside = (actual >= np.array(found.low)) & (actual <= np.array(found.high))
        yield Score(
            name,
            found.model,
            float(np.mean(np.abs(actual - ours)[known])),
            float(np.mean(np.abs(actual - repeated(past))[known])),
            scale,
            float(inside[known].mean()),
            took,
        )


def repeated(past: Values) -> Values:
    """The last day again; a gap takes the day before."""
    last = past[-DAY:].copy()
    for days in range(2, past.size // DAY + 1):
        earlier = past[-days * DAY : -(days - 1) * DAY]
        last = np.where(np.isnan(last), earlier, last)
    return np.where(np.isnan(last), np.nanmean(past), last)


def judged(name: str, scores: list[Score]) -> list[Figure]:
    """The figures of a group; ratios below 1 are better than repeating the last day."""
    by_series: dict[str, list[Score]] = {}
    for score in scores:
        by_series.setdefault(score.series, []).append(score)
    ratios = [
        sum(each.error / each.scale for each in group)
        / max(1e-9, sum(each.naive / each.scale for each in group))
        for group in by_series.values()
    ]
    ours = [each.error / each.scale for each in scores]
    naive = [each.naive / each.scale for each in scores]
    for model in sorted({each.model for each in scores}):
        say(f"{name}: {model} chosen {sum(each.model == model for each in scores)} times")
    ordered = sorted(ratios)
    seconds = [each.seconds for each in scores]
    return [
        plain(f"{name}_forecasts", len(scores), "forecasts"),
        plain(f"{name}_mase_median", float(np.median(ours)), ""),
        plain(f"{name}_mase_mean", float(np.mean(ours)), ""),
        plain(f"{name}_naive_mase_median", float(np.median(naive)), ""),
        plain(f"{name}_naive_mase_mean", float(np.mean(naive)), ""),
        at_most(f"{name}_error_ratio_median", float(np.median(ordered)), "of naive", 1.0),
        at_most(
            f"{name}_error_ratio_geometric",
            float(np.exp(np.mean(np.log(np.maximum(ordered, 1e-9))))),
            "of naive",
            1.0,
        ),
        plain(f"{name}_error_ratio_worst", ordered[-1], "of naive"),
        at_least(f"{name}_coverage_90", float(np.mean([each.inside for each in scores])), "", 0.85),
        plain(f"{name}_cpu_ms_p95", 1000 * percentile(seconds, 0.95), "ms"),
    ]


if __name__ == "__main__":
    main()

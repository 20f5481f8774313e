"""The Numenta Anomaly Benchmark's windows and score, and thresholds taken from other files.

After Lavin and Ahmad 2015 (arXiv:1510.03336) and Ahmad, Lavin, Purdy and Agha 2017
(Neurocomputing 262). Data: numenta/NAB, MIT licence.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp, floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SMOOTHED = 7
_CANDIDATES = 400
_HIGHEST = 6000


@dataclass(frozen=True, slots=True)
class Profile:
    """What a found window earns, a false row and a missed window cost."""

    hit: float
    false: float
    missed: float


PROFILES = {
    "standard": Profile(1.0, 0.11, 1.0),
    "low-FP": Profile(1.0, 0.22, 1.0),
    "low-FN": Profile(1.0, 0.11, 2.0),
}


@dataclass(frozen=True, slots=True)
class Series:
    """A file of the benchmark, its probation included.

    Attributes:
        worth: of a detection at each row, before the profile's factors.
        window: number of the window of each row; -1 outside.
        probation: rows at the start that do not count.
    """

    name: str
    at: Floats
    values: Floats
    worth: Floats
    window: NDArray[np.int64]
    probation: int

    @property
    def windows(self) -> int:
        return int(self.window.max()) + 1

    @property
    def countable(self) -> int:
        return len({int(each) for each in self.window[self.probation :] if each >= 0})


def read(folder: Path) -> list[Series]:
    """Every labelled file below a folder with `labels.json` and `data/`."""
    labels = json.loads((folder / "labels.json").read_text())
    return [_read_one(folder / "data" / name, name, windows) for name, windows in labels.items()]


def _read_one(path: Path, name: str, windows: Sequence[Sequence[str]]) -> Series:
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    at = np.array([_seconds(row["timestamp"]) for row in rows])
    values = np.array([float(row["value"]) for row in rows])
    spans = sorted(
        (int(np.argmax(at >= _seconds(start))), int(np.nonzero(at <= _seconds(end))[0][-1]))
        for start, end in windows
    )
    # an edge that occurs twice means its first row
    spans = [(left, int(np.argmax(at == at[right]))) for left, right in spans]
    worth, window = _worth(len(at), spans)
    return Series(name, at, values, worth, window, min(floor(0.15 * len(at)), 750))


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()


def sigmoid(y: float) -> float:
    """The benchmark's scaled sigmoid: near 1 before a window's end, -1 long after it."""
    return -1.0 if y > 3.0 else 2.0 / (1.0 + exp(5.0 * y)) - 1.0


def _worth(rows: int, spans: Sequence[tuple[int, int]]) -> tuple[Floats, NDArray[np.int64]]:
    worth, window = np.full(rows, -1.0), np.full(rows, -1)
    for number, (left, right) in enumerate(spans):
        width = right - left + 1
        for row in range(left, right + 1):
            worth[row] = sigmoid(-(right - row + 1) / width) / sigmoid(-1.0)
            window[row] = number
        following = spans[number + 1][0] if number + 1 < len(spans) else rows
        for row in range(right + 1, following):
            worth[row] = sigmoid((row - right) / max(right - left, 1))
    return worth, window


def gains(series: Series, scores: Floats, thresholds: Floats, profile: Profile) -> Floats:
    """What each threshold gains over never raising an alarm, in a profile's units."""
    counted = slice(series.probation, None)
    score, worth, window = scores[counted], series.worth[counted], series.window[counted]
    outside = window < 0
    order = np.argsort(score[outside])
    costs = np.concatenate([[0.0], np.cumsum(worth[outside][order][::-1])])
    raised = len(order) - np.searchsorted(score[outside][order], thresholds, side="left")
    total = profile.false * costs[raised]
    for number in np.unique(window[~outside]):
        inside = window == number
        reached = np.searchsorted(np.maximum.accumulate(score[inside]), thresholds, side="left")
        earned = profile.hit * np.append(worth[inside], 0.0)[reached] + profile.missed
        total += np.where(reached < inside.sum(), earned, 0.0)
    return total


@dataclass(frozen=True, slots=True)
class Result:
    """Scores of 100 for perfect and 0 for silence.

    Attributes:
        held_out: by seed of the folds, with the threshold of the other folds.
        tuned: with the best threshold on the scored files themselves, as published boards do.
        threshold: that a user of all files would choose.
    """

    held_out: list[float]
    tuned: float
    threshold: float


def evaluate(
    corpus: Sequence[Series],
    scores: Mapping[str, Floats],
    profile: Profile,
    seeds: Sequence[int],
    folds: int = 5,
) -> Result:
    """Score files with thresholds chosen on other files only."""
    thresholds = _candidates(corpus, scores)
    table = np.array([gains(each, scores[each.name], thresholds, profile) for each in corpus])
    perfect = sum(each.windows * profile.hit + each.countable * profile.missed for each in corpus)
    held_out = []
    for seed in seeds:
        order = np.random.default_rng(seed).permutation(len(corpus))
        total = 0.0
        for fold in range(folds):
            inside, others = order[fold::folds], np.delete(order, np.s_[fold::folds])
            total += table[inside, _best(table[others].sum(0))].sum()
        held_out.append(100.0 * float(total) / perfect)
    whole = table.sum(0)
    tuned = 100.0 * float(whole.max()) / perfect
    return Result(held_out, tuned, float(thresholds[_best(whole)]))


def _candidates(corpus: Sequence[Series], scores: Mapping[str, Floats]) -> Floats:
    counted = np.concatenate([scores[each.name][each.probation :] for each in corpus])
    top = np.sort(counted[counted > 0.0])[-_HIGHEST:]
    steps = np.round(len(top) - np.geomspace(1, len(top), _CANDIDATES)).astype(int)
    return np.unique(top[np.unique(steps)])


def _best(curve: Floats) -> int:
    """The middle of the best stretch rather than the single best threshold."""
    weights = np.hanning(2 * _SMOOTHED + 3)[1:-1]
    padded = np.pad(curve, _SMOOTHED, mode="edge")
    return int(np.convolve(padded, weights / weights.sum(), "valid").argmax())


Scorer = Callable[[Series], Floats]


@dataclass(frozen=True, slots=True)
class Found:
    """Alarms at one threshold: windows found, runs of alarms and how many of them were right."""

    windows: int
    found: int
    runs: int
    right: int
    false_rows: int


def found(corpus: Sequence[Series], scores: Mapping[str, Floats], threshold: float) -> Found:
    """Count windows and alarms."""
    windows = hits = runs = right = false = 0
    for each in corpus:
        rows = np.nonzero(scores[each.name] >= threshold)[0]
        rows = rows[rows >= each.probation]
        starts = [row for i, row in enumerate(rows) if i == 0 or row - rows[i - 1] > 1]
        windows += each.countable
        hits += len({int(w) for w in each.window[rows] if w >= 0})
        runs += len(starts)
        right += sum(each.window[row] >= 0 for row in starts)
        false += int((each.window[rows] < 0).sum())
    return Found(windows, hits, runs, right, false)

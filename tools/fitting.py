"""What the fitting scripts share: a monotone logistic model, reliability, figures, intervals."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

MODELS = Path("src/groundwatch/scoring/models")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A logistic model over standardised signals."""

    mean: Floats
    scale: Floats
    weight: Floats
    bias: float

    def logit(self, rows: Floats) -> Floats:
        return np.asarray((rows - self.mean) / self.scale @ self.weight + self.bias)

    def packed(self, names: Sequence[str]) -> dict[str, object]:
        """As it is shipped."""
        columns = {"mean": self.mean, "scale": self.scale, "weight": self.weight}
        rounded = {name: [float(f"{v:.5g}") for v in column] for name, column in columns.items()}
        return {"names": [*names], **rounded, "bias": float(f"{self.bias:.5g}")}


def fit(
    rows: Floats, labels: Floats, weights: Floats, penalty: float = 0.1, *, monotone: bool = True
) -> Fitted:
    """Fit by penalised likelihood; `monotone` keeps every weight at zero or above.

    Signals grow with doubt by construction, so a negative weight can only be chance or a habit of
    the data, and would not carry over to other data.
    """
    mean = np.average(rows, 0, weights)
    scale = np.sqrt(np.average((rows - mean) ** 2, 0, weights)) + 1e-6
    scaled, sign, size = (rows - mean) / scale, 2 * labels - 1, rows.shape[1]

    def loss(point: Floats) -> tuple[float, Floats]:
        margin = sign * (scaled @ point[:size] + point[size])
        value = (weights * np.logaddexp(0, -margin)).sum() / weights.sum()
        slope = -sign * weights / (1 + np.exp(np.minimum(margin, 500))) / weights.sum()
        value += penalty * (point[:size] ** 2).sum() / 2 / len(labels)
        step = scaled.T @ slope + penalty * point[:size] / len(labels)
        return float(value), np.concatenate([step, [slope.sum()]])

    bounds = [(0.0 if monotone else None, None)] * size + [(None, None)]
    found = minimize(loss, np.zeros(size + 1), jac=True, bounds=bounds, method="L-BFGS-B")
    return Fitted(mean, scale, found.x[:size], float(found.x[size]))


def held_out(rows: Floats, labels: Floats, groups: Sequence[str]) -> Floats:
    """Log odds of each row by a model that saw nothing of its group."""
    fold = np.array(folds(groups))
    found: Floats = np.zeros(len(rows))
    for held in range(5):
        known = fold != held
        fitted = fit(rows[known], labels[known], np.ones(int(known.sum())))
        found[~known] = fitted.logit(rows[~known])
    return found


def reliability(good: Sequence[float], right: Sequence[bool], bins: int = 10) -> dict[str, object]:
    """How often a score was right, by equally filled bins of the score.

    Args:
        good: held-out scores, 0 bad to 1 good.
        right: whether each was on the right side of the model's own threshold.
        bins: how many.
    """
    order = np.argsort(good)
    parts = np.array_split(order, bins)
    values = np.asarray(good)
    edges = [float(values[part[0]]) for part in parts[1:]]
    return {
        "edges": [round(edge, 4) for edge in edges],
        "right": [round(float(np.mean([right[each] for each in part])), 3) for part in parts],
        "count": [len(part) for part in parts],
    }


def two_sided(good: Sequence[float], right: Sequence[bool], cut: float) -> dict[str, object]:
    """How often scores below and above a line were right, for scores of few different values."""
    low = [each for value, each in zip(good, right, strict=True) if value < cut]
    high = [each for value, each in zip(good, right, strict=True) if value >= cut]
    return {
        "edges": [cut],
        "right": [round(float(np.mean(part)), 3) for part in (low, high)],
        "count": [len(low), len(high)],
    }


def auroc(labels: Sequence[float], scores: Sequence[float]) -> float:
    return float(roc_auc_score(labels, scores))


def each_alone(rows: Floats, labels: Sequence[float], names: Sequence[str]) -> str:
    """What each signal is worth by itself, for people."""
    return ", ".join(f"{name} {auroc(labels, rows[:, at]):.3f}" for at, name in enumerate(names))


def best_f1(
    labels: Sequence[float], scores: Sequence[float], beta: float = 1.0
) -> tuple[float, float]:
    """The best F over thresholds, and its threshold; a `beta` below 1 favours precision."""
    order = np.argsort(-np.asarray(scores))
    hits = np.cumsum(np.asarray(labels, dtype=float)[order])
    f1 = (1 + beta**2) * hits / (np.arange(1, len(order) + 1) + beta**2 * hits[-1])
    at = int(np.argmax(f1))
    return float(f1[at]), float(np.asarray(scores)[order[at]])


def f1_at(labels: Sequence[float], flagged: Sequence[bool]) -> float:
    pairs = list(zip(labels, flagged, strict=True))
    hits = sum(bool(label) and flag for label, flag in pairs)
    total = sum(map(bool, labels)) + sum(flag for _, flag in pairs)
    return 2 * hits / total if total else 0.0


def interval(
    groups: Sequence[str], measure: Callable[[Sequence[int]], float], rounds: int = 300
) -> tuple[float, float]:
    """95 % bootstrap interval, drawing whole groups; `measure` takes row numbers."""
    rng = random.Random(5)  # noqa: S311
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    parts = [*members.values()]
    found = []
    for _ in range(rounds):
        drawn = [row for part in rng.choices(parts, k=len(parts)) for row in part]
        try:
            found.append(measure(drawn))
        except ValueError:  # one class only
            continue
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def folds(groups: Sequence[str], count: int = 5) -> list[int]:
    """A fold for each row, the same for all rows of a group."""
    names = sorted(set(groups))
    random.Random(3).shuffle(names)  # noqa: S311
    of = {name: at % count for at, name in enumerate(names)}
    return [of[group] for group in groups]


def ship(name: str, parts: dict[str, object]) -> None:
    """Write a model where the product reads it."""
    text = json.dumps(parts, separators=(",", ":"))
    (MODELS / f"{name}.json").write_text(text.replace('],"', '],\n"') + "\n")


def add(name: str, parts: dict[str, object]) -> None:
    """Put parts beside those a model has already, and have them read afresh."""
    from groundwatch.scoring import logistic

    target = MODELS / f"{name}.json"
    held = json.loads(target.read_text()) if target.exists() else {}
    ship(name, {**held, **parts})
    for each in vars(logistic).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()

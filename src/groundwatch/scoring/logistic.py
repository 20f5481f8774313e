"""A fitted logistic model and how often it was right, as they are shipped: JSON, no library."""

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights of named signals after `(signal - mean) / scale`."""

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float

    def logit(self, values: Sequence[float]) -> float:
        """Log odds; `values` stand in the order of `names`."""
        total = self.bias
        for value, mean, scale, weight in zip(
            values, self.mean, self.scale, self.weight, strict=True
        ):
            total += weight * (value - mean) / scale
        return total


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often held-out scores were right: upper bounds of score bins, and the share in each.

    Attributes:
        edges: inner edges of the bins, ascending.
        right: for each bin, how often a score in it was right; one more than edges.
        count: how many held-out answers each rests on.
    """

    edges: tuple[float, ...]
    right: tuple[float, ...]
    count: tuple[int, ...]

    def confidence(self, value: float) -> float:
        """How often a score like this one was right."""
        return self.right[bisect_right(self.edges, value)]


@cache
def _file(name: str) -> dict[str, dict[str, object]]:
    text = files("groundwatch.scoring").joinpath(f"models/{name}.json").read_text()
    found: dict[str, dict[str, object]] = json.loads(text)
    return found


@cache
def logistic(model: str, part: str) -> Logistic:
    """A part of a packaged model, read once."""
    found = _file(model)[part]
    return Logistic(
        tuple(str(each) for each in _list(found["names"])),
        _floats(found["mean"]),
        _floats(found["scale"]),
        _floats(found["weight"]),
        _number(found["bias"]),
    )


@cache
def reliability(model: str, part: str = "reliability") -> Reliability:
    """The packaged reliability table of a model."""
    found = _file(model)[part]
    return Reliability(
        _floats(found["edges"]),
        _floats(found["right"]),
        tuple(int(each) for each in _floats(found["count"])),
    )


@cache
def constant(model: str, name: str) -> float:
    """A number that was fitted with a model, such as its threshold."""
    return _number(_file(model)["constants"][name])


@cache
def table(model: str, name: str) -> Mapping[str, float]:
    """Numbers by word that were counted with a model."""
    return {word: _number(value) for word, value in _file(model)[name].items()}


def sigmoid(logit: float) -> float:
    """Log odds as a probability."""
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, logit))))


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _floats(value: object) -> tuple[float, ...]:
    return tuple(_number(each) for each in _list(value))


def _number(value: object) -> float:
    assert isinstance(value, (int, float))
    return float(value)

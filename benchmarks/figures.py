"""What a benchmark prints: one JSON line of figures, last."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        target: in the figure's unit; None where a figure only explains others.
        met: whether the target is reached; None without one.
        peer: what it was compared with in the same run; empty without one.
        ratio: peer's value through ours for times, ours through peer's for rates: above 1 is
            better.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    met: bool | None = None
    peer: str = ""
    ratio: float | None = None


def at_most(name: str, value: float, unit: str, target: float) -> Figure:
    return Figure(name, round(value, 4), unit, target, value <= target)


def at_least(name: str, value: float, unit: str, target: float) -> Figure:
    return Figure(name, round(value, 4), unit, target, value >= target)


def ratio_to(  # noqa: PLR0917  a row of the table
    name: str, ratio: float, peer: str, target: float, value: float, unit: str
) -> Figure:
    """A figure whose target is a ratio to a peer measured in the same run."""
    return Figure(name, round(value, 4), unit, target, ratio >= target, peer, round(ratio, 3))


def plain(name: str, value: float, unit: str) -> Figure:
    return Figure(name, round(value, 4), unit)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: Sequence[float]) -> float:
    return median(values)


def show(figures: Sequence[Figure]) -> None:
    """Print the figures as a table for people and, last, as one JSON line."""
    for figure in figures:
        verdict = "" if figure.met is None else ("met" if figure.met else "MISSED")
        target = "" if figure.target is None else f"target {figure.target:g}"
        peer = f"{figure.ratio}x {figure.peer}" if figure.peer else ""
        row = f"{figure.name:44} {figure.value:>12.4f} {figure.unit:10} {target:16} {verdict:7}"
        sys.stderr.write(f"{row} {peer}\n")
    sys.stdout.write(json.dumps({"figures": [asdict(figure) for figure in figures]}) + "\n")

"""An evaluation from its files to its figures."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from groundwatch.app.evaluating.asking import open_evaluated
from groundwatch.app.evaluating.comparing import (
    Difference,
    Mean,
    differences,
    means,
    verdict,
)
from groundwatch.app.evaluating.measuring import Measured, measure
from groundwatch.app.evaluating.sets import Task
from groundwatch.app.questions.shown import Shown
from groundwatch.app.scoring import open_nearness, quality_settings
from groundwatch.config import Config


@dataclass(frozen=True, slots=True)
class Side:
    """A configuration and how it answered."""

    name: str
    measured: Sequence[Measured]
    means: Mapping[str, Mean]


@dataclass(frozen=True, slots=True)
class Compared:
    """How the second configuration differs from the first."""

    differences: Mapping[str, Difference]
    verdict: str


@dataclass(frozen=True, slots=True)
class Given:
    """A configuration and its file."""

    config: Config
    path: Path


def evaluate(
    given: Given,
    tasks: Sequence[Task],
    *,
    indexing: Callable[[], Shown] | None,
    asking: Callable[[], Shown],
) -> Side:
    """Ask and measure.

    Args:
        given: whose answers are measured.
        tasks: what is asked.
        indexing: makes a progress display; None asks what is indexed already.
        asking: makes one.
    """
    config = given.config
    with open_evaluated(config, given.path, indexing) as evaluated, open_nearness(config) as near:
        with asking() as progress:
            asked = evaluated.ask_all(tasks, progress.show)
        measured = measure(asked, quality_settings(config), config.quality_assessment, near)
    return Side(str(given.path), measured, means(measured))


def compare(first: Side, other: Side) -> Compared:
    """The second less the first, question by question."""
    found = differences(first.measured, other.measured)
    return Compared(found, verdict(found))


def as_json(sides: Sequence[Side], compared: Compared | None) -> dict[str, Any]:
    """The figures for programs."""
    result: dict[str, Any] = {
        "questions": len(sides[0].measured),
        "configurations": [
            {"name": each.name, "means": {name: asdict(m) for name, m in each.means.items()}}
            for each in sides
        ],
    }
    if compared is not None:
        plain = {name: asdict(each) for name, each in compared.differences.items()}
        result |= {"differences": plain, "verdict": compared.verdict}
    return result


def write_answers(path: Path, sides: Sequence[Side]) -> None:
    """One line an answer, with every number and the passages it could rest on."""
    with path.open("w", encoding="utf-8") as out:
        for side in sides:
            for each in side.measured:
                out.write(json.dumps(_line(side.name, each), ensure_ascii=False) + "\n")


def _line(name: str, each: Measured) -> dict[str, Any]:
    one, task = each.asked.interaction, each.asked.task
    return {
        "configuration": name,
        "id": task.id,
        "as": task.asker,
        "query": task.question,
        "outcome": one.outcome.value,
        "response": one.response,
        "values": {key: value for key, value in each.values.items() if value is not None},
        "flags": sorted({flag for score in each.scores for flag in score.flags}),
        "passages": [
            {"rank": p.rank, "title": p.title, "source": p.source, "cited": p.cited}
            for p in one.passages
        ],
        "error": one.error,
    }

"""Scores a whole file of answers; two readings of it, so that the line lies where the file says."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from groundwatch.errors import InvalidInput
from groundwatch.scoring.accuracy import Accuracy
from groundwatch.scoring.calibration import (
    ENOUGH,
    TYPICAL_SHARE,
    Calibration,
    default_calibration,
    from_traffic,
)
from groundwatch.scoring.lines import BadLine, Given, parse, written
from groundwatch.scoring.quality import assess
from groundwatch.scoring.running import Runner
from groundwatch.scoring.scorers import Surroundings, scorers
from groundwatch.scoring.settings import QualitySettings, ScoringSettings
from groundwatch.scoring.traffic import doubtful


@dataclass(frozen=True, slots=True)
class Line:
    """Where flags begin, as asked for on the command line.

    Attributes:
        share: of answers that are typically unsupported; what the file's own line rests on.
        calibrate: whether the file's own answers move the line at all.
        enough: answers from which on they do.
    """

    share: float = TYPICAL_SHARE
    calibrate: bool = True
    enough: int = ENOUGH


@dataclass(frozen=True, slots=True)
class Scored:
    """What came of a file."""

    answers: int
    flagged: int
    unmeasured: int
    bad: tuple[BadLine, ...]
    calibration: Calibration


def score_file(
    source: Path,
    target: Path,
    settings: ScoringSettings,
    now: Callable[[], datetime],
    *,
    line: Line | None = None,
    around: Surroundings | None = None,
) -> Scored:
    """Score every line of `source` into `target`, which is replaced when all is written.

    Raises:
        InvalidInput: the source cannot be read.
    """
    calibration = calibrated(source, line or Line())
    around = around or Surroundings()
    placed = replace(around, calibrations=lambda _: calibration)
    weighed = QualitySettings(weights=settings.weights)
    runner = Runner(scorers(settings, placed), settings.slow_seconds)
    bad: list[BadLine] = []
    answers = flagged = unmeasured = 0
    partial = target.with_name(f"{target.name}.part")
    with partial.open("w", encoding="utf-8") as out:
        for given in answers_of(source, bad):
            quality = assess(runner.score(given.interaction), weighed, now())
            found = written(given, quality, calibration)
            out.write(json.dumps(found, ensure_ascii=False) + "\n")
            answers += 1
            flagged += bool(found["flag"])
            unmeasured += found["faithful"] is None
    partial.replace(target)
    return Scored(answers, flagged, unmeasured, tuple(bad), calibration)


def calibrated(source: Path, line: Line) -> Calibration:
    """Where the line lies for the answers of a file; the default when they are few."""
    if not line.calibrate:
        return default_calibration()
    accuracy, ignored = Accuracy(), list[BadLine]()
    doubts = [doubtful([accuracy.score(each.interaction)]) for each in answers_of(source, ignored)]
    return from_traffic([each for each in doubts if each is not None], line.share, line.enough)


def answers_of(source: Path, bad: list[BadLine]) -> Iterator[Given]:
    """The readable lines of a file; the others are added to `bad`."""
    try:
        lines = source.open("rb")
    except OSError as error:
        raise InvalidInput(f"{source} cannot be read: {error.strerror}") from None
    with lines:
        for number, raw in enumerate(lines, 1):
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                bad.append(BadLine(number, f"not UTF-8: {error.reason} at byte {error.start}"))
                continue
            if not text.strip():
                continue
            try:
                yield parse(text, number)
            except InvalidInput as error:
                bad.append(BadLine(number, str(error)))


def bad_lines(bad: Sequence[BadLine], most: int = 20) -> list[str]:
    """One line for people on each bad line, and how many more there are."""
    shown = [f"line {each.number}: {each.reason}" for each in bad[:most]]
    return shown + ([f"{len(bad) - most} more"] if len(bad) > most else [])

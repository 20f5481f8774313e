"""Scoring a series that lies in a CSV file."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite, nan
from pathlib import Path

from groundwatch.anomaly.ensemble import DEFAULT_LAYERS, NOTEWORTHY, Ensemble, Layer
from groundwatch.anomaly.refractory import Refractory
from groundwatch.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a file.

    Attributes:
        rows: values scored; those that are missing score 0.
        learning: rows at the start that are scored 0 because too little was known.
        alarms: rows whose score reaches `threshold`.
    """

    rows: int
    learning: int
    alarms: int
    threshold: float


def score_file(source: Path, target: Path, layers: tuple[Layer, ...] = DEFAULT_LAYERS) -> Summary:
    """Score `timestamp,value` rows in their order, each by those before it alone.

    Timestamps are ISO 8601, without an offset in UTC, or seconds since the epoch; they are written
    as they were read. An empty value or `nan` is a missing one.

    Raises:
        InvalidInput: the file cannot be read as such rows; says where.
    """
    ensemble, refractory = Ensemble(layers=layers), Refractory()
    rows = learning = alarms = 0
    written = target.with_name(f"{target.name}.new")
    try:
        with written.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(("timestamp", "score"))
            for stamp, at, value in _rows(source):
                found = ensemble.take(at, value)
                news = refractory.take(0.0 if found.learning else found.score)
                rows += 1
                learning += found.learning
                alarms += news >= NOTEWORTHY
                writer.writerow((stamp, f"{news:.6g}"))
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)
    return Summary(rows, learning, alarms, NOTEWORTHY)


def _rows(source: Path) -> Iterator[tuple[str, float, float]]:
    number = 1
    try:
        with source.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            _check(reader.fieldnames or ())
            for row in reader:
                number = reader.line_num
                stamp = row["timestamp"] or ""
                yield stamp, _seconds(stamp), _value(row["value"] or "")
    except UnicodeDecodeError as error:
        message = f"{source}, after line {number}: the text is not UTF-8"
        raise InvalidInput(message) from error
    except (ValueError, csv.Error) as error:
        message = f"{source}, line {number}: {error}"
        raise InvalidInput(message) from error
    except OSError as error:
        message = f"{source} cannot be read: {error.strerror}"
        raise InvalidInput(message) from error


def _check(columns: Sequence[str]) -> None:
    if not {"timestamp", "value"} <= set(columns):
        message = "the first line must name the columns timestamp and value"
        raise ValueError(message)


def _seconds(stamp: str) -> float:
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        try:
            seconds = float(stamp)
        except ValueError:
            seconds = nan
        if not isfinite(seconds):
            message = f"{stamp!r} is neither an ISO 8601 time nor seconds since 1970"
            raise ValueError(message) from None
        return seconds
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _value(text: str) -> float:
    if not text.strip():
        return nan
    try:
        return float(text)
    except ValueError:
        message = f"{text!r} is no number"
        raise ValueError(message) from None

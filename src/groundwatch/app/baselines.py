"""What watched series have learned, in one file of the data folder.

Only a shortcut: without it, or when it is damaged, series learn again from the stored numbers.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import structlog

from groundwatch.anomaly.board import SeriesKey
from groundwatch.anomaly.feed import Feed
from groundwatch.anomaly.watcher import Watcher
from groundwatch.errors import InvalidInput

NAME = "baselines.json.gz"
_VERSION = 2
_log = structlog.get_logger("anomalies")


def save(watcher: Watcher, file: Path) -> int:
    """Write what every series has learned, all or nothing; returns how many there are."""
    partial = file.with_name(f"{file.name}.partial")
    count = 0
    with gzip.open(partial, "wt", compresslevel=1, encoding="utf-8") as out:
        _write(out, {"version": _VERSION})
        for key, state in watcher.board.every():
            feed = watcher.feeds.get(key)
            if feed is None:
                continue
            _write(out, {"key": asdict(key), "feed": feed.state(), "state": state})
            count += 1
        _write(out, {"beside": watcher.beside()})
    partial.replace(file)
    return count


def _write(out: IO[str], line: Mapping[str, object]) -> None:
    out.write(json.dumps(line, separators=(",", ":")) + "\n")


def load(watcher: Watcher, file: Path, now: datetime) -> int:
    """Go on from a file; what is too old or damaged learns anew. Returns how many go on."""
    oldest = now - timedelta(days=watcher.settings.history_days)
    count = 0
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            if json.loads(next(lines, "{}")).get("version") != _VERSION:
                return 0
            for line in lines:
                state = json.loads(line)
                if "beside" in state:
                    watcher.go_on(state["beside"])
                else:
                    count += _load_one(watcher, state, oldest)
    except FileNotFoundError:
        return 0
    except (OSError, EOFError, ValueError, TypeError, KeyError, InvalidInput) as error:
        _log.warning("baselines cannot be read; the series learn anew", error=str(error)[:200])
    return count


def _load_one(watcher: Watcher, line: dict[str, dict[str, str]], oldest: datetime) -> bool:
    key, feed = SeriesKey(**line["key"]), Feed.of(line["feed"])
    if feed.next < oldest or len(watcher.feeds) >= watcher.settings.series:
        return False
    if not watcher.board.load(key, line["state"]):  # type: ignore[arg-type]
        return False
    watcher.feeds[key] = feed
    return True

"""What watched series have learned, in one file of the data folder.

Only a shortcut: without it, or when it is damaged, series learn again from the stored numbers.
"""

import gzip
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from groundwatch.anomaly.board import SeriesKey
from groundwatch.anomaly.feed import Feed
from groundwatch.anomaly.watcher import Watcher
from groundwatch.errors import InvalidInput

NAME = "baselines.json.gz"
_VERSION = 1
_log = structlog.get_logger("anomalies")


def save(watcher: Watcher, file: Path) -> int:
    """Write what every series has learned, all or nothing; returns how many there are."""
    partial = file.with_name(f"{file.name}.partial")
    count = 0
    with gzip.open(partial, "wt", compresslevel=1, encoding="utf-8") as out:
        out.write(json.dumps({"version": _VERSION}) + "\n")
        for key, state in watcher.board.every():
            feed = watcher.feeds.get(key)
            if feed is None:
                continue
            line = {"key": asdict(key), "feed": feed.state(), "state": state}
            out.write(json.dumps(line, separators=(",", ":")) + "\n")
            count += 1
    partial.replace(file)
    return count


def load(watcher: Watcher, file: Path, now: datetime) -> int:
    """Go on from a file; what is too old or damaged learns anew. Returns how many go on."""
    oldest = now - timedelta(days=watcher.settings.history_days)
    count = 0
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            if json.loads(next(lines, "{}")).get("version") != _VERSION:
                return 0
            for line in lines:
                count += _load_one(watcher, json.loads(line), oldest)
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

"""Looking for anomalies over a real store: findings are kept, said, ended and forgotten."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from groundwatch.anomaly.book import FindingBook
from groundwatch.anomaly.settings import AnomalySettings
from groundwatch.app.anomalies import AnomalyWatch
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database
from groundwatch.store.findings import Wanted
from tests.anomaly.test_watcher import BEGIN, MINUTE, Made

SETTINGS = AnomalySettings(history_days=7)


class Followed:
    """A watch whose clock is moved by hand."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.now = BEGIN
        self.database = database
        self.book = FindingBook(database)
        self.watch = AnomalyWatch(
            Made(), database, SETTINGS, lambda: self.now, folder, public_url="https://w.example/"
        )

    def until(self, end: datetime) -> None:
        while self.now < end:
            self.watch.turn()
            self.now += MINUTE

    def said(self) -> dict[str, str]:
        with self.database.read() as c:
            firing = posted.firing(c, self.now)
        return {each.labels.get("model", ""): each.generator_url for each in firing}


def test_findings_are_kept_said_once_ended_and_forgotten(database: Database, tmp_path: Path):
    followed = Followed(database, tmp_path)
    followed.until(BEGIN + 10 * MINUTE)
    lasting = followed.book.lasting()
    assert {each.finding.labels.get("model", "") for each in lasting} == {"", "large"}
    one = next(each for each in lasting if "model" not in each.finding.labels)
    assert followed.book.get(one.finding.id) == one
    assert followed.said()[""] == f"https://w.example/anomalies?id={one.finding.id}"

    again = Followed(database, tmp_path)  # another process goes on where this one ended
    followed.watch.close()
    again.now = followed.now
    again.until(BEGIN + 60 * MINUTE)
    assert again.said() == {}
    assert again.book.lasting() == []
    kept = again.book.page(Wanted(), limit=10)
    assert [each.finding.id for each in kept if each.finding.id == one.finding.id]
    assert len({each.finding.id for each in kept}) == len(kept) == 2
    assert all(each.finding.end is not None for each in kept)
    first = again.book.page(Wanted(), limit=1)
    assert again.book.page(Wanted(), after=first[0].finding.id) == kept[1:]

    again.now += timedelta(days=SETTINGS.retention_days + 1)
    again.watch.turn()
    assert one.finding.id not in {each.finding.id for each in again.book.page(Wanted())}


def test_what_nobody_follows_any_more_ends(database: Database, tmp_path: Path):
    followed = Followed(database, tmp_path)
    followed.until(BEGIN + 10 * MINUTE)
    one = followed.book.lasting()[0]
    orphan = replace(one, finding=replace(one.finding, id="orphan"))
    followed.book.put([orphan])
    followed.watch.turn()
    assert followed.book.get("orphan").finding.end == orphan.seen_at
    assert "orphan" not in {each.finding.id for each in followed.book.lasting()}

"""Looking for anomalies in the watch process: judged, kept, and said to alerting."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from groundwatch.alerting.intake import Posted
from groundwatch.alerting.raising import Raiser, of_finding
from groundwatch.anomaly.book import FindingBook
from groundwatch.anomaly.combinations import Listed
from groundwatch.anomaly.findings import Finding
from groundwatch.anomaly.settings import AnomalySettings
from groundwatch.anomaly.surroundings import Numbers
from groundwatch.anomaly.watcher import Watcher
from groundwatch.app import baselines
from groundwatch.app.periodic import every
from groundwatch.config import Config
from groundwatch.domain.alerts import rank
from groundwatch.domain.clock import Clock
from groundwatch.domain.status import Severity
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

ORIGIN = "finding"
_SAVE = timedelta(minutes=10)
_FORGET = timedelta(hours=1)


class AnomalyWatch:
    """Takes a turn again and again.

    Args:
        folder: where the baselines are kept.
        says: whether findings become alerts.
        public_url: where people reach the pages; may be empty.
        listed: where interactions are read, for the layer of combinations.
    """

    def __init__(
        self,
        numbers: Numbers,
        database: Database,
        settings: AnomalySettings,
        clock: Clock,
        folder: Path,
        *,
        says: bool = True,
        public_url: str = "",
        listed: Listed | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._file = folder / baselines.NAME
        self._watcher = Watcher(numbers, settings, listed)
        self._book = FindingBook(database)
        self._raiser = Raiser(database, clock, ORIGIN) if says else None
        self._public_url = public_url.rstrip("/")
        self._lasting: dict[str, Finding] = {}
        self._saved = self._forgot = datetime.min.replace(tzinfo=clock().tzinfo)
        self._is_loaded = False

    def turn(self) -> list[Finding]:
        """Judge what is new; returns the findings that last."""
        now = self._clock()
        if not self._is_loaded:
            baselines.load(self._watcher, self._file, now)
            self._is_loaded = True
            self._saved = now
        seen = self._watcher.turn(now)
        if seen:
            self._book.put(seen)
        for each in seen:
            if each.finding.end is None:
                self._lasting[each.finding.id] = each.finding
            else:
                self._lasting.pop(each.finding.id, None)
        self._book.end_others(frozenset(self._lasting))
        if self._raiser is not None:
            self._raiser.say([self._posted(one) for one in self._worth_saying()])
        self._upkeep(now)
        return [*self._lasting.values()]

    def close(self) -> None:
        """Keep what was learned."""
        if self._is_loaded:
            baselines.save(self._watcher, self._file)

    def _upkeep(self, now: datetime) -> None:
        if now - self._saved >= _SAVE:
            baselines.save(self._watcher, self._file)
            self._saved = now
        if now - self._forgot >= _FORGET:
            self._book.forget(now - timedelta(days=self._settings.retention_days))
            self._forgot = now

    def _worth_saying(self) -> list[Finding]:
        """Changes for the better are shown, and wake nobody."""
        least = rank(Severity(self._settings.alert_from))
        return [
            one
            for one in self._lasting.values()
            if rank(one.severity) >= least and one.worse is not False
        ]

    def _posted(self, one: Finding) -> Posted:
        link = f"/anomalies?id={one.id}"
        said = of_finding(one)
        url = f"{self._public_url}{link}" if self._public_url else ""
        return replace(said, annotations={**said.annotations, "link": link}, generator_url=url)


@contextmanager
def open_anomalies(
    config: Config, database: Database, events: EventStore, clock: Clock
) -> Generator[AnomalyWatch | None]:
    """Look for anomalies until the block ends; None where it is switched off."""
    if not config.anomaly.enabled:
        yield None
        return
    watch = AnomalyWatch(
        events,
        database,
        config.anomaly,
        clock,
        config.data,
        says=config.alerting.enabled,
        public_url=config.server.public_url,
        listed=events,
    )
    try:
        with every(config.anomaly.interval, watch.turn):
            yield watch
    finally:
        watch.close()

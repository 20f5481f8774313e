"""Reports for whoever asks: the API, the pages, the command and the mail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from groundwatch.analytics.tallies import Cells
from groundwatch.domain import metrics
from groundwatch.domain.clock import Clock
from groundwatch.reports import runs
from groundwatch.reports.making import report
from groundwatch.reports.plain import as_csv, as_json
from groundwatch.reports.report import Report
from groundwatch.reports.schedule import Run, upcoming
from groundwatch.reports.settings import WEEKDAYS, ReportSettings
from groundwatch.reports.sources import Sources
from groundwatch.reports.spans import Kind, Span, lately, span_for
from groundwatch.store.database import Database
from groundwatch.store.events.cells import CellQuery

if TYPE_CHECKING:
    from groundwatch.reports.rendering import Look

Format = Literal["json", "html", "pdf", "csv"]
_TYPES: dict[Format, str] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}
_LISTED = {Kind.DAILY: timedelta(days=31), Kind.WEEKLY: timedelta(weeks=13)}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report as a file."""

    media_type: str
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """A report that can be made, and whether it was sent.

    Attributes:
        is_over: its span is over; before that it changes.
        run: None where nothing was to be sent.
    """

    kind: Kind
    date: date
    label: str
    since: datetime
    until: datetime
    is_over: bool
    run: Run | None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """When reports of a kind are sent.

    Attributes:
        latest: the date of the last whole day, week or period.
        label: that one in words.
        weekday: on which it is sent; empty every day.
        at: time of the day in the reports' zone.
        to: who gets it; empty where nothing is sent.
        next_at: when the next one is due; None where nothing is sent.
        last: how sending the last one went; None before the first.
    """

    kind: Kind
    latest: date
    label: str
    weekday: str
    at: str
    to: tuple[str, ...]
    next_at: datetime | None
    last: Run | None


class ReportDesk:
    """Makes reports of what is stored; nothing of a report is kept but that it was sent.

    Args:
        settings: as they are configured at the time.
        public_url: where people reach the pages; without it nothing is linked.
        addresses: of the channel at the time; empty where no report is mailed.
    """

    def __init__(  # noqa: PLR0917  everything it is made of
        self,
        sources: Sources,
        database: Database,
        settings: Callable[[], ReportSettings],
        clock: Clock,
        public_url: str = "",
        addresses: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._sources = sources
        self._database = database
        self._settings = settings
        self._clock = clock
        self._public_url = public_url
        self._addresses = addresses

    def through(self, cells: Cells) -> "ReportDesk":
        """This desk reading cells in another way, such as through what is known already."""
        sources = replace(self._sources, cells=cells)
        return ReportDesk(
            sources, self._database, self._settings, self._clock, self._public_url,
            self._addresses,
        )  # fmt: skip

    @property
    def settings(self) -> ReportSettings:
        return self._settings()

    @property
    def look(self) -> "Look":
        from groundwatch.reports.rendering import Look

        return Look(self.settings.templates, self._public_url)

    def make(self, kind: Kind, day: date | None = None, application: str = "") -> Report:
        """A report of a date; of the last whole day or week, or up to yesterday, without one.

        Raises:
            InvalidInput: the day has not begun.
        """
        return report(self._sources, self._span(kind, day, application), self._clock())

    def executive(self, period: str, application: str = "") -> Report:
        """The executive report of a period that ends now, such as `7d`.

        Raises:
            InvalidInput: it is no period of 1 to 90 days.
        """
        now, settings = self._clock(), self.settings
        chosen = application or settings.application
        return report(self._sources, lately(period, now, settings.zone, chosen), now)

    def rendered(self, made: Report, wanted: Format) -> Rendered:
        """A report as a file.

        Raises:
            Unusable: a template or a font of the configuration fails.
        """
        name = f"groundwatch-{made.span.kind}-{made.span.date}.{wanted}"
        return Rendered(_TYPES[wanted], name, self._body(made, wanted))

    def listed(self) -> list[Listed]:
        """Reports of which something was measured, newest first, and those that were sent."""
        now = self._clock()
        with self._database.read() as connection:
            sent = {(run.kind, run.date): run for run in runs.every(connection)}
        spans = {(span.kind, span.date): span for span in self._measured(now)}
        for key in sent.keys() - spans.keys():
            spans[key] = self._span(*key, "")
        found = [
            Listed(kind, day, span.label, span.window.since, span.window.until, span.is_over,
                   sent.get((kind, day)))
            for (kind, day), span in spans.items()
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.until, each.kind), reverse=True)

    def schedules(self) -> list[Scheduled]:
        """When reports of each kind are sent, to whom, and how that went last."""
        now = self._clock()
        with self._database.read() as connection:
            runs_of = {kind: runs.runs_of(connection, kind) for kind in Kind}
        return [self._scheduled(kind, runs_of[kind], now) for kind in Kind]

    def _scheduled(self, kind: Kind, known: Sequence[Run], now: datetime) -> Scheduled:
        settings, addresses = self.settings, self._addresses()
        schedule = settings.schedule(kind)
        weekday = settings.weekday(kind)
        is_sent = schedule.enabled and bool(addresses)
        span = self._span(kind, None, "")
        return Scheduled(
            kind,
            span.date,
            span.label,
            "" if weekday is None else WEEKDAYS[weekday].capitalize(),
            schedule.at,
            (schedule.to or addresses) if is_sent else (),
            upcoming(kind, settings, now) if is_sent else None,
            max(known, key=lambda run: run.date, default=None),
        )

    def _span(self, kind: Kind, day: date | None, application: str) -> Span:
        now, settings = self._clock(), self.settings
        if day is None:
            back = timedelta(weeks=1) if kind is Kind.WEEKLY else timedelta(days=1)
            day = now.astimezone(settings.zone).date() - back
        chosen = application or settings.application
        return span_for(kind, day, now, settings.zone, chosen, settings.executive.days)

    def _measured(self, now: datetime) -> list[Span]:
        since = now - max(_LISTED.values())
        query = CellQuery(
            metrics.REQUESTS.name, since, now, "day", self.settings.application or None
        )
        days = {cell.at.date() for cell in self._sources.cells.cells(query)}
        found: dict[tuple[Kind, date], Span] = {}
        for kind, reach in _LISTED.items():
            for day in days:
                if day >= (now - reach).date():
                    span = self._span(kind, min(day, self._today(now)), "")
                    found[kind, span.date] = span
        return list(found.values())

    def _today(self, now: datetime) -> date:
        return now.astimezone(self.settings.zone).date()

    def _body(self, made: Report, wanted: Format) -> bytes:
        if wanted == "json":
            return as_json(made).encode()
        if wanted == "csv":
            return as_csv(made).encode("utf-8-sig")
        if wanted == "html":
            from groundwatch.reports.rendering import html

            return html(made, self.look).encode()
        from groundwatch.reports.paper.pages import pdf

        settings = self.settings
        return pdf(made, self._public_url, settings.font, settings.font_bold)

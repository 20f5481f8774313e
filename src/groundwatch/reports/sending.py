"""Sends reports when they are due: what was missed once, and nothing twice."""

import logging
import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from groundwatch.alerting.channels.mail import Mail, MailSettings
from groundwatch.domain.clock import Clock
from groundwatch.errors import GroundwatchError, Transient
from groundwatch.reports import runs
from groundwatch.reports.desk import ReportDesk
from groundwatch.reports.mailing import message_of
from groundwatch.reports.schedule import ATTEMPTS, Due, Planned, Run, State, due, latest
from groundwatch.reports.settings import ReportSettings
from groundwatch.reports.spans import Kind
from groundwatch.store import values
from groundwatch.store.database import Database

_LEASE_SECONDS = 300.0
_log = logging.getLogger(__name__)


class ReportSender:
    """Looks whether a report is due, and mails it.

    That it is being sent is stored before the server is spoken to: should the process end within,
    the mail may have arrived and is not sent again.

    Args:
        channel: name and settings of the mail channel.
        owner: of the lease, one a process.
    """

    def __init__(
        self,
        desk: ReportDesk,
        database: Database,
        channel: tuple[str, MailSettings],
        clock: Clock,
        owner: str,
    ) -> None:
        self._desk = desk
        self._database = database
        self._name, self._mail = channel
        self._clock = clock
        self._owner = owner

    @property
    def _settings(self) -> ReportSettings:
        return self._desk.settings

    def look(self) -> list[Run]:
        """Send what is due; returns how it went."""
        found: list[Run] = []
        for kind in Kind:
            if not self._settings.schedule(kind).enabled:
                continue
            run = self._claimed(kind)
            if run is None:
                continue
            try:
                found.append(self._finish(self._sent(run)))
            finally:
                self._release()
        return found

    def _claimed(self, kind: Kind) -> Run | None:
        """The run that is to be made now, stored as such; the lease is held then."""
        now = self._clock()
        planned = latest(kind, self._settings, now)
        with self._database.read() as connection:
            if due(planned, runs.runs_of(connection, kind), now) in {Due.DONE, Due.WAIT}:
                return None
        with self._database.write() as connection:
            if not values.acquire(connection, runs.LEASE, self._owner, now, seconds=_LEASE_SECONDS):
                return None
            known = runs.runs_of(connection, kind)
            run = _next(planned, known, due(planned, known, now), at=now)
            if run is not None:
                runs.put(connection, run)
            if run is None or run.state is not State.SENDING:
                values.release(connection, runs.LEASE, self._owner)
                return None
            return run

    def _sent(self, run: Run) -> Run:
        handed: list[bool] = []
        try:
            self._send(run, lambda: handed.append(True))
        except GroundwatchError as error:
            return _failed(run, error, is_handed=bool(handed))
        return replace(run, state=State.SENT, error="")

    def _send(self, run: Run, handing: Callable[[], None]) -> None:
        made = self._desk.make(run.kind, run.date)
        to = self._settings.schedule(run.kind).to or self._mail.to
        settings = self._mail.model_copy(update={"to": to})
        message = message_of(made, self._desk, settings.sender, to, self._clock())
        Mail(self._name, settings).deliver(message, handing)

    def _finish(self, run: Run) -> Run:
        run = replace(run, at=self._clock())
        with self._database.write() as connection:
            runs.put(connection, run)
        if run.state is State.SENT:
            _log.info("the %s report of %s was sent", run.kind, run.date)
        else:
            _log.warning("the %s report of %s: %s: %s", run.kind, run.date, run.state, run.error)
        return run

    def _release(self) -> None:
        with self._database.write() as connection:
            values.release(connection, runs.LEASE, self._owner)


def _next(planned: Planned, known: list[Run], what: Due, at: datetime) -> Run | None:
    last = max(known, key=lambda run: run.date, default=None)
    if what is Due.BEGIN:
        return Run(planned.kind, planned.date, planned.at, State.BEGUN, at)
    if what is Due.SEND:
        return Run(planned.kind, planned.date, planned.at, State.SENDING, at, 1)
    if what is Due.RETRY and last is not None:
        return replace(last, state=State.SENDING, at=at, attempts=last.attempts + 1)
    if what is Due.ABANDONED and last is not None:
        error = "the process ended while it was sent; it may have arrived"
        return replace(last, state=State.UNCERTAIN, at=at, error=error)
    return None


def _failed(run: Run, error: GroundwatchError, *, is_handed: bool) -> Run:
    refused = isinstance(
        error.__cause__, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused
    )
    if is_handed and not refused and isinstance(error, Transient):
        return replace(run, state=State.UNCERTAIN, error=f"{error}; it may have arrived")
    if isinstance(error, Transient) and run.attempts < ATTEMPTS:
        return replace(run, state=State.FAILED, error=str(error))
    return replace(run, state=State.GIVEN_UP, error=str(error))

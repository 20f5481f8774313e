"""Sends what is in the outbox: at least once, in order, each channel by itself."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from groundwatch.alerting import intake
from groundwatch.alerting.channels.channel import Channel
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.notices import Notice, unpacked
from groundwatch.alerting.outgoing import CHANNEL_FAILING
from groundwatch.domain.alerts import Happening
from groundwatch.domain.clock import Clock
from groundwatch.errors import GroundwatchError, NotFound, Overloaded, Transient
from groundwatch.store.alerts import incidents, outbox
from groundwatch.store.alerts.outbox import Leased
from groundwatch.store.database import Database

_log = logging.getLogger(__name__)

_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 300.0
_TROUBLED = 3
_FAILING_FOR = timedelta(minutes=15)
_GONE = "channel is not in the configuration"


@dataclass(frozen=True, slots=True)
class Way:
    """A channel and how it is used: see `ChannelSettings`."""

    channel: Channel
    timeout_seconds: float = 10.0
    per_minute: int = 60
    attempts: int = 12


@dataclass(frozen=True, slots=True)
class _Line:
    """The thread of a channel."""

    thread: threading.Thread
    stop: threading.Event
    wake: threading.Event

    def end(self) -> None:
        self.stop.set()
        self.wake.set()


def pause(attempt: int, asked: float | None, fraction: float) -> float:
    """Seconds before the next try: doubled each time with jitter, never before what was asked."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempt - 1, 20))
    return max(longest * (0.5 + fraction / 2), asked or 0.0)


class Deliverer:
    """One thread a channel, so that a channel that hangs holds up no other.

    Args:
        ways: by name.
        owner: unique among the processes on this store.
        fraction: a random number between 0 and 1.
    """

    def __init__(
        self,
        database: Database,
        ways: Mapping[str, Way],
        clock: Clock,
        owner: str,
        *,
        fraction: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._ways = ways
        self._clock = clock
        self._owner = owner
        self._fraction = fraction
        self._lines: dict[str, _Line] = {}
        self._troubles = dict.fromkeys(ways, 0)

    def start(self) -> None:
        """Begin to send."""
        for name, way in self._ways.items():
            self._begin(name, way)

    def follow(self, ways: Mapping[str, Way]) -> None:
        """Use these channels from now on; what a changed one is sending is sent to its end."""
        before, self._ways = self._ways, ways
        for name in before.keys() - ways.keys():
            self._lines.pop(name).end()
        for name, way in ways.items():
            if before.get(name) is not way:
                self._troubles[name] = 0
                if name in self._lines:
                    self._lines[name].end()
                self._begin(name, way)

    def wake(self) -> None:
        """Look at once whether something waits."""
        for line in list(self._lines.values()):
            line.wake.set()

    def close(self) -> None:
        """Stop; what is being sent is sent to its end, or again later."""
        for line in self._lines.values():
            line.end()
        for line in self._lines.values():
            line.thread.join(timeout=5)

    def _begin(self, name: str, way: Way) -> None:
        stop, wake = threading.Event(), threading.Event()
        thread = threading.Thread(
            target=self._run, args=(name, way, stop, wake), name=f"channel-{name}", daemon=True
        )
        self._lines[name] = _Line(thread, stop, wake)
        thread.start()

    def deliver(self, name: str) -> bool:
        """Send the next notice of a channel; False when nothing was due.

        Raises:
            Unavailable: the store does not answer.
        """
        way = self._ways[name]
        with self._database.write() as c:
            leased = outbox.lease(c, name, self._owner, self._clock(), way.timeout_seconds * 3 + 30)
        if leased is None:
            return False
        if leased.transition == "resolved" and self._is_pointless(leased):
            return True
        notice = unpacked(leased.payload)
        try:
            receipt = way.channel.send(notice, leased.receipt)
        except Transient as error:
            self._put_off(leased, way, error)
        except GroundwatchError as error:
            self._lay_aside(leased, notice, str(error), refused=True)
        except Exception as error:  # noqa: BLE001  one broken channel must not stop the others
            _log.exception("the channel %s failed in a way that was not foreseen", name)
            self._lay_aside(leased, notice, f"{type(error).__name__}", refused=False)
        else:
            self._done(leased, receipt)
        return True

    def lay_aside_orphans(self) -> int:
        """Lay aside notices for channels that are no longer configured; returns how many."""
        with self._database.read() as c:
            gone = outbox.channels_waiting(c).keys() - self._ways.keys()
        return sum(map(self._lay_aside_all, gone))

    def _lay_aside_all(self, name: str) -> int:
        laid = 0
        while leased := self._lease_orphan(name):
            self._lay_aside(leased, unpacked(leased.payload), _GONE, refused=True)
            laid += 1
        return laid

    def _lease_orphan(self, name: str) -> Leased | None:
        seconds = outbox.LONGEST_WAIT.total_seconds()
        with self._database.write() as c:
            return outbox.lease(c, name, self._owner, self._clock(), seconds, also_before_due=True)

    def _run(self, name: str, way: Way, stop: threading.Event, wake: threading.Event) -> None:
        gap = 60.0 / way.per_minute
        while not stop.is_set():
            began = time.monotonic()
            sent = False
            try:
                sent = self._is_due(name) and self.deliver(name)
            except Exception:  # noqa: BLE001  the thread must outlive whatever happens
                _log.exception("delivering to the channel %s failed", name)
            if sent:
                stop.wait(max(0.0, gap - (time.monotonic() - began)))
            else:
                wake.wait(0.5)
                wake.clear()
        if name not in self._ways:
            with suppress(GroundwatchError):
                self.lay_aside_orphans()

    def _is_due(self, name: str) -> bool:
        """Asked before leasing, so that waiting writes nothing."""
        with self._database.read() as c:
            due = outbox.next_due(c, name)
        now = self._clock()
        return due is not None and (due <= now or due > now + outbox.LONGEST_WAIT)

    def _is_pointless(self, leased: Leased) -> bool:
        now = self._clock()
        with self._database.write() as c:
            if not outbox.was_never_told(c, leased):
                return False
            return outbox.drop(c, leased, self._owner, now, "its beginning was never delivered")

    def _done(self, leased: Leased, receipt: str) -> None:
        now = self._clock()
        with self._database.write() as c:
            if outbox.sent(c, leased, self._owner, receipt, now):
                waited = (now - leased.created_at).total_seconds()
                text = f"{leased.transition} reached {leased.channel} after {waited:.1f} s"
                self._note(c, leased, Happening(now, "sent", text))
        if self._troubles[leased.channel]:
            self._troubles[leased.channel] = 0
            self._report(leased.channel, "", _LONGEST_PAUSE, now, ends=now)

    def _put_off(self, leased: Leased, way: Way, error: Transient) -> None:
        if leased.attempts >= way.attempts:
            self._lay_aside(leased, unpacked(leased.payload), str(error), refused=False)
            return
        asked = error.retry_after if isinstance(error, Overloaded) else None
        now = self._clock()
        wait = pause(leased.attempts, asked, self._fraction())
        wait = min(wait, outbox.LONGEST_WAIT.total_seconds())
        with self._database.write() as c:
            outbox.put_off(c, leased, self._owner, now + timedelta(seconds=wait), str(error))
        if not isinstance(error, Overloaded):
            self._troubled(leased.channel, str(error), now)

    def _lay_aside(self, leased: Leased, notice: Notice, error: str, *, refused: bool) -> None:
        now = self._clock()
        with self._database.write() as c:
            done = outbox.give_up(c, leased, self._owner, now, error=error, refused=refused)
            if done:
                text = f"{leased.transition} was given up: {error}"
                self._note(c, leased, Happening(now, "failed", text))
        if done:
            _log.error("%s of %s was given up: %s", notice.transition, notice.title, error)
            self._report(leased.channel, error, _FAILING_FOR.total_seconds(), now)

    def _troubled(self, name: str, error: str, now: datetime) -> None:
        self._troubles[name] = self._troubles.get(name, 0) + 1
        if self._troubles[name] >= _TROUBLED:
            self._report(name, error, _FAILING_FOR.total_seconds(), now)

    def _report(
        self, name: str, error: str, seconds: float, now: datetime, ends: datetime | None = None
    ) -> None:
        """Raise, or end, an alert about the channel itself; it goes by other channels."""
        said = Posted(
            labels={"alertname": CHANNEL_FAILING, "severity": "high", "channel": name},
            annotations={
                "summary": f"Notices do not arrive: {error}",
                "runbook": "channel-failing",
            },
            ends_at=ends or now + timedelta(seconds=seconds),
        )
        try:
            intake.post(self._database, self._clock, [said], origin="self")
        except GroundwatchError:
            _log.exception("the alert about the channel %s could not be kept", name)
        if ends is None:
            self._troubles[name] = max(self._troubles.get(name, 0), _TROUBLED)

    def _note(self, c: Connection, leased: Leased, happening: Happening) -> None:
        try:
            incidents.get(c, leased.incident_id)
        except NotFound:
            return
        incidents.note(c, [(leased.incident_id, happening)])

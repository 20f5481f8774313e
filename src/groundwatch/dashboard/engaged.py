"""Who comes again, and how long people stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from groundwatch.analytics.compared import Compared
from groundwatch.analytics.engagement import Engagement, engagement
from groundwatch.analytics.sessions import NO_SESSIONS, Lengths, lengths
from groundwatch.analytics.windows import Window
from groundwatch.dashboard.figures import Shown
from groundwatch.dashboard.panels import Content
from groundwatch.dashboard.table import Column, Row, Table
from groundwatch.dashboard.watched import Asked
from groundwatch.store.events.visits import Whose

_SECONDS = 60.0
"""Every session of the span is read for it, and every person of four weeks."""


@dataclass(frozen=True, slots=True)
class Engaged:
    """People who come again, and sessions now and before."""

    people: Engagement
    sessions: Lengths
    before: Lengths

    @property
    def median(self) -> Compared:
        reason = "" if self.sessions.count else NO_SESSIONS
        return Compared(self.sessions.median, self.before.median, reason)


def read_engaged(asked: Asked) -> Engaged:
    """Measured a minute ago at most."""
    window = asked.window
    until = None if window.is_open else window.until
    key = ("engaged", window.since, until, window.application, window.group)
    return asked.readings.get(key, _SECONDS, lambda: _read(asked))


def _read(asked: Asked) -> Engaged:
    def measured(window: Window) -> Lengths:
        whose = Whose(window.application, window.group)
        return lengths(asked.watch.events.visits(window.since, window.until, whose))

    window = asked.window
    people = engagement(asked.source, replace(window, group=""))
    return Engaged(people, measured(window), measured(window.before()))


def shown(found: Engagement) -> Sequence[Shown]:
    """Six figures of people; weeks and days are whole ones."""
    days = f"mean of {found.days} whole day{'s' * (found.days != 1)}"
    return (
        Shown("People a day", found.daily.value, "1", found.daily, note=days),
        Shown("People a week", found.weekly.value, "1", found.weekly, note="of 7 whole days"),
        Shown("People in 4 weeks", found.monthly, "1", note="of 28 whole days"),
        Shown(
            "Stickiness", found.stickiness.value, "ratio", found.stickiness, "better",
            "a day's people, of a week's",
        ),
        Shown("New people", found.new, "1", note="had not asked in 4 weeks"),
        Shown(
            "Came again", found.retained.value, "ratio", found.retained,
            note="of those of the span before",
        ),
    )  # fmt: skip


def of_lengths(found: Lengths) -> Content:
    """How long sessions lasted."""
    rows = tuple(Row((name, count, count / found.count)) for name, count in found.bands)
    columns = (
        Column("From first question to last answer"), Column("Sessions", "1"),
        Column("Share", "ratio"),
    )  # fmt: skip
    said = f"{found.again / found.count:.0%} asked again in the same session" if rows else ""
    return Content(Table(columns, rows), note=said, empty="" if rows else NO_SESSIONS)

"""What a page of the watch shows: the span, the application, the group; all of it in the URL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from groundwatch.analytics import windows
from groundwatch.analytics.windows import Window
from groundwatch.errors import InvalidInput

RANGES = (
    ("15m", "15 min"),
    ("1h", "1 h"),
    ("24h", "24 h"),
    ("7d", "7 d"),
    ("30d", "30 d"),
)
DEFAULT_RANGE = "24h"
_WORDS = {
    "15m": "the 15 min before",
    "1h": "the hour before",
    "24h": "the 24 h before",
    "7d": "the 7 days before",
    "30d": "the 30 days before",
}
_LIVE = timedelta(minutes=15)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown.

    Attributes:
        range: one of `RANGES`; empty where `since` and `until` are given.
        problem: what of the URL was not understood, in words; the default is shown then.
        more: what else the page keeps in the URL.
    """

    range: str = DEFAULT_RANGE
    since: datetime | None = None
    until: datetime | None = None
    application: str = ""
    group: str = ""
    live: bool = False
    problem: str = ""
    more: tuple[tuple[str, str], ...] = ()

    def at(self, now: datetime) -> "Selection":
        """This selection, or the usual span where the chosen one has not begun yet."""
        try:
            self.window(now)
        except InvalidInput as error:
            return replace(self, range=DEFAULT_RANGE, since=None, until=None, problem=str(error))
        return self

    def window(self, now: datetime) -> Window:
        application = self.application or None
        if self.since is not None and self.until is not None:
            return windows.between(self.since, min(self.until, now), now, application, self.group)
        length = _LIVE if self.live else windows.span_of(self.range)
        return windows.last(length, now, application, self.group)

    def query(self, changed: Mapping[str, str] | None = None) -> str:
        """The URL's query with some parameters changed; empty values are left out."""
        values = {
            "range": "" if self.range == DEFAULT_RANGE else self.range,
            "since": _text(self.since),
            "until": _text(self.until),
            "app": self.application,
            "group": self.group,
            "live": "1" if self.live else "",
            **dict(self.more),
            **(changed or {}),
        }
        told = {name: value for name, value in values.items() if value}
        return f"?{urlencode(told)}" if told else ""

    def shared(self) -> str:
        """The query that other pages of the watch take over."""
        return Selection(
            self.range, self.since, self.until, self.application, self.group, self.live
        ).query()

    def ranged(self, name: str) -> str:
        return self.query(
            {
                "range": "" if name == DEFAULT_RANGE else name,
                "since": "",
                "until": "",
                "live": "",
                "after": "",
            }
        )

    def before_in_words(self) -> str:
        """With what a figure is compared."""
        if self.live:
            return "the 15 min before"
        return _WORDS.get(self.range, "the span before")

    def in_words(self) -> str:
        if self.live:
            return "live, the last 15 min"
        names = dict(RANGES)
        return f"the last {names[self.range]}" if self.range in names else "the chosen span"


def selection_of(parameters: Mapping[str, str], kept: tuple[str, ...] = ()) -> Selection:
    """Read a URL's query; what is not understood is named and not used.

    `kept` are the page's own parameters.
    """
    more = tuple((name, parameters[name][:_LONGEST]) for name in kept if parameters.get(name))
    base = Selection(
        application=parameters.get("app", "")[:_LONGEST],
        group=parameters.get("group", "")[:_LONGEST],
        more=more,
    )
    try:
        since, until = _moment(parameters.get("since")), _moment(parameters.get("until"))
        name = parameters.get("range", DEFAULT_RANGE)
        if since is not None and until is not None:
            chosen = replace(base, range="", since=since, until=until)
            chosen.window(max(until, since) + timedelta(days=1))
            return chosen
        if name not in dict(RANGES):
            windows.span_of(name)
        return replace(base, range=name, live=parameters.get("live") == "1")
    except InvalidInput as error:
        return replace(base, problem=str(error))


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text[:40].replace(" ", "+"))
    except ValueError as error:
        raise InvalidInput(f"{text[:40]!r} is no moment; write 2026-03-02T09:30.") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%MZ")

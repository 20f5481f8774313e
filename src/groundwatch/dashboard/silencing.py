"""Silences: what is kept quiet, what a new one would keep quiet, and making one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from groundwatch.alerting.desk import Desk
from groundwatch.alerting.matchers import Matchers, matches, parse
from groundwatch.alerting.titles import title_of
from groundwatch.domain.alerts import Condition, Silence
from groundwatch.errors import InvalidInput

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Silences:
    """What the tab shows.

    Attributes:
        mutes: how many alerts that fire now each keeps quiet, by its id.
        written: matchers of a new one, as they were written.
        problem: what is wrong with them.
        hit: titles of alerts that fire now and would be kept quiet; `more` are not listed.
        firing: how many fire now.
    """

    known: tuple[Silence, ...]
    mutes: Mapping[str, int]
    written: str = ""
    problem: str = ""
    hit: tuple[str, ...] = ()
    more: int = 0
    firing: int = 0


def silences(desk: Desk, wanted: str) -> Silences:
    """Every silence, those that hold first, and what one with these matchers would hit."""
    now, firing = desk.now, desk.seen()
    known = tuple(sorted(desk.silences(), key=lambda each: (each.ends_at <= now, each.ends_at)))
    mutes = Counter(by for each in firing for by in each.silenced_by)
    if not wanted.strip():
        return Silences(known, mutes, firing=len(firing))
    try:
        made = matchers_of(wanted)
    except InvalidInput as error:
        return Silences(known, mutes, wanted, str(error), firing=len(firing))
    hit = [title_of(x.alert.labels, x.alert) for x in firing if matches(made, x.alert.labels)]
    shown = tuple(dict.fromkeys(hit))[:_SHOWN]
    return Silences(known, mutes, wanted, "", shown, len(hit) - len(shown), len(firing))


def written(one: Silence) -> str:
    """The matchers of a silence as a person writes them."""
    return ", ".join(map(str, one.conditions))


def matchers_of(text: str) -> Matchers:
    """Matchers that a silence may have.

    Raises:
        InvalidInput: they read otherwise, or keep everything quiet.
    """
    made = parse(text)
    if not made or all(each.matches({}) for each in made):
        raise InvalidInput('These match everything; name a label, such as alertname="high_cpu".')
    return made


def silence(desk: Desk, conditions: tuple[Condition, ...], by: str, reason: str, hours: int) -> str:
    """Silence what has these labels; returns what was done, in words."""
    if not reason:
        raise InvalidInput("Say why it is silenced; others will read it.")
    now = desk.now
    ends = now + timedelta(hours=hours)
    desk.put_silence(Silence("", conditions, now, ends, by, reason, now))
    return f"Silenced for {hours} h: {', '.join(map(str, conditions))}."

"""A notice in words, for channels that people read."""

from collections.abc import Iterator

from groundwatch.alerting.notices import Notice, Shown
from groundwatch.domain.alerts import NAME

_STATE = {
    "resolved": "RESOLVED",
    "acknowledged": "ACKNOWLEDGED",
    "escalated": "ESCALATED",
    "repeat": "STILL FIRING",
    "test": "TEST",
}
_HIDDEN = frozenset({NAME, "severity"})
MOST_LINES = 10
_LINE = 240


def headline(notice: Notice) -> str:
    """State, severity and title in a line."""
    state = _STATE.get(notice.transition, "FIRING")
    count = len(notice.firing()) + (notice.truncated if notice.status == "firing" else 0)
    many = f" ({count})" if count > 1 else ""
    return f"[{state}{many}] {notice.severity}: {notice.title}"


def lines(notice: Notice) -> Iterator[str]:
    """Each alert in a line; after ten, how many more."""
    for alert in notice.alerts[:MOST_LINES]:
        yield cut(line(alert), _LINE)
    more = len(notice.alerts) - MOST_LINES + notice.truncated
    if more > 0:
        yield f"and {more} more"


def line(alert: Shown) -> str:
    """What an alert says, then its name and labels."""
    said = alert.annotations.get("summary") or alert.annotations.get("description") or ""
    labels = ", ".join(f"{k}={v}" for k, v in sorted(alert.labels.items()) if k not in _HIDDEN)
    name = alert.labels.get(NAME, "alert")
    over = " (resolved)" if alert.status == "resolved" else ""
    tags = ", ".join(part for part in (name if said else "", labels) if part)
    return f"{said or name}{over}" + (f" [{tags}]" if tags else "")


def facts(notice: Notice) -> list[tuple[str, str]]:
    """What else there is to know, as names and texts."""
    found = [("why", notice.reason), ("since", f"{notice.opened_at:%Y-%m-%d %H:%M:%S} UTC")]
    if notice.name:
        found.insert(0, ("alert", notice.name))
    if notice.note:
        found.append(("note", notice.note))
    found += [(name, text) for name, text in notice.details.items() if name != "link"]
    return found


def cut(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1] + "…"

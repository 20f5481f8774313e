"""An incident as a document to write its review into."""

from collections.abc import Iterator
from datetime import datetime

from groundwatch.alerting.desk import Case
from groundwatch.domain.alerts import Alert

_ESCAPED = str.maketrans({"|": "\\|", "\n": " ", "\r": " ", "<": "&lt;", ">": "&gt;"})


def postmortem(case: Case, now: datetime) -> str:
    """Markdown: what is known is filled in, what people must say is left to them."""
    return "\n".join([*_head(case, now), *_alerts(case), *_timeline(case), *_questions()]) + "\n"


def _head(case: Case, now: datetime) -> Iterator[str]:
    one = case.incident
    ended = one.resolved_at or now
    minutes = (ended - one.opened_at).total_seconds() / 60
    yield f"# {_cell(one.title)}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| incident | {one.id} |"
    yield f"| alert | {_cell(one.name) or 'several'} |"
    yield f"| severity | {one.severity} |"
    yield f"| began | {one.opened_at:%Y-%m-%d %H:%M:%S} UTC |"
    over = f"{ended:%Y-%m-%d %H:%M:%S} UTC" if one.resolved_at else "not over"
    yield f"| ended | {over} |"
    yield f"| lasted | {minutes:.0f} min |"
    if one.told_at:
        yield f"| owner | {_cell(one.owner) or 'nobody'} |"
    acknowledged = [line for line in case.timeline if line.kind == "acknowledged"]
    if acknowledged:
        waited = (acknowledged[0].at - one.opened_at).total_seconds() / 60
        yield f"| acknowledged after | {waited:.0f} min, by {_cell(acknowledged[0].actor)} |"
    yield f"| earlier ones of the group | {len(case.similar)} |"
    yield ""


def _alerts(case: Case) -> Iterator[str]:
    yield "## Alerts"
    for alert in case.alerts[:50]:
        yield f"- {_line(alert)}"
    if len(case.alerts) > 50:
        yield f"- and {len(case.alerts) - 50} more"
    yield ""


def _timeline(case: Case) -> Iterator[str]:
    yield "## Timeline"
    yield "| at (UTC) | what | who | |"
    yield "|---|---|---|---|"
    for line in case.timeline:
        who = _cell(line.actor)
        yield f"| {line.at:%Y-%m-%d %H:%M:%S} | {line.kind} | {who} | {_cell(line.text)} |"
    yield ""


def _questions() -> Iterator[str]:
    for title in ("Impact", "Cause", "What went well, and what did not", "What we will change"):
        yield f"## {title}"
        yield ""


def _line(alert: Alert) -> str:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items()))
    said = alert.annotations.get("summary", "")
    return _cell(f"{said} ({labels})" if said else labels)


def _cell(text: str) -> str:
    return text.translate(_ESCAPED)

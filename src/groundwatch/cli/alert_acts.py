"""What people do with incidents and silences, as commands of `alert`."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from groundwatch.cli.alert_desk import As, For, IncidentId, moment, open_desk
from groundwatch.cli.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    plain,
    print_json,
    say,
    table,
)
from groundwatch.errors import InvalidInput

if TYPE_CHECKING:
    from groundwatch.domain.alerts import Incident


def ack(
    incident_id: IncidentId,
    user: As = "owner",
    note: Annotated[str, typer.Option(help="What the others should know.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take an incident in hand; its escalation stops."""
    with open_desk(config) as desk:
        incident = desk.acknowledge(incident_id, user, note=note)
    until = incident.acknowledged_until
    _said(incident, f"is acknowledged{f' until {moment(until)}' if until else ''}", as_json=as_json)


def unack(
    incident_id: IncidentId,
    user: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Give an incident back; its escalation begins anew."""
    with open_desk(config) as desk:
        incident = desk.unacknowledge(incident_id, user)
    _said(incident, "is given back", as_json=as_json)


def assign(
    incident_id: IncidentId,
    owner: Annotated[str, typer.Argument(help="Whose it is.")],
    user: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say whose an incident is."""
    with open_desk(config) as desk:
        incident = desk.assign(incident_id, owner, user)
    _said(incident, f"is {owner}'s", as_json=as_json)


def snooze(
    incident_id: IncidentId,
    lasts: For = "1h",
    user: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Tell nothing of an incident but its end and a rise in severity for a while."""
    seconds = _span(lasts).total_seconds()
    with open_desk(config) as desk:
        incident = desk.snooze(incident_id, user, seconds)
    _said(incident, f"is snoozed for {lasts}", as_json=as_json)


def escalate(
    incident_id: IncidentId,
    user: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take the next escalation step of an incident now."""
    with open_desk(config) as desk:
        incident = desk.escalate(incident_id, user)
    _said(incident, "escalates now", as_json=as_json)


def resolve(
    incident_id: IncidentId,
    user: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """End the alerts of an incident; what still holds is raised again."""
    with open_desk(config) as desk:
        incident = desk.resolve(incident_id, user)
    _said(incident, "is ended", as_json=as_json)


def note(
    incident_id: IncidentId,
    text: Annotated[str, typer.Argument(help="What was found or tried.")],
    user: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a line to an incident's timeline."""
    with open_desk(config) as desk:
        desk.comment(incident_id, user, text)
        incident = desk.case(incident_id).incident
    _said(incident, "has a note more", as_json=as_json)


def silence(
    matchers: Annotated[str, typer.Argument(help='Such as alertname="high_cpu",zone=~"a|b".')],
    comment: Annotated[str, typer.Option(help="Why.")],
    lasts: For = "1h",
    user: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Silence alerts for a while."""
    from groundwatch.alerting.matchers import parse
    from groundwatch.domain.alerts import Silence

    span = _span(lasts)
    conditions = tuple(each.condition for each in parse(matchers))
    with open_desk(config) as desk:
        now = desk.now
        made = desk.put_silence(Silence("", conditions, now, now + span, user, comment, now))
    if as_json:
        print_json(made)
        return
    say(f"{made.id} silences until {moment(made.ends_at)}.")


def silences(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List silences in force, to come, or ended in the last five days."""
    with open_desk(config) as desk:
        found, now = desk.silences(), desk.now
    if as_json:
        print_json(found)
        return
    table(
        ("id", "state", "matchers", "by", "why", "ends"),
        [
            (s.id, s.state(now), ", ".join(map(str, s.conditions)), s.created_by, s.comment,
             moment(s.ends_at))
            for s in found
        ],
    )  # fmt: skip


def expire(
    silence_id: Annotated[str, typer.Argument(help="From `alert silences`.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """End a silence now."""
    with open_desk(config) as desk:
        ended = desk.expire(silence_id)
    if as_json:
        print_json(ended)
        return
    say(f"{ended.id} has ended.")


ACTS = {
    each.__name__: each
    for each in (
        ack, unack, assign, snooze, escalate, resolve, note, silence, silences, expire,
    )
}  # fmt: skip
"""The commands by name."""


def _span(lasts: str) -> timedelta:
    from groundwatch.alerting.durations import duration

    try:
        span: timedelta = duration(lasts)
    except ValueError as error:
        raise InvalidInput(str(error)) from error
    return span


def _said(incident: "Incident", what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(incident)
        return
    say(f"{plain(incident.title)} {what}.")

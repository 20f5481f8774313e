"""`alert`: incidents, silences, and what would happen to an alert."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundwatch.cli.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    load,
    print_json,
    say,
    table,
)
from groundwatch.errors import InvalidInput

if TYPE_CHECKING:
    from groundwatch.alerting.desk import Desk

commands = typer.Typer(help="Incidents, silences and rules.", no_args_is_help=True)
IncidentId = Annotated[str, typer.Argument(help="The incident's id, from `alert list`.")]
As = Annotated[str, typer.Option("--as", help="Who does it.")]


@contextmanager
def _desk(config: Path) -> Generator["Desk"]:
    from groundwatch.app.owner import open_database_only

    loaded = load(config, folders_may_be_away=True)
    with open_database_only(loaded) as database:
        from uuid import uuid4

        from groundwatch.alerting.desk import Desk
        from groundwatch.domain.clock import system_clock

        yield Desk(
            database,
            lambda: loaded.alerting,
            system_clock,
            lambda: uuid4().hex,
            loaded.server.public_url,
        )


@commands.command()
def explain(
    labels: Annotated[list[str], typer.Argument(help="Labels of the alert: NAME=VALUE ...")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say what would happen to an alert: route, group, what mutes it, why; nothing happens."""
    with _desk(config) as desk:
        found = desk.explain(dict(_pair(each) for each in labels))
    if as_json:
        print_json(found)
        return
    for way in found:
        say(f"[bold]{way.receiver}[/bold] -> {', '.join(way.channels) or 'no channel'}")
        table(("stage", "verdict", "why"), [(s.name, s.verdict, s.why) for s in way.stages])


@commands.command(name="test")
def try_(
    labels: Annotated[list[str] | None, typer.Argument(help="Labels to explain.")] = None,
    send: Annotated[str, typer.Option(help="Send a marked test through this channel.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Check the policy; send a marked test through a channel; or explain labels."""
    with _desk(config) as desk:
        made = desk.policy.checked()
        if send:
            desk.try_channel(send)
            say(f"{send} took the test.")
        for way in desk.explain(dict(_pair(each) for each in labels)) if labels else []:
            say(f"{way.receiver}: {way.stages[-1].verdict} ({way.stages[-1].why})")
    if not send and not labels:
        routes = sum(1 for _ in made.root.walk())
        say(f"The policy is sound: {routes} routes, {len(made.receivers)} receivers, "
            f"{len(made.channels)} channels.")  # fmt: skip


@commands.command(name="list")
def list_(
    also_over: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List incidents, newest first."""
    with _desk(config) as desk:
        found = desk.page(limit=limit, resolved=None if also_over else False)
        now = desk.now
    if as_json:
        print_json(found)
        return
    table(
        ("id", "state", "severity", "title", "alert", "opened", "owner", "held back"),
        [
            (
                i.id,
                i.state(now),
                i.severity,
                i.title,
                i.name,
                _time(i.opened_at),
                i.owner,
                i.held_reason,
            )
            for i in found
        ],
    )


@commands.command()
def show(
    incident_id: IncidentId, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Show an incident's timeline and notices; with --json its alerts too."""
    with _desk(config) as desk:
        case = desk.case(incident_id)
    if as_json:
        print_json(case)
        return
    say(f"[bold]{case.incident.title}[/bold] {case.incident.name}")
    table(("at", "what", "who", "text"),
          [(_time(h.at), h.kind, h.actor, h.text) for h in case.timeline])  # fmt: skip
    rows = [(n.channel, n.transition, n.state, n.attempts, n.error) for n in case.notices]
    table(("channel", "notice", "state", "attempts", "error"), rows)


@commands.command()
def export(incident_id: IncidentId, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Print an incident as Markdown, to write its review into."""
    from groundwatch.alerting.postmortem import postmortem

    with _desk(config) as desk:
        text = postmortem(desk.case(incident_id), desk.now)
    typer.echo(text, nl=False)


@commands.command()
def ack(
    incident_id: IncidentId,
    user: As = "owner",
    note: Annotated[str, typer.Option(help="What the others should know.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Take an incident in hand; its escalation stops."""
    with _desk(config) as desk:
        incident = desk.acknowledge(incident_id, user, note=note)
    until = f" until {_time(incident.acknowledged_until)}" if incident.acknowledged_until else ""
    say(f"{incident.title} is acknowledged{until}.")


@commands.command()
def silence(
    matchers: Annotated[str, typer.Argument(help='Such as alertname="high_cpu",zone=~"a|b".')],
    comment: Annotated[str, typer.Option(help="Why.")],
    lasts: Annotated[str, typer.Option("--for", help="Such as 30m or 2h.")] = "1h",
    user: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Silence alerts for a while."""
    from groundwatch.alerting.durations import duration
    from groundwatch.alerting.matchers import parse
    from groundwatch.domain.alerts import Silence

    try:
        span: timedelta = duration(lasts)
    except ValueError as error:
        raise InvalidInput(str(error)) from error
    conditions = tuple(each.condition for each in parse(matchers))
    with _desk(config) as desk:
        now = desk.now
        wanted = Silence("", conditions, now, now + span, user, comment, now)
        made = desk.put_silence(wanted)
    say(f"{made.id} silences until {_time(made.ends_at)}.")


@commands.command()
def rules(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the rules with the state of every series."""
    with _desk(config) as desk:
        found = desk.rules()
    if as_json:
        print_json([{"rule": each.rule.model_dump(mode="json"), "series": each.series}
                    for each in found])  # fmt: skip
        return
    table(
        ("rule", "severity", "series", "state", "value"),
        [
            (each.rule.name, each.rule.severity, s.series if s else "", s.state if s else "new",
             s.value if s else "")
            for each in found
            for s in (each.series or (None,))
        ],
    )  # fmt: skip


@commands.command()
def outbox(
    state: Annotated[str, typer.Option(help="waiting, sent, dead or cancelled.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List notices, newest first: what waits, what arrived, what was laid aside and why."""
    with _desk(config) as desk:
        found = desk.notices(state=state)
    if as_json:
        print_json(found)
        return
    table(
        ("id", "incident", "channel", "notice", "state", "attempts", "error"),
        [
            (n.id, n.incident_id, n.channel, n.transition, n.state, n.attempts, n.error)
            for n in found
        ],
    )


@commands.command()
def resend(
    notice_id: Annotated[int, typer.Argument(help="From `alert outbox --state dead`.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Deliver again what was laid aside."""
    with _desk(config) as desk:
        desk.resend(notice_id)
    say(f"{notice_id} waits to be delivered.")


@commands.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="Alertmanager's configuration.")],
) -> None:
    """Print an Alertmanager configuration as a policy; says what does not carry over."""
    from groundwatch.alerting.importing import imported

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read as text; is it there?") from error
    policy, notes = imported(text)
    typer.echo(policy, nl=False)
    for line in notes:
        typer.echo(f"groundwatch: {line}", err=True)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidInput(f"{text[:60]!r} is no label; write NAME=VALUE")
    return name, value


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"

"""`alert`: incidents, rules, notices, and what would happen to an alert."""

from pathlib import Path
from typing import Annotated

import typer

from groundwatch.cli import alert_acts
from groundwatch.cli.alert_desk import IncidentId, moment, open_desk
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

commands = typer.Typer(help="Incidents, silences and rules.", no_args_is_help=True)
for _name, _act in alert_acts.ACTS.items():
    commands.command(name=_name)(_act)


@commands.command()
def explain(
    labels: Annotated[list[str], typer.Argument(help="Labels of the alert: NAME=VALUE ...")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say what would happen to an alert: route, group, what mutes it, why; nothing happens."""
    with open_desk(config) as desk:
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
    as_json: AsJson = False,
) -> None:
    """Check the policy; send a marked test through a channel; or explain labels."""
    with open_desk(config) as desk:
        made = desk.policy.checked()
        if send:
            desk.try_channel(send)
        explained = desk.explain(dict(_pair(each) for each in labels)) if labels else []
    routes = sum(1 for _ in made.root.walk())
    if as_json:
        print_json(
            {
                "routes": routes,
                "receivers": list(made.receivers),
                "channels": list(made.channels),
                "sent": send,
                "explained": explained,
            }
        )
        return
    if send:
        say(f"{send} took the test.")
    for way in explained:
        say(f"{way.receiver}: {way.stages[-1].verdict} ({way.stages[-1].why})")
    if not send and not labels:
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
    with open_desk(config) as desk:
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
                moment(i.opened_at),
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
    with open_desk(config) as desk:
        case = desk.case(incident_id)
    if as_json:
        print_json(case)
        return
    say(f"[bold]{plain(case.incident.title)}[/bold] {plain(case.incident.byname)}")
    table(("at", "what", "who", "text"),
          [(moment(h.at), h.kind, h.actor, h.text) for h in case.timeline])  # fmt: skip
    rows = [(n.channel, n.transition, n.state, n.attempts, n.error) for n in case.notices]
    table(("channel", "notice", "state", "attempts", "error"), rows)


@commands.command()
def export(
    incident_id: IncidentId, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Print an incident as Markdown, to write its review into."""
    from groundwatch.alerting.postmortem import postmortem

    with open_desk(config) as desk:
        text = postmortem(desk.case(incident_id), desk.now)
    if as_json:
        print_json({"id": incident_id, "markdown": text})
        return
    typer.echo(text, nl=False)


@commands.command()
def rules(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the rules with the state of every series."""
    with open_desk(config) as desk:
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
    with open_desk(config) as desk:
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
    as_json: AsJson = False,
) -> None:
    """Deliver again what was laid aside."""
    with open_desk(config) as desk:
        desk.resend(notice_id)
    if as_json:
        print_json({"id": notice_id, "state": "waiting"})
        return
    say(f"{notice_id} waits to be delivered.")


@commands.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="Alertmanager's configuration.")],
    as_json: AsJson = False,
) -> None:
    """Print an Alertmanager configuration as a policy; says what does not carry over."""
    from groundwatch.alerting.importing import imported

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read as text; is it there?") from error
    policy, notes = imported(text)
    if as_json:
        print_json({"policy": policy, "notes": notes})
        return
    typer.echo(policy, nl=False)
    for line in notes:
        typer.echo(f"groundwatch: {line}", err=True)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidInput(f"{text[:60]!r} is no label; write NAME=VALUE")
    return name, value

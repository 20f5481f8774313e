"""`rescore`: scores of a period, made again."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from groundwatch.cli.terminal import DEFAULT_CONFIG, AsJson, ConfigPath, load, print_json, say
from groundwatch.errors import InvalidInput

_AGO = re.compile(r"(\d{1,5})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def rescore(
    since: Annotated[str, typer.Option(help="A moment, or how long ago: 36h, 7d. Inclusive.")],
    until: Annotated[str, typer.Option(help="The same; now without. Exclusive.")] = "",
    application: Annotated[str, typer.Option(help="Only of this one.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Let the interactions of a period be scored again by the watch, newest first.

    They keep their scores until then. What is older than the rows that are kept cannot be scored.
    """
    from groundwatch.app.owner import open_store
    from groundwatch.domain.clock import system_clock

    now = system_clock()
    begin, end = moment(since, now), moment(until, now) if until else now
    if end <= begin:
        raise InvalidInput(f"--since {since} must lie before --until {until or 'now'}")
    with open_store(load(config)) as (_, events):
        pending = events.rescore(begin, end, application or None)
    if as_json:
        print_json({"pending": pending})
    else:
        say(f"{pending} interactions wait for scores again; the watch of the server makes them")


def moment(text: str, now: datetime) -> datetime:
    """A moment as it is written on the command line; without a zone it is UTC.

    Raises:
        InvalidInput: it is none.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        return now - int(ago[1]) * _UNITS[ago[2]]
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no moment; write 2026-11-20, 2026-11-20T08:00Z, or 36h for how long ago"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

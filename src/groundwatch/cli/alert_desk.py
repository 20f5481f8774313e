"""What the commands of `alert` share: the desk over the store, and who acts on what."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundwatch.cli.terminal import load

if TYPE_CHECKING:
    from groundwatch.alerting.desk import Desk

IncidentId = Annotated[str, typer.Argument(help="The incident's id, from `alert list`.")]
As = Annotated[str, typer.Option("--as", help="Who does it.")]
For = Annotated[str, typer.Option("--for", help="Such as 30m or 2h.")]


@contextmanager
def open_desk(config: Path) -> Generator["Desk"]:
    """The desk of a configuration, also while its server runs."""
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


def moment(at: datetime) -> str:
    """`2026-03-02 09:30:00`, UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S}"

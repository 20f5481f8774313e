"""`key` and `link`: how people and programs get in."""

from typing import Annotated

import typer

from groundwatch.cli.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    load,
    plain,
    print_json,
    say,
    table,
    tell,
)

commands = typer.Typer(help="API keys.", no_args_is_help=True)
Days = Annotated[int | None, typer.Option(help="The key ends after so many days.", min=1)]


@commands.command()
def create(
    user: Annotated[str, typer.Argument(help="Whose key; a user of the configuration.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    scope: Annotated[
        list[str] | None, typer.Option(help="Only this permission of the user's; may repeat.")
    ] = None,
    days: Days = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once."""
    from groundwatch.app.owner import open_access

    with open_access(load(config)) as access:
        key = access.credentials.create_key(user, name=name, scopes=scope, days=days)
    if as_json:
        print_json({"id": key.id, "key": key.token, "user": user})
        return
    say(key.token)
    say("[dim]It is shown only now. Send it as: Authorization: Bearer KEY[/dim]")


@commands.command(name="list")
def list_(
    user: Annotated[str, typer.Option(help="Only this user's.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List keys, without their secrets."""
    from groundwatch.app.owner import open_access

    with open_access(load(config)) as access:
        found = access.credentials.keys(user)
    if as_json:
        print_json(found)
        return
    table(
        ("id", "user", "name", "begins", "created", "expires", "revoked", "last used"),
        [
            (
                key.id,
                key.user,
                key.name,
                key.prefix,
                key.created_at,
                key.expires_at,
                key.revoked_at,
                key.last_used_at,
            )
            for key in found
        ],
    )


@commands.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, from `key list`.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """End a key; it stops working within a second."""
    from groundwatch.app.owner import open_access

    with open_access(load(config)) as access:
        access.credentials.revoke_key(key_id)
    tell({"id": key_id, "revoked": True}, f"{key_id} is revoked.", as_json=as_json)


def link(
    user: Annotated[str, typer.Argument(help="Who signs in with it.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print a one-time link that signs a user in to the pages; it ends after ten minutes."""
    from groundwatch.app.owner import open_access

    loaded = load(config)
    with open_access(loaded) as access:
        address = access.link(user)
    if as_json:
        print_json({"link": address, "user": user})
    else:
        say(plain(address))

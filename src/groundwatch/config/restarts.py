"""Which changes of the configuration a running server cannot take over."""

from groundwatch.config.model import Config


def restart_needed(old: Config, new: Config) -> tuple[str, ...]:
    """Name the settings that differ and are only read at the start; empty when there are none."""
    changed = {
        "data": old.data != new.data,
        "store": old.store != new.store,
        "index": old.index != new.index,
        "embedder": old.embedder != new.embedder,
        "server.host": old.server.host != new.server.host,
        "server.port": old.server.port != new.server.port,
    }
    return tuple(name for name, differs in changed.items() if differs)

"""Which changes of the configuration a running server cannot take over."""

from groundwatch.config.model import Config
from groundwatch.serving.settings import ServerSettings

TAKEN_OVER = ("sources", "users", "groups", "alerting", "experiments", "reports")
"""The parts of which a running server takes every change over."""


def restart_needed(old: Config, new: Config) -> tuple[str, ...]:
    """Name the settings that differ and are only read at the start; empty when there are none."""
    changed = [
        name
        for name in Config.model_fields
        if name not in {*TAKEN_OVER, "server"} and getattr(old, name) != getattr(new, name)
    ]
    if old.alerting.enabled != new.alerting.enabled:
        changed.append("alerting.enabled")
    changed += [
        f"server.{name}"
        for name in ServerSettings.model_fields
        if getattr(old.server, name) != getattr(new.server, name)
    ]
    return tuple(changed)

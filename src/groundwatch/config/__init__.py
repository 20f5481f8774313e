"""The configuration: one file, the environment for secrets, read whole or refused whole."""

from groundwatch.config.editing import add_source, remove_source
from groundwatch.config.environment import system_environment
from groundwatch.config.example import default_config_text
from groundwatch.config.experiments import changed
from groundwatch.config.loading import load
from groundwatch.config.model import Config, SourceSettings
from groundwatch.config.restarts import restart_needed
from groundwatch.config.schema import json_schema
from groundwatch.config.watching import ConfigWatcher

__all__ = [
    "Config",
    "ConfigWatcher",
    "SourceSettings",
    "add_source",
    "changed",
    "default_config_text",
    "json_schema",
    "load",
    "remove_source",
    "restart_needed",
    "system_environment",
]

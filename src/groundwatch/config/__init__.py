"""The configuration: one file, the environment for secrets, read whole or refused whole."""

from groundwatch.config.environment import system_environment
from groundwatch.config.loading import load
from groundwatch.config.model import Config, SourceSettings

__all__ = ["Config", "SourceSettings", "load", "system_environment"]

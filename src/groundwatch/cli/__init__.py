"""The command line."""

from groundwatch.cli.main import main

__all__ = ["main"]

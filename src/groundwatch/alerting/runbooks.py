"""Runbooks that come along: what an alert means, what to look at, what helps."""

import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from groundwatch.errors import NotFound

EXTRA_RUNBOOKS = ("anomaly", "channel-failing", "experiment", "no-data", "policy-refused")
"""Runbooks of alerts that no rule raises."""
PATH = "/runbooks"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BESIDE = Path(__file__).parents[3] / "docs" / "runbooks"
"""Where they lie in a checkout; a wheel brings them inside the package."""


def names() -> tuple[str, ...]:
    """Every runbook there is."""
    found = (each.name for each in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in found if name.endswith(".md")))


def text_of(name: str) -> str:
    """A runbook in Markdown; raises NotFound."""
    if name not in names():
        raise NotFound(f"there is no runbook {name[:60]!r}")
    return (_folder() / f"{name}.md").read_text(encoding="utf-8")


def address_of(runbook: str, public_url: str) -> str:
    """Where a runbook is read: an address as it is, a name as a page of ours.

    Without a public address a name stays one, for a path alone leads nowhere from a message.
    """
    if not _NAME.fullmatch(runbook) or not public_url:
        return runbook
    return f"{public_url.rstrip('/')}{PATH}/{runbook}"


@cache
def _folder() -> Traversable:
    packaged = files("groundwatch.alerting") / "runbook_texts"
    return packaged if packaged.is_dir() else _BESIDE

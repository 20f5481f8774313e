"""Programs that tests talk to."""

import os
import shutil
from typing import NoReturn

import pytest

IN_CI = os.environ.get("CI") == "true"  # noqa: TID251  the tests' own configuration


def tool(name: str, package: str) -> str:
    """Where a program is; without it the test is skipped, and fails where nothing is skipped."""
    found = shutil.which(name)
    if found is None:
        absent(f"{name}: apt-get install --no-install-recommends {package}")
    return found


def absent(message: str) -> NoReturn:
    """Something a test needs is not there: one clear line."""
    if IN_CI:
        pytest.fail(message)
    pytest.skip(message)

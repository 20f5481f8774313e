"""The one place that reads the environment."""

import os
from collections.abc import Mapping


def system_environment() -> Mapping[str, str]:
    """Return this process's environment, as a copy."""
    return dict(os.environ)

"""Plain log lines."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True, scope="session")
def plain_log() -> Iterator[None]:
    """One line an event: the ready-made renderer draws every local variable of a traceback."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()

"""Logs as one JSON object a line on standard error."""

import contextlib
import logging
import secrets
import sys
from collections.abc import MutableMapping
from typing import TextIO, cast

import structlog

from groundwatch.telemetry.settings import LogSettings
from groundwatch.telemetry.withholding import Withholding

_withholding = Withholding()


class _Lossy:
    """A stream that loses what cannot be written: a full disk must not end what wants to say so."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


class _Correlated:
    """Gives an id to lines that belong to no request: the same for a whole run of the process."""

    def __init__(self, process: str) -> None:
        self._run = f"{process}-{secrets.token_hex(4)}"

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, object]
    ) -> MutableMapping[str, object]:
        event.setdefault("correlation_id", self._run)
        return event


def configure_logs(process: str) -> None:
    """Every line is JSON with time, level, process and a correlation id; libraries' lines too.

    No text of questions or answers and no names of people, until `allow_in_logs` says otherwise.
    """
    logging.raiseExceptions = False
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _Correlated(process),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _withholding,
    ]
    stream = cast("TextIO", _Lossy(sys.stderr))
    structlog.configure(
        processors=[*steps, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    foreign = logging.StreamHandler(stream)
    foreign.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[foreign], force=True)
    structlog.contextvars.bind_contextvars(process=process)
    logging.captureWarnings(capture=True)


def allow_in_logs(settings: LogSettings) -> None:
    """Let lines hold from now on what the configuration allows."""
    _withholding.settings = settings

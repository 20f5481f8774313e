"""What is sent over OTLP of our own answers, as the configuration says."""

from collections.abc import Generator
from contextlib import contextmanager

from groundwatch.app.periodic import every
from groundwatch.config import Config, system_environment
from groundwatch.domain.clock import Clock
from groundwatch.scoring.waiting import Waiting
from groundwatch.store.events import EventStore
from groundwatch.telemetry.export.exporter import Exporter
from groundwatch.telemetry.export.exporting import Exporting
from groundwatch.telemetry.export.instruments import OPT_IN, instruments, names_of
from groundwatch.telemetry.export.measured import Measured
from groundwatch.telemetry.export.posting import Backend
from groundwatch.telemetry.export.spans import Shared
from groundwatch.telemetry.intake import OWN
from groundwatch.telemetry.prometheus.growing import Growing

_METRICS_TIMEOUT = 3.0


@contextmanager
def exported(config: Config, events: Waiting) -> Generator[Waiting]:
    """The event store as scoring sees it; what it scores is sent, where there is somewhere to."""
    settings = config.otlp_export
    if not settings.url:
        yield events
        return
    exporter = Exporter(_backend(config), Shared(texts=settings.texts, people=settings.people))
    try:
        yield Exporting(events, exporter.offer)
    finally:
        exporter.close()


@contextmanager
def metrics_exported(config: Config, events: EventStore, clock: Clock) -> Generator[None]:
    """Send the numbers of our answers again and again and once more at the end, if to anywhere.

    Their names follow `OTEL_SEMCONV_STABILITY_OPT_IN`, as those of every instrumentation do.
    """
    if not config.otlp_export.url:
        yield
        return
    names = names_of(system_environment().get(OPT_IN, ""))
    growing = Growing(events, clock)
    backend = _backend(config, _METRICS_TIMEOUT)
    measured = Measured(growing, instruments(names, OWN), backend, clock)
    with every(config.otlp_export.interval, measured.send):
        yield


def _backend(config: Config, timeout: float = 10.0) -> Backend:
    settings = config.otlp_export
    headers = {"Authorization": settings.authorization} if settings.authorization else {}
    return Backend(settings.url, headers, timeout)

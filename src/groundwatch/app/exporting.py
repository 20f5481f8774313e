"""What is sent over OTLP of our own answers, as the configuration says."""

from collections.abc import Generator
from contextlib import contextmanager

from groundwatch.config import Config
from groundwatch.scoring.waiting import Waiting
from groundwatch.telemetry.export.exporter import Backend, Exporter
from groundwatch.telemetry.export.exporting import Exporting
from groundwatch.telemetry.export.spans import Shared


@contextmanager
def exported(config: Config, events: Waiting) -> Generator[Waiting]:
    """The event store as scoring sees it; what it scores is sent, where there is somewhere to."""
    settings = config.otlp_export
    if not settings.url:
        yield events
        return
    headers = {"Authorization": settings.authorization} if settings.authorization else {}
    exporter = Exporter(
        Backend(settings.url, headers), Shared(texts=settings.texts, people=settings.people)
    )
    try:
        yield Exporting(events, exporter.offer)
    finally:
        exporter.close()

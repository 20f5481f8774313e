"""Telemetry over HTTP, assembled: what is handed in, and who sees what was recorded."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta

from groundwatch.app.ground import Ground
from groundwatch.app.periodic import every
from groundwatch.config import Config
from groundwatch.domain.interactions import Interaction
from groundwatch.retrieval.library import Library
from groundwatch.serving.telemetry import Telemetry
from groundwatch.store.events import Entry, EventStore
from groundwatch.telemetry.intake import Intake, IntakeRules
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.prometheus.exposition import Exposition
from groundwatch.telemetry.reading import InteractionBook
from groundwatch.telemetry.recorder import Recorder
from groundwatch.telemetry.sampling import Sampling

_COUNTS_SECONDS = 1.0


@contextmanager
def open_telemetry(
    ground: Ground,
    events: EventStore,
    sampling: Sampling,
    recorder: Recorder,
    exposition: Exposition,
) -> Generator[Telemetry]:
    """What HTTP needs to take telemetry in and give it out, until the block ends.

    Args:
        ground: the open data folder.
        events: where all of it is kept.
        sampling: which interactions are kept whole.
        recorder: of our own interactions.
        exposition: what Prometheus reads.
    """
    config: Config = ground.config
    counts = IntakeCounts(events.add_points, ground.clock)
    keep = timedelta(days=config.metrics_collection.retention_days)
    library = Library(ground.database, ground.index)
    with every(_COUNTS_SECONDS, counts.flush):
        yield Telemetry(
            intake=Intake(events, counts, IntakeRules(keep, _entries(sampling)), ground.clock),
            interactions=InteractionBook(events, library.readable, recorder.flush),
            events=events,
            latency=config.latency_thresholds,
            exposition=exposition.text,
        )


def _entries(sampling: Sampling) -> Callable[[Interaction], Entry]:
    def entry(one: Interaction) -> Entry:
        decided = sampling.decide(one)
        return Entry(one, weight=decided.weight, kept=decided.keep)

    return entry

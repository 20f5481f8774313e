"""What piles up and what grows old in the store, tended now and then by the worker."""

from datetime import timedelta

from groundwatch.domain.clock import Clock
from groundwatch.indexing.intake import Intake
from groundwatch.store import changes, jobs, ledger, values, vectors
from groundwatch.store.database import Database

TRACKING_KEPT = 10_000
CHANGES_KEPT = 100_000
"""An index that lies further back is built anew."""

JOBS_KEPT = timedelta(days=30)
SPARES_KEPT = timedelta(minutes=5)
"""How long a rename may take from its deletion to its creation without embedding again."""

_PIPELINE = "pipeline"


def tidy(database: Database, clock: Clock) -> None:
    """Forget what nobody will ask for any more."""
    now = clock()
    with database.write() as connection:
        ledger.trim_tracking(connection, TRACKING_KEPT)
        changes.trim(connection, changes.latest(connection) - CHANGES_KEPT)
        jobs.forget(connection, now - JOBS_KEPT)
        vectors.forget_spare(connection, now - SPARES_KEPT)


def make_again(database: Database, intake: Intake, pipeline: str) -> bool:
    """Have every document made again when another pipeline made them; whether that was so.

    Their vectors are recalled where the text of a chunk stays the same.
    """
    with database.read() as connection:
        known = values.get(connection, _PIPELINE)
    if known == pipeline:
        return False
    if known is not None:
        intake.make_again()
    with database.write() as connection:
        values.put(connection, _PIPELINE, pipeline)
    return known is not None

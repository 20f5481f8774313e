"""The judge of the watch, where the configuration wants one."""

from collections.abc import Generator
from contextlib import contextmanager

from groundwatch.app.periodic import every
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.models.select import open_llm
from groundwatch.scoring.judge.budget import Budget
from groundwatch.scoring.judge.judge import Judge, Scored
from groundwatch.scoring.judge.offering import Offering
from groundwatch.scoring.waiting import Waiting
from groundwatch.store import values
from groundwatch.store.database import Database

JUDGE_SECONDS = 2.0
_SPENT = "judge:spent"


@contextmanager
def judged(
    config: Config, database: Database, waiting: Waiting, events: Scored, clock: Clock
) -> Generator[Waiting]:
    """The event store as scoring sees it; doubtful answers are judged meanwhile, if so configured.

    Args:
        config: the configuration in force.
        database: where the budget is kept.
        waiting: gives what is to be scored and takes scores.
        events: where verdicts are kept.
        clock: the time.
    """
    settings = config.judge
    if not settings.enabled or config.llm is None:
        yield waiting
        return

    def load() -> str | None:
        with database.read() as connection:
            return values.get(connection, _SPENT)

    def save(text: str) -> None:
        with database.write() as connection:
            values.put(connection, _SPENT, text)

    budget = Budget(settings.calls_per_hour, settings.dollars_per_day, clock, load, save)
    judge = Judge(open_llm(config.llm), events, settings, budget, clock)
    with every(JUDGE_SECONDS, judge.work):
        try:
            yield Offering(waiting, judge.offer)
        finally:
            judge.close()

"""Interactions for tests of scorers."""

from dataclasses import replace
from datetime import UTC, datetime

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.domain.status import Severity

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

HARBOUR = (
    "The harbour of Lindholm opened in 1962. It has 240 berths for yachts and two cranes that "
    "lift up to 40 tonnes. The harbour master is Karin Lund.",
    "Guests pay EUR 25 a night. Payment is due before noon on the day of departure. Dogs are not "
    "allowed on the northern pier.",
    "The ferry to Skagen leaves every two hours from April to October. In winter there is no "
    "ferry.",
)


def interaction(
    response: str, query: str = "What about the harbour?", passages: tuple[str, ...] = HARBOUR
) -> Interaction:
    return Interaction(
        id="i1",
        application="app",
        started_at=NOW,
        duration=1.0,
        outcome=Outcome.ANSWERED,
        severity=Severity.INFO,
        query=query,
        response=response,
        passages=tuple(RetrievedPassage(rank, text) for rank, text in enumerate(passages, 1)),
    )


def cited(one: Interaction, *ranks: int) -> Interaction:
    return replace(
        one, passages=tuple(replace(each, cited=each.rank in ranks) for each in one.passages)
    )

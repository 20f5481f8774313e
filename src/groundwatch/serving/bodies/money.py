"""Where money could be saved, and what is left of a month's, as HTTP shows them."""

from datetime import datetime

from pydantic import Field

from groundwatch.analytics.cost import Budget, Saving
from groundwatch.serving.bodies.body import Body


class SavingBody(Body):
    """Where the same quality would have cost less: another model answered as well, for less."""

    application: str
    model: str
    other: str = Field(description="The cheaper model.")
    saved: float = Field(description="US dollars in this window, had the other one answered.")
    quality: float
    other_quality: float = Field(description="Within .02 of `quality`, or better.")
    answers: int

    @classmethod
    def of(cls, found: Saving) -> "SavingBody":
        return cls(
            application=found.application,
            model=found.model,
            other=found.other,
            saved=found.saved,
            quality=found.quality,
            other_quality=found.other_quality,
            answers=found.answers,
        )


class BudgetBody(Body):
    """The month's limit in US dollars against what is spent, in UTC."""

    limit: float
    spent: float
    left: float
    projected: float | None = Field(
        description="At the month's end, at the rate of the last seven days; null before a week."
    )
    month: datetime

    @classmethod
    def of(cls, found: Budget) -> "BudgetBody":
        return cls(
            limit=found.limit,
            spent=found.spent,
            left=found.limit - found.spent,
            projected=found.projected,
            month=found.month,
        )

"""What goes on right now, as HTTP shows it: the parts that are also live."""

from pydantic import Field

from groundwatch.serving.bodies.body import Body


class PresentPerformanceBody(Body):
    """Answers of the last five minutes; statistics of nothing are null."""

    window_seconds: float = Field(description="That the rates are taken over.")
    queries: int
    queries_per_minute: float
    success_rate: float | None
    error_rate: float | None
    average_response_time: float | None
    p95_response_time: float | None
    active_models: int
    tokens_per_minute: float
    cost_per_hour: float | None = Field(description="US dollars, at the rate of the window.")


class PresentQualityBody(Body):
    """Scores of the last hour."""

    window_seconds: float
    overall: float | None
    dimensions: dict[str, float]
    coverage: float | None = Field(description="Scored answers of those asked.")
    backlog: int = Field(description="Answers that wait for scores.")


class PresentUsageBody(Body):
    """Who asked in the last hour."""

    window_seconds: float
    queries: int
    active_users: int
    sessions: int


class PresentTrendBody(Body):
    """The last hour beside the hour before it."""

    now: float | None
    before: float | None


class PresentBusinessBody(Body):
    """The last hour's money in US dollars, and what people thought, 0 to 1."""

    window_seconds: float
    cost: float | None
    cost_per_query: float | None
    satisfaction: float | None

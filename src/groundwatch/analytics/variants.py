"""What came of interactions by the variant of an experiment that answered them."""

from collections.abc import Mapping
from dataclasses import dataclass

from groundwatch.analytics import tallies
from groundwatch.analytics.tallies import NOTHING, Cells, Tally
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric

VARIANT = "variant"


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant over a window; told as it was, without a verdict.

    Attributes:
        variant: `EXPERIMENT=VARIANT`.
        error_share, declined_share: of its questions.
        p95: seconds.
        quality: mean of `scored` answers; None where none is scored.
        cost: US dollars a question that has a price.
        satisfaction: 0 to 1; None where nobody said anything.
    """

    variant: str
    requests: int
    error_share: float
    declined_share: float
    p95: float | None
    quality: float | None
    scored: int
    cost: float | None
    satisfaction: float | None


def by_variant(source: Cells, window: Window) -> tuple[VariantRow, ...]:
    """Every variant that was seen, experiment by experiment."""

    def split(metric: Metric) -> Mapping[str, Tally]:
        return tallies.by_label(source, metric, window, VARIANT)

    asked, failed, declined = (
        split(each) for each in (metrics.REQUESTS, metrics.ERRORS, metrics.DECLINED)
    )
    latency, quality, cost, said = (
        split(each) for each in (metrics.LATENCY, metrics.OVERALL, metrics.COST, metrics.FEEDBACK)
    )
    return tuple(
        VariantRow(
            label,
            tally.count,
            failed.get(label, NOTHING).count / tally.count,
            declined.get(label, NOTHING).count / tally.count,
            latency.get(label, NOTHING).quantile(0.95),
            quality.get(label, NOTHING).mean,
            quality.get(label, NOTHING).count,
            cost.get(label, NOTHING).mean,
            said.get(label, NOTHING).mean,
        )
        for label, tally in sorted(asked.items())
        if tally.count
    )

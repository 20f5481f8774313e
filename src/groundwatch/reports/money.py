"""What answers cost, and what of it buys a good answer."""

from groundwatch.analytics import tallies
from groundwatch.analytics.compared import Compared
from groundwatch.analytics.cost import NO_COST, Cost, CostRow, cost
from groundwatch.analytics.series import Series
from groundwatch.analytics.tallies import Tally
from groundwatch.analytics.trend import trend_of
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics
from groundwatch.reports.figures import figure, line_chart
from groundwatch.reports.report import Column, Figure, Row, Section, Table, cut
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import amount, chance

_MOST = 8
_PATH = "/cost"


def spent(reading: Reading) -> Section:
    """Money by model and group, where the same quality costs less, and cost efficiency."""
    seen = cost(reading.cells, reading.span.window)
    drawn = efficiency_series(reading)
    chart = line_chart(
        reading, "efficiency", "Cost of an answer that is good enough", (("cost", drawn),), _PATH
    )
    return Section(
        "cost",
        "Cost",
        tuple(_said(seen, drawn)),
        _figures(reading, seen),
        (chart,),
        (
            _rows(reading, "cost_models", "Cost by model", "Model", seen.models),
            _rows(reading, "cost_groups", "Cost by group", "Group", seen.groups),
        ),
    )


def efficiency(reading: Reading) -> Compared:
    """US dollars for an answer whose quality reaches the threshold."""
    limit = reading.judged.thresholds.quality
    window = reading.span.window
    return Compared(
        _efficiency_of(reading, window, limit),
        _efficiency_of(reading, window.before(), limit),
        _no_efficiency(reading),
    )


def efficiency_figure(reading: Reading) -> Figure:
    """The cost of a good answer beside the span before."""
    limit = reading.judged.thresholds.quality
    return figure(
        reading, "cost_efficiency", "Cost of a good answer", "USD", "worse",
        efficiency(reading), _PATH, note=f"of quality {limit:g} or more",
    )  # fmt: skip


def efficiency_series(reading: Reading) -> Series:
    """The cost of a good answer, step by step."""
    window, limit = reading.span.window, reading.judged.thresholds.quality
    money = tallies.by_bucket(reading.cells, metrics.COST, window)
    scores = tallies.by_bucket(reading.cells, metrics.OVERALL, window)
    at = tuple(window.buckets())
    values = tuple(
        _each(money.get(each, tallies.NOTHING), scores.get(each, tallies.NOTHING), limit)
        for each in at
    )
    counts = tuple(scores[each].count if each in scores else 0 for each in at)
    return Series("cost of a good answer", "USD", at, values, counts)


def _efficiency_of(reading: Reading, window: Window, limit: float) -> float | None:
    money = tallies.total(reading.cells, metrics.COST, window)
    return _each(money, tallies.total(reading.cells, metrics.OVERALL, window), limit)


def _each(money: Tally, scores: Tally, limit: float) -> float | None:
    """Mean cost of an answer over the share of answers that are good."""
    below = scores.share_below(limit)
    if money.mean is None or below is None or below >= 1:
        return None
    return money.mean / (1 - below)


def _no_efficiency(reading: Reading) -> str:
    window = reading.span.window
    if not tallies.total(reading.cells, metrics.COST, window).count:
        return NO_COST
    scores = tallies.total(reading.cells, metrics.OVERALL, window)
    if not scores.count:
        return "no answer of this span has been scored yet"
    below = scores.share_below(reading.judged.thresholds.quality)
    return "no answer of this span was good enough" if below is not None and below >= 1 else ""


def _figures(reading: Reading, seen: Cost) -> tuple[Figure, ...]:
    priced = "" if seen.priced_share is None else f"{amount(seen.priced_share, 'ratio')} priced"
    return (
        figure(reading, "cost_total", "Spent", "USD", "worse", seen.total, _PATH, note=priced),
        figure(reading, "per_query", "A question", "USD", "worse", seen.per_query, _PATH),
        efficiency_figure(reading),
        figure(reading, "input_tokens", "Tokens read", "tokens", "neutral", seen.input_tokens,
               _PATH),
        figure(reading, "output_tokens", "Tokens written", "tokens", "neutral",
               seen.output_tokens, _PATH),
    )  # fmt: skip


def _said(seen: Cost, drawn: Series) -> list[str]:
    said = []
    trend = trend_of(drawn.at, drawn.values)
    if trend.direction == "unknown":
        said.append(f"No trend of the cost of a good answer can be told: {trend.method}.")
    elif trend.direction == "steady":
        said.append(f"The cost of a good answer neither rises nor falls ({trend.method}).")
    else:
        slope = amount(abs(trend.per_day or 0.0), "USD")
        said.append(f"The cost of a good answer is {trend.direction} by {slope} a day "
                    f"({trend.method}, p {chance(trend.p)}).")  # fmt: skip
    said += [
        f"{each.other} gave the same quality as {each.model} ({each.other_quality:.2f} against "
        f"{each.quality:.2f}) and would have saved {amount(each.saved, 'USD')}."
        for each in seen.savings
    ]
    return said


def _rows(
    reading: Reading, name: str, title: str, heading: str, found: tuple[CostRow, ...]
) -> Table:
    compares = reading.span.window.is_comparable
    rows, left = cut(
        [
            Row(
                (
                    each.label or "none",
                    each.cost,
                    each.before if compares else None,
                    each.requests,
                    each.per_query,
                ),
                reading.span.link(_PATH),
            )
            for each in found
        ],
        _MOST,
    )
    columns = (
        Column(heading),
        Column("Cost", "USD"),
        Column("Before", "USD"),
        Column("Questions", "1"),
        Column("Each", "USD"),
    )
    return Table(name, title, columns, rows, "No question of the span names one.", left)

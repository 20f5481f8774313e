"""What answers are worth, from assumptions that stand beside every number."""

from groundwatch.analytics.business import business
from groundwatch.reports.figures import figure
from groundwatch.reports.report import Figure, Section
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import plural

_PATH = "/cost"


def impact(reading: Reading) -> Section:
    """Hours and money; without an assumption there is a reason instead of a number."""
    seen = business(reading.cells, reading.span.window, reading.judged.assumptions)
    assumed = ", ".join(seen.assumptions)
    says = (
        f"Rests on what was declared: {assumed}."
        if assumed
        else "Nothing was declared under "
        "`business` in the configuration, so answers have no worth in hours or money.",
        f"Only answered questions count: {plural(seen.answered, 'question')}.",
    )
    figures: tuple[Figure, ...] = (
        figure(reading, "hours_saved", "Hours saved", "h", "better", seen.hours_saved, _PATH,
               note=assumed),
        figure(reading, "value_saved", "Worth of the time saved", "USD", "better",
               seen.value_saved, _PATH, note=assumed),
        figure(reading, "revenue", "Revenue", "USD", "better", seen.revenue, _PATH,
               note="" if seen.revenue.reason else assumed),
    )  # fmt: skip
    return Section("business", "Business impact", says, figures)

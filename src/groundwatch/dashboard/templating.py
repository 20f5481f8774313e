"""Templates; everything put into one is escaped."""

from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from groundwatch.dashboard import formatting, table
from groundwatch.domain.documents import Passage

_SNIPPET = 160


def render(template: str, values: dict[str, object]) -> str:
    """Fill a template; a value that is missing is an error."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("groundwatch.dashboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "ago": formatting.ago,
        "count": formatting.count,
        "plural": formatting.plural,
        "principal": formatting.principal,
        "snippet": _snippet,
        "span": formatting.span,
        "until": formatting.until,
        "iso": datetime.isoformat,
        "measured": formatting.measured,
        "moment": formatting.moment,
        "percent": formatting.percent,
        "compact": formatting.compact,
        "delta": table.delta,
    }
    return environment


def _snippet(passage: Passage) -> str:
    """The beginning of a passage, without the headings that stand beside it already."""
    lines = passage.text.split("\n")
    said = {passage.document.title, *passage.heading.split(" > ")}
    while len(lines) > 1 and lines[0].lstrip("# ").strip() in {*said, ""}:
        del lines[0]
    text = " ".join(" ".join(lines).split())
    return text if len(text) <= _SNIPPET else text[:_SNIPPET].rsplit(" ", 1)[0] + " …"

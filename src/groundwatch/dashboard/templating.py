"""Templates; everything put into one is escaped."""

from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from groundwatch.dashboard import formatting


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
        "span": formatting.span,
        "until": formatting.until,
        "iso": datetime.isoformat,
    }
    return environment

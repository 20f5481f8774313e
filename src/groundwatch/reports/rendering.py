"""Templates: ours, and those of a folder that replace them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from groundwatch.errors import Unusable
from groundwatch.reports.charts import Chart
from groundwatch.reports.draw import drawn
from groundwatch.reports.report import Report
from groundwatch.reports.sample import sample
from groundwatch.reports.svg import svg
from groundwatch.reports.words import amount, change

TEMPLATES = ("report.html", "subject.txt")
_LONGEST_SUBJECT = 200
_LOADS = re.compile(
    r"""<(?:script|link|iframe|object|embed|base)\b
    |\b(?:src|srcset|background|poster|data)\s*=\s*["']?(?!cid:|data:)[^\s"'>]
    |@import|url\(\s*["']?(?!data:)
    |<meta[^>]+http-equiv""",
    re.IGNORECASE | re.VERBOSE,
)

Show = Callable[[Chart], str]
"""A chart as HTML."""


@dataclass(frozen=True, slots=True)
class Look:
    """How reports look.

    Attributes:
        templates: folder of templates that replace ours; None for ours.
        public_url: where people reach the pages; without it nothing is linked.
    """

    templates: Path | None = None
    public_url: str = ""


def html(report: Report, look: Look, show: Show | None = None) -> str:
    """A report as one HTML document with inline styles, which loads nothing.

    Raises:
        Unusable: a template of the folder fails.
    """
    return _rendered("report.html", report, look, show or as_svg)


def subject(report: Report, look: Look) -> str:
    """The subject of its mail, one line."""
    told = " ".join(_rendered("subject.txt", report, look, as_svg).split())
    return told[:_LONGEST_SUBJECT]


def as_svg(chart: Chart) -> str:
    """A chart inside the document; its reason where there is nothing to draw."""
    drawing = drawn(chart)
    if drawing is None:
        return f'<p style="margin:0;color:#5b6676">Not drawn: {escape(chart.says)}.</p>'
    return svg(drawing)


def problems(folder: Path) -> Iterator[str]:
    """What is wrong with a folder of templates; each is tried on a made-up report."""
    if not folder.is_dir():
        yield f"{folder} is no folder; create it or leave `templates` out"
        return
    found = sorted(each.name for each in folder.iterdir() if each.is_file())
    if not set(found) & set(TEMPLATES):
        yield f"{folder} holds none of {', '.join(TEMPLATES)}"
    for name in found:
        if name in TEMPLATES:
            yield from _tried(name, folder)
        elif name.endswith((".html", ".txt")):
            yield f"{name} is no template of reports; there are {', '.join(TEMPLATES)}"


def _tried(name: str, folder: Path) -> Iterator[str]:
    try:
        made = _rendered(name, sample(), Look(folder, "https://groundwatch.example"), as_svg)
    except Unusable as error:
        yield str(error)
        return
    loaded = _LOADS.search(made) if name.endswith(".html") else None
    if loaded is not None:
        yield f"{name} would load something: {loaded.group()[:60]!r}; reports load nothing"
    if not made.strip():
        yield f"{name} renders to nothing"


def _rendered(name: str, report: Report, look: Look, show: Show) -> str:
    base = look.public_url.rstrip("/")

    def page(link: str) -> str:
        return f"{base}{link}" if base and link else ""

    def chart(each: Chart) -> Markup:
        return Markup(show(each))  # noqa: S704  made by us, escaped where it holds text

    try:
        template = _environment(look.templates).get_template(name)
        return template.render(report=report, page=page, chart=chart, amount=amount, change=change)
    except TemplateSyntaxError as error:
        message = f"the template {name} cannot be read: line {error.lineno}: {error.message}"
        raise Unusable(message) from error
    except UnicodeDecodeError as error:
        raise Unusable(f"the template {name} is no text in UTF-8") from error
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
            RecursionError) as error:  # fmt: skip
        raise Unusable(f"the template {name} fails: {str(error)[:200]}") from error


def _is_html(name: str | None) -> bool:
    return not (name or "").endswith(".txt")


@lru_cache(maxsize=8)
def _environment(folder: Path | None) -> ImmutableSandboxedEnvironment:
    ours = PackageLoader("groundwatch.reports")
    loader = ours if folder is None else ChoiceLoader([FileSystemLoader(folder), ours])
    return ImmutableSandboxedEnvironment(
        loader=loader, autoescape=_is_html, undefined=StrictUndefined
    )

"""Words and colours."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.dashboard.alarm import SLOW
from tests.reports.made import incident

from groundwatch.dashboard import formatting
from groundwatch.domain.status import Severity
from groundwatch.serving.sign_in_pages import tokens

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0824, "82 ms"),
        (1.44, "1.4 s"),
        (59.4, "59 s"),
        (240, "4 min"),
        (3 * 3600, "3 h"),
        (3 * 86_400, "3 d"),
        (800 * 86_400, "2 y"),
    ],
)
def test_spans_read_in_their_largest_unit(seconds, words):
    assert formatting.span(seconds).replace("\u202f", " ") == words


def test_moments_read_from_now():
    assert formatting.ago(None, NOW) == "never"
    assert formatting.ago(NOW + timedelta(seconds=2), NOW) == "just now"
    assert formatting.ago(NOW - timedelta(minutes=4), NOW) == "4\u202fmin ago"
    assert formatting.until(NOW + timedelta(minutes=5), NOW) == "in 5\u202fmin"
    assert formatting.until(NOW, NOW) == "now"


def test_counts_and_principals_read_as_words():
    assert formatting.count(1284) == "1\u202f284"
    assert formatting.plural(1, "source") == "1 source"
    assert formatting.plural(2, "source") == "2 sources"
    assert formatting.principal("everyone", "anna") == "everyone who is signed in"
    assert formatting.principal("user:anna", "anna") == "you"
    assert formatting.principal("user:ben", "anna") == "ben"
    assert formatting.principal("group:hr", "anna") == "group hr"


def themes() -> list[dict[str, str]]:
    dark, light = re.split(r"@media", tokens())
    found = [dict(re.findall(r"--([\w-]+): (#\w{6});", each)) for each in (dark, light)]
    return [found[0], found[0] | found[1]]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", themes(), ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["background", "surface", "raised"])
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "good", "warn", "bad"])
def test_every_text_can_be_read(theme, ground, ink):
    bright, dim = sorted((luminance(theme[ink]), luminance(theme[ground])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_serving_does_without_the_pages():
    import subprocess
    import sys

    code = (
        "import sys; from groundwatch.serving.api import create_api; "
        "print([name for name in ('nicegui', 'mcp', 'jinja2.ext') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_open_incidents_are_one_sentence():
    from groundwatch.dashboard.overview import alarm, verdict_beside

    found = [incident(1, NOW, Severity.LOW, None), incident(2, NOW, Severity.CRITICAL, None)]
    assert alarm(found) == "2 incidents are open, the worst critical; 2 with nobody on it."
    taken = incident(3, NOW, Severity.HIGH, 5)
    assert alarm([taken]) == "1 incident is open, the worst high; somebody is on each."
    assert not alarm([])
    assert verdict_beside("Healthy. Cost fell.", found) == "Cost fell."
    assert verdict_beside("Healthy. Cost fell.", found[:1]) == "Healthy. Cost fell."


def test_a_broken_promise_shows_by_how_much():
    from groundwatch.dashboard.levels import exact

    assert exact(0.9876, "ratio") == "98.76\u202f%"
    assert exact(0.99, "ratio") == "99\u202f%"
    assert exact(None, "ratio") == formatting.NOTHING
    assert exact(2.5, "s") == "2.50\u202fs"


def test_what_is_usual_reads_as_one_value_where_it_is_one():
    from groundwatch.dashboard.anomalies import usual

    def said(metric, low, high):
        return usual(replace(SLOW, metric=metric, expected=(low, high))).replace("\u202f", " ")

    assert said("latency", 0.9, 3.2) == "900 ms to 3.20 s"
    assert said("quality.safety", 0.998, 1.0) == "1.00"
    assert said("flagged", 0.0, 0.004) == "0"
    assert usual(replace(SLOW, expected=None)) == formatting.NOTHING


def test_a_range_without_bounds_does_not_flatten_a_forecast():
    from groundwatch.dashboard.forecasting import axis_end

    assert axis_end([2.0, None, 3.0], (4.0, 5.0)) is None
    assert axis_end([2.0, None, 3.0], (4.0, 31.0)) == 6.0
    assert axis_end([0.0], (0.0,)) is None

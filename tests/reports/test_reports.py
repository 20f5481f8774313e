"""Reports of the real event store: the numbers are those of the rows, and gaps are told."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.reports.made import NOW, Incidents, desk, fill, incident

from groundwatch.domain.status import Severity
from groundwatch.errors import InvalidInput
from groundwatch.reports.charts import LineChart
from groundwatch.reports.report import Figure, Report, Section
from groundwatch.reports.spans import Kind

pytestmark = pytest.mark.integration
TUESDAY = datetime(2026, 3, 3, tzinfo=UTC)


def figures(made: Report) -> dict[str, Figure]:
    return {each.name: each for each in made.figures()}


def sections(made: Report) -> dict[str, Section]:
    return {each.name: each for each in made.sections}


def test_a_day_is_told_beside_the_day_before(events, database):
    fill(events, TUESDAY - timedelta(days=1), TUESDAY, minutes=60)
    fill(events, TUESDAY, TUESDAY + timedelta(days=1), minutes=30)
    found = Incidents(
        incident(1, TUESDAY + timedelta(hours=3), Severity.CRITICAL, 40),
        incident(2, TUESDAY - timedelta(hours=3), Severity.LOW, None),
    )
    made = desk(events, database, incidents=found).make(Kind.DAILY)
    told = figures(made)
    assert made.span.date == date(2026, 3, 3)
    assert (told["requests"].value, told["requests"].before) == (48, 24)
    assert told["requests"].change == pytest.approx(1.0)
    assert told["error_rate"].value == pytest.approx(5 / 48)
    assert told["active_users"].value == 3
    assert told["incidents"].value == 1
    assert told["time_to_acknowledge"].value == 300
    assert told["still_open"].value == 1
    assert all(each.link.startswith("/") for each in made.figures())
    names = ["summary", "performance", "quality", "usage", "alerts", "recommendations"]
    assert [each.name for each in made.sections] == names
    charts = {chart.name: chart for each in made.sections for chart in each.charts}
    assert set(charts) == {"latency", "quality", "heatmap"}
    assert not any(chart.is_empty for chart in charts.values())
    latency = charts["latency"]
    assert isinstance(latency, LineChart)
    assert latency.marks[0].text == "incident 1"
    assert made.notes == ()


def test_what_is_not_known_is_said(events, database):
    nothing = desk(events, database).make(Kind.DAILY)
    assert nothing.verdict == "No question was asked: there is nothing to report."
    assert "not observed" in nothing.notes[0]
    silent = [e for e in nothing.figures() if e.value is None and not e.reason]
    assert silent == []
    assert all(e.before is None for e in nothing.figures())
    assert all(t.rows or t.empty for s in nothing.sections for t in s.tables)
    fill(events, TUESDAY, TUESDAY + timedelta(hours=5))
    few = desk(events, database).make(Kind.DAILY)
    assert any("Only 10 questions" in note for note in few.notes)
    assert [e.verdict for e in few.figures() if e.verdict] == []


def test_a_day_that_is_not_over_says_so(events, database):
    fill(events, TUESDAY, NOW)
    made = desk(events, database).make(Kind.DAILY, date(2026, 3, 4))
    assert "not over" in made.notes[0]
    assert figures(made)["requests"].value == 25
    with pytest.raises(InvalidInput, match="2026-03-05"):
        desk(events, database).make(Kind.DAILY, date(2026, 3, 5))


def test_a_week_has_every_day_and_its_trends(events, database):
    monday = datetime(2026, 2, 23, tzinfo=UTC)
    fill(events, monday, monday + timedelta(days=7), minutes=60)
    made = desk(events, database).make(Kind.WEEKLY)
    days = next(t for t in sections(made)["trends"].tables if t.name == "days")
    assert [row.cells[:2] for row in days.rows][:2] == [("Mon 23 Feb", 24.0), ("Tue 24 Feb", 24.0)]
    assert len(days.rows) == 7
    tests = next(t for t in sections(made)["trends"].tables if t.name == "tests")
    assert all(row.cells[1] for row in tests.rows)
    names = [
        "summary", "trends", "performance", "quality", "usage", "cost", "alerts", "knowledge",
        "recommendations",
    ]  # fmt: skip
    assert list(sections(made)) == names
    assert sum(float(row.cells[1] or 0) for row in days.rows) == figures(made)["requests"].value


def test_the_executive_report_shows_what_its_score_is_made_of(events, database):
    fill(events, NOW - timedelta(days=14), NOW, minutes=120)
    made = desk(events, database).executive("7d")
    told, parts = figures(made), sections(made)["health"].tables[0]
    weighted = sum(float(row.cells[1] or 0) * float(row.cells[2] or 0) for row in parts.rows)
    assert told["health_score"].value == pytest.approx(100 * weighted)
    assert told["health_score"].before is not None
    assert (told["hours_saved"].value or 0) * 55 == pytest.approx(told["value_saved"].value)
    assert "6 min saved" in told["hours_saved"].note
    assert told["sla_compliance"].value is not None
    names = [
        "health", "summary", "service_levels", "cost", "business", "outlook", "alerts",
        "knowledge", "recommendations",
    ]  # fmt: skip
    assert list(sections(made)) == names
    outlook = sections(made)["outlook"]
    assert {row.cells[0] for row in outlook.tables[0].rows} >= {"Questions", "Cost"}
    assert any(row.cells[0] == "Month's budget" for row in outlook.tables[1].rows)


def test_every_format_tells_the_same(events, database):
    fill(events, TUESDAY, TUESDAY + timedelta(days=1))
    here = desk(events, database)
    made = here.make(Kind.DAILY)
    plain = json.loads(here.rendered(made, "json").body)
    (requests,) = (f for f in plain["sections"][0]["figures"] if f["name"] == "requests")
    assert requests["value"] == 48
    rows = list(csv.DictReader(io.StringIO(here.rendered(made, "csv").body.decode("utf-8-sig"))))
    line = next(each for each in rows if each["name"] == "requests")
    assert float(line["value"]) == 48
    page = here.rendered(made, "html").body.decode()
    assert page.count("<svg") == 3
    assert 'href="https://w.example/usage?since=2026-03-03T00%3A00Z&amp;until=' in page
    file = here.rendered(made, "pdf")
    assert (file.body[:5], file.name) == (b"%PDF-", "groundwatch-daily-2026-03-03.pdf")
    assert "48" in _text(file.body)


def test_reports_are_listed_with_their_spans(events, database):
    fill(events, TUESDAY, NOW)
    found = desk(events, database).listed()
    assert [(e.kind.value, str(e.date), e.is_over) for e in found] == [
        ("weekly", "2026-03-02", False),
        ("daily", "2026-03-04", False),
        ("daily", "2026-03-03", True),
    ]


def _text(data: bytes) -> str:
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(data)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_a_report_asks_for_the_same_numbers_once(events, database):
    class Counted:
        def __init__(self):
            self.asked = []

        def cells(self, query):
            self.asked.append(query)
            return events.cells(query)

    fill(events, NOW - timedelta(days=2), NOW, minutes=240)
    cells = Counted()
    desk(events, database).through(cells).make(Kind.EXECUTIVE)
    assert len(cells.asked) == len(set(cells.asked)) > 50

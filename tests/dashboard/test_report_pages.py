"""The pages of reports and of those who decide, in a real browser."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from tests.dashboard.test_watch_pages import drawn
from tests.serving.company import NOW

from groundwatch.reports.desk import ReportDesk
from groundwatch.reports.mailing import message_of
from groundwatch.reports.report import Report
from groundwatch.reports.spans import Kind

pytestmark = pytest.mark.integration
PUBLIC = "https://watch.harbor.example"
YESTERDAY = NOW.date() - timedelta(days=1)


def links_in(made: Report, desk: ReportDesk) -> set[str]:
    """Every address of ours in a report as HTML, as a mail and on paper."""
    mail = message_of(made, desk, "watch@harbor.example", ("team@harbor.example",), NOW)
    written = "".join(
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
    )
    paper = desk.rendered(made, "pdf").body.decode("latin-1")
    found = re.findall(r'href="([^"]+)"|(https://watch\.\S+)|/URI \(([^)]+)\)', written + paper)
    told = {unescape(each) for several in found for each in several if each}
    assert all(each.startswith(PUBLIC) for each in told)
    return {each.removeprefix(PUBLIC) for each in told}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_link_of_a_report_leads_to_a_page(address, reported, kind):
    desk = reported(PUBLIC)
    made = desk.make(kind, NOW.date())
    paths = {each.split("since=")[0].rstrip("?&") for each in links_in(made, desk)}
    assert {"/usage", "/performance", "/quality", "/cost"} & paths
    assert {"/alerts?id=i1", f"/reports/{kind}/{made.span.date}"} <= paths
    cookies = {"groundwatch_session": "session-greta"}
    with httpx.Client(base_url=address, cookies=cookies) as client:
        refused = {each: client.get(each).status_code for each in sorted(paths)}
    assert {each: code for each, code in refused.items() if code != 200} == {}


def test_reports_are_listed_with_when_they_are_mailed(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/reports")
    page = tab.page
    plans = page.locator(".plan").all_inner_texts()
    assert len(plans) == 3
    assert "every day at 09:00 UTC" in plans[0]
    assert "team@harbor.example" in plans[0]
    assert "sent" in plans[0]
    assert "switched off" in plans[2]
    assert "Sent" in page.inner_text(f"tr[data-href='/reports/daily/{YESTERDAY}']")
    page.click(".segments >> text=Weekly")
    page.wait_for_url("**kind=weekly**")
    page.wait_for_selector("table.reports")
    assert set(page.locator("table.reports td:first-child").all_inner_texts()) == {"Weekly report"}
    tab.picture("reports")
    tab.check()


def test_a_report_is_made_on_demand_read_and_taken_along(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/reports")
    page = tab.page
    page.select_option("[name=make]", "weekly")
    page.fill("[name=date]", str(YESTERDAY))
    page.click("text=Make >> nth=-1")
    page.wait_for_url(f"**/reports/weekly/{YESTERDAY}")
    page.wait_for_selector(".section-title")
    page.wait_for_selector(".chart svg path", state="attached")
    titles = page.locator(".section-title").all_inner_texts()
    assert titles[0] == "Summary"
    assert "Knowledge gaps" in titles
    assert "Week 9 of 2026" in page.inner_text(".report-title")
    href = page.get_attribute(".crumbs >> text=PDF", "href")
    file = page.request.get(tab.address + href)
    assert file.body()[:5] == b"%PDF-"
    page.click(".strip a >> nth=0")
    page.wait_for_url("**since=**")
    page.go_back()
    page.wait_for_selector(".section-title")
    page.click("[data-previous]")
    page.wait_for_url("**/reports/weekly/2026-02-16")
    tab.picture("report-weekly")
    tab.check()


def test_a_report_of_nothing_says_so_and_a_wrong_name_is_no_page(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/reports/daily/2026-01-01")
    tab.page.wait_for_selector(".report-title")
    assert "No question was asked" in tab.page.inner_text(".verdict-line")
    drawn_later = "/reports/daily/2031-01-01"
    tab.open(drawn_later)
    tab.page.wait_for_selector(".notice.bad")
    assert "no day that a report can be made of" in tab.page.inner_text(".notice")
    for path in ("/reports/hourly/2026-03-01", "/reports/daily/today"):
        tab.open(path)
        assert "There is no such report" in tab.page.inner_text("main")


def test_no_report_is_for_those_who_may_not_watch(tab_of, address):
    tab = tab_of("ben")
    tab.open(f"/reports/daily/{YESTERDAY}")
    assert "watch:read" in tab.page.inner_text("main")
    assert tab.page.locator(".card, .report-title").count() == 0
    assert httpx.get(f"{address}/reports/daily/{YESTERDAY}").status_code == 401


def test_who_decides_sees_all_in_five_seconds(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/executive")
    page = tab.page
    page.wait_for_selector(".health-score")
    assert page.inner_text(".health-score .figure-value").isdigit()
    assert page.locator(".health-part").count() == 4
    titles = page.locator(".executive .figure .figure-title").all_inner_texts()
    assert titles == [
        "SLA compliance", "Satisfaction", "Cost of a good answer", "Worth of the time saved"
    ]  # fmt: skip
    assert "6 min saved by an answer, an hour costs $55" in page.inner_text(".executive")
    heads = page.locator(".list-card h2").all_inner_texts()
    assert heads == ["What to do", "What is to come", "Incidents", "Knowledge gaps"]
    assert "incident 1" in page.inner_text(".cards.two")
    page.click(".segments >> text=30 d")
    page.wait_for_url("**period=30d**")
    page.wait_for_selector(".health-score")
    assert "was not observed from its beginning" in page.inner_text(".report-note")
    file = page.request.get(tab.address + (page.get_attribute("text=As PDF", "href") or ""))
    assert file.body()[:5] == b"%PDF-"
    tab.check()


@pytest.mark.parametrize("path", ["/service-levels", "/forecast", "/executive", "/reports"])
def test_a_span_is_offered_only_where_it_is_heeded(tab_of, path):
    tab = tab_of("greta")
    drawn(tab, path)
    assert tab.page.locator("[aria-label='Time range']").count() == 0
    assert tab.page.locator("[aria-label='Group']").count() == 0
    drawn(tab, "/overview")
    assert tab.page.locator("[aria-label='Time range']").count() == 1

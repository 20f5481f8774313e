"""The pages of the alarm, with incidents and findings, in a real browser."""

import pytest
from tests.dashboard.test_watch_pages import drawn
from tests.serving.company import READER, identity

from groundwatch.alerting.desk import Desk

pytestmark = pytest.mark.integration
ONCALL = identity("nina", READER | {"watch:read", "alerts:write"}, "staff")


@pytest.fixture
def nina(shared, tab_of):
    shared.authentication.people["nina"] = ONCALL
    return lambda size=(1280, 800): tab_of("nina", size)


def test_an_anomaly_is_shown_with_its_band_cause_and_change(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/anomalies")
    page = tab.page
    assert "1 anomaly lasts" in page.inner_text(".verdict-line")
    assert page.locator("tbody tr").count() == 2
    assert "latency" in page.inner_text("tbody tr >> nth=0")
    page.click("text=Only what lasts")
    page.wait_for_url("**lasting=1**")
    page.wait_for_function("document.querySelectorAll('tbody tr').length === 1")
    page.click("tbody tr a >> nth=0")
    page.wait_for_url("**id=slow**")
    page.wait_for_selector(".chart svg path", state="attached")
    assert "gpt-4.1 accounts for 92%" in page.inner_text(".verdict-line")
    assert "<b>out</b>" in page.inner_text("main"), "as text"
    link = page.get_attribute("text=Its interactions", "href") or ""
    assert "app=support-bot" in link
    assert "model=gpt-4.1" in link
    page.goto(tab.address + link)
    page.wait_for_selector("table.interactions")
    page.go_back()
    page.wait_for_selector(".chart svg path", state="attached")
    tab.picture("alarm-anomaly")
    tab.check()


def test_an_anomaly_that_is_gone_says_so(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/anomalies?id=nothing")
    assert "not kept any more" in tab.page.inner_text("main")


def test_budgets_burn_rates_and_forecasts_are_shown(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/service-levels")
    page = tab.page
    page.click(".burns summary >> nth=0")
    assert page.locator(".burns[open] tbody tr").count() >= 3
    assert "not known" not in page.inner_text(".verdict-line").lower()
    tab.picture("alarm-levels")
    drawn(tab, "/forecast")
    page.wait_for_selector(".chart svg path", state="attached")
    page.click("text=30 days ahead")
    page.wait_for_url("**days=30**")
    page.wait_for_selector(".panel-card")
    tab.picture("alarm-forecast")
    tab.check()


def test_incidents_are_listed_the_worst_first_and_opened(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/alerts")
    page = tab.page
    assert "2 incidents are open, 2 with nobody on it" in page.inner_text(".verdict-line")
    assert "critical" in page.inner_text("tbody tr >> nth=0").lower()
    tab.picture("alarm-incidents")
    page.click("tbody tr:has-text('high_latency') a")
    page.wait_for_selector(".asked")
    text = page.inner_text("main")
    assert "<b>6 s</b>" in text, "as text"
    assert "gpt-4.1 accounts for 92%" in text, "an anomaly beside it is a likely cause"
    assert "nobody has it" in text
    assert page.locator("[data-emit=alert-act]").count() == 0, "who may not act sees no buttons"
    tab.picture("alarm-incident")
    tab.check()


@pytest.mark.parametrize("tab_name", ["rules", "routes", "silences"])
def test_rules_routes_and_silences_have_tabs(tab_of, size, tab_name):
    tab = tab_of("greta", size)
    drawn(tab, f"/alerts?tab={tab_name}")
    tab.page.wait_for_selector(".card")
    tab.picture(f"alarm-{tab_name}")
    if tab_name == "rules":
        assert "high_error_rate" in tab.page.inner_text("main")
    if tab_name == "routes":
        tab.page.fill("[name=labels]", "alertname=x severity=critical")
        tab.page.click("text=Try")
        tab.page.wait_for_selector(".way")
        assert tab.page.inner_text(".way").startswith("on-call")
        drawn(tab, "/alerts?tab=routes&labels=nonsense")
        assert "is no label" in tab.page.inner_text("main")
    tab.check()


def test_who_may_act_acknowledges_notes_silences_and_resolves(nina, alarmed: tuple[object, Desk]):
    desk = alarmed[1]
    incident = next(each for each in desk.page() if "availability_sla" in each.title)
    tab = nina((390, 844))
    drawn(tab, f"/alerts?id={incident.id}")
    page = tab.page
    tab.picture("alarm-actions")
    tab.check()
    page.click("text=Acknowledge")
    page.wait_for_selector("text=You have it in hand.")
    page.wait_for_selector("text=Give back")
    assert desk.case(incident.id).incident.acknowledged_by == "nina"
    page.fill("form[data-act=comment] input", "The <i>database</i> is down")
    page.click("form[data-act=comment] button")
    page.wait_for_selector("text=Noted.")
    assert "The <i>database</i> is down" in page.inner_text("main")
    page.fill("form[data-act=silence] input", "maintenance")
    page.click("form[data-act=silence] button")
    page.wait_for_selector("text=Silenced for 1 h")
    (silence,) = desk.silences()
    assert (silence.created_by, silence.comment) == ("nina", "maintenance")
    page.click("text=Give back")
    page.wait_for_selector("text=Given back.")
    page.click("[data-act=resolve]")
    page.wait_for_selector("text=Its alerts are ended")
    assert not any(a.fires(desk.now) for a in desk.case(incident.id).alerts)
    drawn(tab, "/alerts?tab=silences")
    tab.picture("alarm-silenced")
    page.click("[data-act=expire]")
    page.wait_for_selector("text=The silence has ended.")


def test_a_right_that_was_taken_away_acts_no_more(nina, shared, alarmed: tuple[object, Desk]):
    desk = alarmed[1]
    incident = next(each for each in desk.page() if "high_latency" in each.title)
    tab = nina()
    drawn(tab, f"/alerts?id={incident.id}")
    shared.authentication.people["nina"] = identity("nina", READER | {"watch:read"}, "staff")
    tab.page.click("text=Acknowledge")
    tab.page.wait_for_selector("text=You may not do this any more.")
    assert desk.case(incident.id).incident.acknowledged_by == ""

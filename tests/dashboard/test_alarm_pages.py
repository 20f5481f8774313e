"""The pages of the alarm, with incidents and findings, in a real browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.dashboard.test_watch_pages import drawn
from tests.serving.company import READER, identity

from groundwatch.alerting.desk import Desk
from groundwatch.alerting.rule_settings import rule_of
from groundwatch.store.alerts.silences import forget

pytestmark = pytest.mark.integration
_RULE = {"metric": "cost", "of": "sum", "operator": "gt", "window": "1h", "severity": "high"}
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
    said = page.inner_text("tbody tr:has-text('high_latency') td.question")
    assert " ".join(said.split()) == "support-bot: Answers take <b>6 s</b> on average high_latency"
    tab.picture("alarm-incidents")
    page.click("tbody tr:has-text('high_latency') a")
    page.wait_for_selector(".asked")
    text = page.inner_text("main")
    assert "<b>6 s</b>" in text, "as text"
    assert "gpt-4.1 accounts for 92%" in text, "an anomaly beside it is a likely cause"
    assert "nobody" in page.inner_text(".incident-strip")
    assert "Look at the slowest stage first." in text
    graph = page.get_attribute("text=Graph of latency", "href") or ""
    assert graph.startswith("/performance?since=")
    assert page.locator("[data-emit=alert-act]").count() == 0, "who may not act sees no buttons"
    with page.expect_download() as download:
        page.click("text=Post-mortem")
    review = Path(download.value.path()).read_text()
    assert review.startswith("# support-bot: Answers take &lt;b&gt;6 s&lt;/b&gt; on average\n")
    assert "| alert | high_latency |" in review
    tab.picture("alarm-incident")
    tab.check()


def test_a_runbook_opens_from_an_alert(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/alerts")
    page = tab.page
    page.click("tbody tr:has-text('high_latency') a")
    page.click("text=Runbook: high latency")
    page.wait_for_url("**/runbooks/high-latency")
    page.wait_for_selector(".prose h2")
    assert "What to look at" in page.inner_text(".prose")
    assert page.locator(".place[aria-current]").inner_text() == "Alerts"
    tab.picture("alarm-runbook")
    tab.check()
    assert page.goto(f"{tab.address}/runbooks/..%2Fsecret").status == 404
    assert page.goto(f"{tab.address}/runbooks/nothing").status == 404


@pytest.mark.parametrize("path", ["/alerts/rules", "/alerts/routes", "/runbooks/high-latency"])
def test_who_may_not_watch_sees_none_of_it(tab_of, path):
    tab = tab_of("anna")
    assert tab.page.goto(tab.address + path).status == 403
    assert "not for you" in tab.page.inner_text("body")


def test_silences_have_a_tab(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/alerts?tab=silences")
    tab.page.wait_for_selector(".card")
    tab.picture("alarm-silences")
    tab.check()


def test_what_fires_is_silenced_by_hand_and_told_again(nina, size, alarmed: tuple[object, Desk]):
    desk = alarmed[1]
    tab = nina(size)
    drawn(tab, "/alerts?tab=silences")
    page = tab.page
    for wrong, said in (
        ('alertname=~"("', "no regular expression"),
        ('x=~".*"', "match everything"),
    ):
        page.fill("[name=matchers]", wrong)
        page.click("text=Look")
        page.wait_for_selector(f"[role=alert]:has-text('{said}')")
    page.fill("[name=matchers]", 'alertname=~"high_.*", application="support-bot"')
    page.click("text=Look")
    page.wait_for_selector("text=Keeps quiet what fires now")
    assert "Answers take <b>6 s</b> on average" in page.inner_text(".tester .entries")
    assert not [each for each in desk.silences() if each.comment == "<i>night</i> shift"]
    tab.picture("alarm-silence-form")
    page.select_option("[name=hours]", "4")
    page.fill("[name=note]", "<i>night</i> shift")
    page.click("button:has-text('Silence')")
    page.wait_for_selector("text=Silenced for 4 h")
    (made,) = [each for each in desk.silences() if each.comment == "<i>night</i> shift"]
    assert made.created_by == "nina"
    row = page.locator("tr:has-text('<i>night</i> shift')")
    assert 'alertname=~"high_.*", application="support-bot"' in row.inner_text()
    if size[0] > 1000:
        assert row.locator("td.num").inner_text() == "1", "one alert that fires is quiet"
    tab.picture("alarm-silenced-by-hand")
    row.locator("[data-act=expire]").click()
    page.wait_for_selector("text=The silence has ended.")
    assert desk.silence(made.id).ends_at <= desk.now
    page.locator("tr:has-text('<i>night</i> shift') >> text=Again").click()
    page.wait_for_selector("text=Keeps quiet what fires now")
    tab.check()
    with desk._database.write() as c:
        forget(c, desk.now + timedelta(seconds=1))


def test_rules_are_listed_and_one_is_opened_with_its_past(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/alerts/rules")
    page = tab.page
    said = page.inner_text(".verdict-line")
    assert said == "1 of 12 rules fires, 1 is about to, 1 has no data."
    first = page.inner_text("tbody tr >> nth=0")
    assert "Firing" in first
    assert "6.20" in first
    tab.picture("alarm-rules")
    page.click("text=high_latency")
    page.wait_for_url("**rule=high_latency**")
    page.wait_for_selector(".preview-head")
    assert "in the last 7 days" in page.inner_text(".preview-head")
    page.wait_for_selector(".chart svg path", state="attached")
    assert page.input_value("[name=threshold]") == "5"
    assert "threshold: 5" in page.inner_text("pre")
    assert page.locator("[data-emit=rule-save]").count() == 0, "who may not save sees no button"
    tab.picture("alarm-rule")
    tab.check()


def test_a_new_rule_is_refused_previewed_and_saved(nina, alarmed: tuple[object, Desk]):
    desk = alarmed[1]
    tab = nina((1280, 1000))
    drawn(tab, "/alerts/rules")
    page = tab.page
    page.click("text=Try a new rule")
    page.wait_for_selector(".rule-form")
    page.fill("[name=metric]", "latencies")
    page.fill("[name=rule]", "slow_answers")
    page.click("text=Preview")
    page.wait_for_selector("text='latencies' is no metric")
    assert page.input_value("[name=rule]") == "slow_answers", "what was written stays"
    page.fill("[name=metric]", "latency")
    page.fill("[name=threshold]", "1.5")
    page.click("summary:has-text('Which series')")
    page.fill("[name=application]", "*")
    page.click("button:has-text('Preview')")
    page.wait_for_selector(".preview-head")
    assert "would have fired" in page.inner_text(".preview-head")
    page.wait_for_selector(".chart svg path", state="attached")
    tab.picture("alarm-new-rule")
    tab.check()
    before = (desk.policy._settings().policy or Path()).read_text()
    page.click("text=Save the rule")
    page.wait_for_selector("text=slow_answers is added in policy.yaml")
    (mine,) = [each.rule for each in desk.rules() if each.rule.name == "slow_answers"]
    assert (mine.threshold, mine.of, mine.application) == (1.5, "p95", "*")
    after = (desk.policy._settings().policy or Path()).read_text()
    assert after.startswith("# who is told of what"), "what else stood there stays"
    (desk.policy._settings().policy or Path()).write_text(before)


def test_a_rule_is_removed_after_a_second_word_and_put_back(
    nina, size, alarmed: tuple[object, Desk]
):
    desk = alarmed[1]
    policy = desk.policy._settings().policy
    assert policy is not None
    before = policy.read_text()
    desk.policy.put_rule(rule_of({**_RULE, "name": "dear", "threshold": 3}), "nina")
    tab = nina(size)
    try:
        drawn(tab, "/alerts/rules?rule=high_cpu")
        page = tab.page
        page.wait_for_selector("[data-emit=rule-save]")
        assert page.locator("[data-emit=rule-remove]").count() == 0, "it comes along"
        drawn(tab, "/alerts/rules?rule=dear")
        page.click("summary:has-text('Remove')")
        tab.picture("alarm-rule-remove")
        assert "dear" in desk.policy.own_rules(), "nothing happens without the second word"
        page.click("button:has-text('Remove dear')")
        page.wait_for_selector("text=dear is removed from policy.yaml.")
        assert "dear" not in desk.policy.own_rules()
        tab.picture("alarm-rule-removed")
        page.click("text=Put it back")
        page.wait_for_selector("pre")
        page.click("text=Save the rule")
        page.wait_for_selector("text=dear is added in policy.yaml")
        (mine,) = [each.rule for each in desk.rules() if each.rule.name == "dear"]
        assert mine == rule_of({**_RULE, "name": "dear", "threshold": 3})
        tab.check()
    finally:
        policy.write_text(before)


def test_the_tree_is_drawn_and_says_where_an_alert_would_go(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/alerts/routes")
    page = tab.page
    assert page.inner_text(".verdict-line").startswith("4 routes lead to 2 receivers")
    assert "quiet now: mondays" in page.inner_text(".tree"), "it is a Monday"
    page.fill("[name=labels]", "alertname=x severity=critical team=web")
    page.click("text=Try")
    page.wait_for_selector(".way")
    assert page.inner_text(".way >> nth=0").startswith("everyone")
    assert "first notification" in page.inner_text(".stages >> nth=0")
    assert page.locator(".route.reached").count() == 1
    assert page.locator(".route.passed").count() == 3, "the way to it from the top"
    tab.picture("alarm-routes")
    tab.check()
    drawn(tab, "/alerts/routes?labels=nonsense")
    assert "is no label" in page.inner_text("main")


def test_a_policy_that_is_refused_is_said_and_changes_nothing(tab_of, alarmed: tuple[object, Desk]):
    policy = alarmed[1].policy._settings().policy
    assert policy is not None
    before = policy.read_text()
    policy.write_text(before.replace("receiver: on-call", "receiver: ghost"))
    try:
        for path in ("/alerts", "/alerts/rules", "/alerts/routes"):
            tab = tab_of("greta")
            drawn(tab, f"{path}?range=1h")
            assert "there is no receiver 'ghost'" in tab.page.inner_text("[role=alert]")
    finally:
        policy.write_text(before)


def test_who_may_act_acknowledges_notes_silences_and_resolves(nina, alarmed: tuple[object, Desk]):
    desk = alarmed[1]
    incident = next(each for each in desk.page() if each.name == "availability_sla")
    tab = nina((390, 844))
    drawn(tab, f"/alerts?id={incident.id}")
    page = tab.page
    tab.picture("alarm-actions")
    tab.check()
    page.click("text=Escalate now")
    page.wait_for_selector("text=The next step is taken now.")
    page.click("summary:has-text('Snooze')")
    page.select_option("form[data-act=snooze] select", "4")
    page.click("form[data-act=snooze] button")
    page.wait_for_selector("text=Snoozed for 4 h")
    done = desk.case(incident.id)
    assert done.incident.snoozed_until == desk.now + timedelta(hours=4)
    assert (done.incident.escalate_at or desk.now) <= desk.now
    assert {"hastened", "snoozed"} <= {line.kind for line in done.timeline if line.actor == "nina"}
    page.click("text=Acknowledge")
    page.wait_for_selector("text=You have it in hand.")
    page.wait_for_selector("text=Give back")
    assert desk.case(incident.id).incident.acknowledged_by == "nina"
    page.fill("form[data-act=comment] input", "The <i>database</i> is down")
    page.click("form[data-act=comment] button")
    page.wait_for_selector("text=Noted.")
    assert "The <i>database</i> is down" in page.inner_text("main")
    page.click("summary:has-text('Silence')")
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
    incident = next(each for each in desk.page() if each.name == "high_latency")
    tab = nina()
    drawn(tab, f"/alerts?id={incident.id}")
    shared.authentication.people["nina"] = identity("nina", READER | {"watch:read"}, "staff")
    tab.page.click("text=Acknowledge")
    tab.page.wait_for_selector("text=You may not do this any more.")
    assert desk.case(incident.id).incident.acknowledged_by == ""

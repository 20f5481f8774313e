"""What one finds on a page of the watch when one looks closer."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.dashboard.test_watch_pages import drawn
from tests.dashboard.watched import LEAVE, span
from tests.serving.company import NOW

from groundwatch.dashboard.places import interactions_of
from groundwatch.domain.answers import Outcome
from groundwatch.store.events import Filter

pytestmark = pytest.mark.integration


def test_a_dimension_is_opened_from_its_line(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/quality?range=24h")
    assert tab.page.locator("#dimensions td.line svg").count() == 8
    tab.page.click("#dimensions tr[data-href] a:has-text('accuracy')")
    tab.page.wait_for_url("**dimension=accuracy*")
    tab.page.wait_for_selector("#quality .panel-said:has-text('accuracy')")
    assert "accuracy" in tab.page.inner_text("#quality-spread .panel-said")
    tab.page.click("#quality a:has-text('Back to overall')")
    tab.page.wait_for_selector("#quality .panel-said:has-text('overall')")
    tab.check()


def test_a_long_table_ends_with_a_row_and_can_be_had_whole(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/usage?range=24h")
    rows = tab.page.locator("#users tbody tr")
    shown = "rows => rows.filter(row => row.offsetHeight > 0).length"
    assert rows.evaluate_all(shown) == 8
    tab.page.click("#users [data-emit=panel-rows]")
    tab.page.wait_for_selector("#users .table-box:not(.part)")
    assert rows.evaluate_all(shown) == rows.count() > 8


def test_gaps_have_examples_for_those_who_may_read_them(tab_of):
    for user, may in (("greta", True), ("otto", False)):
        tab = tab_of(user)
        drawn(tab, "/usage?range=24h")
        tab.page.wait_for_selector(".gap")
        example = tab.page.locator(".gap li a").first
        assert example.inner_text().startswith("An example of") is not may
        example.click()
        tab.page.wait_for_selector(".crumbs")
        tab.check()


def test_a_person_is_opened_by_those_who_may_read_everybody(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/usage?range=24h")
    tab.page.click("#users tbody a >> nth=0")
    tab.page.wait_for_selector("#person dl.strip")
    user = tab.page.inner_text("#person h2")
    assert f"user={user}" in tab.page.url
    asked = tab.page.inner_text("#person dd >> nth=0")
    assert asked == tab.page.inner_text("#users tbody tr >> nth=0 >> td >> nth=1")
    assert tab.page.locator(".person-hours i").count() == 24
    tab.picture("watch-person")
    tab.check()
    tab.page.click("#person >> text=All questions")
    tab.page.wait_for_url(f"**/interactions?user={user}**")
    tab.page.go_back()
    tab.page.click("#person >> text=Close")
    tab.page.wait_for_selector("#person", state="detached")


def test_a_person_is_not_for_those_who_see_numbers_only_nor_made_up(tab_of):
    tab = tab_of("otto")
    drawn(tab, "/usage?range=24h&user=anna")
    tab.page.wait_for_selector(".strip")
    assert tab.page.locator("#person").count() == 0
    assert "anna" not in tab.page.inner_text("main")
    tab = tab_of("greta")
    drawn(tab, "/usage?range=24h&user=<b>x")
    tab.page.wait_for_selector("#person")
    assert "nothing of this person" in tab.page.inner_text("#person")
    assert tab.page.inner_text("#person h2") == "<b>x"
    tab.check()


def test_names_with_anything_in_them_make_links_that_lead_there():
    assert interactions_of("model", "a&b=c#d é") == "/interactions?model=a%26b%3Dc%23d+%C3%A9"


def test_people_who_come_again_and_how_long_they_stay(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/usage?range=24h")
    titles = tab.page.locator(".strip dt").all_inner_texts()
    assert {"People a week", "Stickiness", "Came again", "Session length"} <= set(titles)
    rows = tab.page.locator("#sessions tbody tr")
    assert rows.count() == 6
    counts = [int(text) for text in rows.locator("td:nth-child(2)").all_inner_texts()]
    assert sum(counts) > 100
    assert min(counts[0], counts[2], counts[3]) > 0
    group = tab.page.locator("#groups tbody a").first
    assert f"group={group.inner_text()}" in (group.get_attribute("href") or "")


def test_hours_are_those_of_the_reader(tab_of):
    tab = tab_of("greta")
    tab.page.context.add_cookies(
        [{"name": "groundwatch_zone", "value": "Asia%2FTokyo", "url": tab.address}]
    )
    drawn(tab, "/usage?range=24h")
    assert "JST" in tab.page.inner_text("#heatmap .panel-said")


def test_interactions_are_taken_along_with_what_may_be_read_of_them(tab_of, events):
    wanted = Filter(
        application="support-bot",
        outcome=Outcome.DECLINED,
        since=NOW - timedelta(days=2),
        until=NOW,
    )
    ids = [each.interaction.id for each in events.page(wanted, limit=1000)]
    assert len(ids) > 10
    told = {}
    for user in ("greta", "otto"):
        tab = tab_of(user)
        drawn(tab, "/interactions?range=24h&app=support-bot&outcome=declined")
        with tab.page.expect_download() as download:
            tab.page.click("[data-emit=interactions-export][data-kind=json]")
        told[user] = json.loads(download.value.path().read_text())
        tab.check()
    assert {each["id"] for each in told["greta"]} == {each["id"] for each in told["otto"]}
    assert {each["id"] for each in told["greta"]} <= set(ids)
    assert all(each["user"].startswith("guest-") and each["question"] for each in told["greta"])
    assert {(each["user"], each["question"]) for each in told["otto"]} == {(None, None)}


def test_an_open_trace_shows_what_has_come_in(tab_of, events):
    trace = "cd" * 16
    begin = int(NOW.timestamp() * 1e9)
    one = span("half", "never-came", begin, 40)
    events.add_spans([replace(one, trace_id=trace)])
    tab = tab_of("greta")
    drawn(tab, "/interactions?range=24h")
    assert "open trace" in tab.page.inner_text(".bar")
    drawn(tab, f"/interactions?id={trace}")
    tab.page.wait_for_selector(".step-name:has-text('half')")
    assert "still open" in tab.page.inner_text("h2.asked")
    events.settled([trace])


def test_scores_tell_their_reasons(tab_of):
    tab = tab_of("greta")
    drawn(tab, f"/interactions?id={LEAVE.id}")
    tab.page.wait_for_selector(".score-of[open]")
    assert "in no passage" in tab.page.inner_text(".score-of[open] .score-more")
    assert "hand-1" in tab.page.inner_text(".score-of[open] .score-more")


def test_similar_questions_are_near(tab_of, events):
    (one, *_) = events.page(Filter(application="support-bot", text="refund"), limit=1)
    tab = tab_of("greta")
    drawn(tab, f"/interactions?id={one.interaction.id}")
    tab.page.wait_for_selector("[data-similar] li")
    for text in tab.page.locator("[data-similar] a").all_inner_texts():
        assert "refund" in text.lower() or "money" in text.lower()
    hrefs = tab.page.locator("[data-similar] a").evaluate_all("all => all.map(a => a.href)")
    assert not any(one.interaction.id in href for href in hrefs)


def test_interactions_are_narrowed_and_grouped_by_the_variant_of_an_experiment(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/interactions?app=groundwatch")
    page = tab.page
    page.select_option("select[name=variant]", "fewer-passages=new")
    page.click("button:text-is('Filter')")
    page.wait_for_url("**variant=fewer-passages%3Dnew**")
    page.wait_for_selector("tbody tr")
    assert page.locator("tbody tr").count() == 1
    assert "harbour masters" in page.inner_text("tbody")
    page.click("a:text-is('Clear')")
    page.click("a:text-is('Group by variant')")
    page.wait_for_selector("#by-variant tbody tr")
    tab.check()
    rows = [each.split("\t")[:4] for each in page.locator("#by-variant tbody tr").all_inner_texts()]
    assert [[cell.strip() for cell in row][:3] for row in rows] == [
        ["fewer-passages", "new", "1"],
        ["fewer-passages", "usual", "1"],
    ]
    page.click("#by-variant a >> nth=1")
    page.wait_for_url("**variant=fewer-passages%3Dusual**")
    page.wait_for_selector("a:text-is('Ungroup')")
    assert "parental" in page.inner_text("section.list tbody")

"""The pages of the watch over real, made-up traffic, in a real browser."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.dashboard.conftest import SIZES
from tests.dashboard.watched import LEAVE, SALARY, TRACED
from tests.serving.company import NOW, document_id
from tests.waiting import until

from groundwatch.dashboard.places import PLACES
from groundwatch.domain.access import AccessList
from groundwatch.store.events import Entry, Filter

pytestmark = pytest.mark.integration
WATCH = [place for place in PLACES if place.is_watch]
SECRET = "98,000"
WITHOUT_CHART = {
    "Interactions", "Health", "Settings", "Applications", "Alerts", "Anomalies", "Service levels",
    "Experiments", "Reports",
}  # fmt: skip


def drawn(tab, path):
    """Open a page and wait for its numbers."""
    tab.open(path)
    tab.page.wait_for_selector(".watch-head h1")
    tab.page.wait_for_selector(".waiting", state="detached")


def parameters(tab):
    return {name: values[0] for name, values in parse_qs(urlsplit(tab.page.url).query).items()}


@pytest.mark.parametrize("place", WATCH, ids=lambda place: place.name)
def test_every_page_is_drawn_without_a_complaint(tab_of, place, size):
    tab = tab_of("greta", size)
    drawn(tab, f"{place.path}?range=24h")
    tab.page.wait_for_selector(".card")
    if place.name not in WITHOUT_CHART:
        tab.page.wait_for_selector(".chart svg path", state="attached")
    assert tab.page.inner_text("h1") == place.name
    for scheme in ("dark", "light"):
        tab.page.emulate_media(color_scheme=scheme)
        tab.picture(f"watch-{place.name.lower().replace(' ', '-')}-{scheme}")
        tab.check()


def test_no_page_is_for_those_who_may_not_watch(tab_of):
    tab = tab_of("ben")
    for place in WATCH:
        tab.open(place.path)
        assert "watch:read" in tab.page.inner_text("main"), place.name
        assert tab.page.locator(".card, .watch-head").count() == 0, place.name
    tab.open("/")
    tab.page.wait_for_selector(".hints")
    shown = set(tab.page.locator(".place").all_inner_texts())
    assert shown & {place.name for place in WATCH} == set()


@pytest.mark.parametrize("path", [place.path for place in WATCH])
def test_no_page_is_for_nobody(address, path):
    assert httpx.get(address + path).status_code == 401


def test_the_overview_answers_in_one_line_and_six_figures(tab_of, events):
    tab = tab_of("greta")
    drawn(tab, "/overview")
    page = tab.page
    assert page.locator(".verdict-line").count() == 1
    titles = page.locator(".figure-title").all_inner_texts()
    assert titles == ["Questions", "Failed", "Latency p95", "Quality", "Cost", "Satisfaction"]
    asked = int("".join(filter(str.isdigit, page.inner_text(".figure-value >> nth=0"))))
    since = NOW.replace(minute=0) - timedelta(hours=23)
    assert asked == len(events.page(Filter(since=since, until=NOW), limit=100_000))
    assert "rolled out" in page.inner_text(".list-card >> nth=0")
    page.click(".figure >> nth=2")
    page.wait_for_url("**/performance")


def test_the_url_holds_what_is_shown(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/overview")
    tab.page.select_option("select[aria-label='Application']", label="support-bot")
    tab.page.wait_for_url("**app=support-bot**")
    tab.page.click(".segments >> text=7 d")
    tab.page.wait_for_url("**range=7d**")
    assert parameters(tab) == {"range": "7d", "app": "support-bot"}
    tab.page.wait_for_selector(".figure")
    assert "not compared" in tab.page.inner_text(".basis")
    tab.page.click(".place >> text=Quality")
    tab.page.wait_for_url("**/quality?**")
    assert parameters(tab) == {"range": "7d", "app": "support-bot"}
    tab.page.go_back()
    tab.page.wait_for_selector(".figure")
    assert tab.page.inner_text("h1") == "Overview"


def test_a_span_of_ones_choice(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/performance")
    tab.page.click(".custom summary")
    tab.page.fill("[name=since]", "2026-03-01T08:00")
    tab.page.fill("[name=until]", "2026-03-01T10:00")
    tab.picture("watch-custom")
    tab.page.click(".custom button")
    tab.page.wait_for_url("**since=**")
    tab.page.wait_for_selector(".strip")
    assert parameters(tab)["until"].endswith("Z")
    tab.check()


@pytest.mark.parametrize(
    "query",
    [
        "range=9w",
        "since=yesterday&until=now",
        "since=2026-03-02&until=2026-03-01",
        "since=2031-01-01&until=2031-01-02",
    ],
)
def test_what_makes_no_sense_in_the_url_is_named(tab_of, query):
    tab = tab_of("greta")
    drawn(tab, f"/overview?{query}")
    tab.page.wait_for_selector(".notice")
    assert "The last 24 h are shown instead" in tab.page.inner_text(".notice")
    assert tab.page.locator(".figure").count() == 6


def test_a_chart_is_a_table_too_and_a_file(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/performance")
    card = tab.page.locator(".panel-card").first
    card.hover()
    card.get_by_text("Table", exact=True).click()
    tab.page.wait_for_selector(".panel-card table.data tbody tr")
    assert card.locator("th").all_inner_texts() == ["Begins", "p50", "p95", "p99"]
    assert card.locator("tbody tr").count() == 24
    with tab.page.expect_download() as download:
        card.get_by_text("CSV", exact=True).click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "Begins,p50,p95,p99"
    assert len(lines) == 25
    with tab.page.expect_download() as download:
        card.get_by_text("JSON", exact=True).click()
    rows = json.loads(download.value.path().read_text())
    assert set(rows[0]) == {"Begins", "p50", "p95", "p99"}


def test_interactions_are_found_and_paged(tab_of, events):
    tab = tab_of("greta")
    drawn(tab, "/interactions?range=7d")
    page = tab.page
    assert page.locator("tbody tr").count() == 50
    first = page.locator("tbody tr").first.get_attribute("data-href")
    page.click("text=Older")
    page.wait_for_url("**after=**")
    page.wait_for_selector("text=Newest")
    assert page.locator("tbody tr").first.get_attribute("data-href") != first
    page.fill("[data-search]", "parental")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=parental**")
    page.wait_for_selector("tbody tr")
    assert page.locator("tbody tr").count() == 1
    tab.check()
    drawn(tab, "/interactions?range=7d&outcome=failed")
    found = page.locator("tbody .outcome").all_inner_texts()
    wanted = Filter(since=NOW - timedelta(days=7), until=NOW)
    failed = [
        each for each in events.page(wanted, limit=100_000) if each.interaction.outcome == "failed"
    ]
    assert found == ["failed"] * min(50, len(failed))
    drawn(tab, "/interactions?q=zzzz-nothing")
    assert "Nothing fits these filters" in page.inner_text(".watch")


def test_one_interaction_with_its_support_passages_and_times(tab_of, here, size):
    tab = tab_of("greta", size)
    drawn(tab, f"/interactions?id={LEAVE.id}")
    page = tab.page
    page.wait_for_selector(".claim")
    assert page.locator(".claim.supported").all_inner_texts() == [
        "Every parent gets 26 weeks of paid leave."
    ]
    assert page.locator(".claim.unsupported").all_inner_texts() == [
        "It can be shared with the neighbours."
    ]
    assert "in no passage" in page.inner_text(".against")
    assert page.locator(".rank").all_inner_texts() == ["1", "2"]
    assert "You may not read this" in page.inner_text(".passages li >> nth=1")
    assert SECRET not in page.content()
    assert "Salary bands" not in page.content()
    assert page.locator(".step-name").all_inner_texts() == ["search", "generate"]
    assert "the model is away" in page.inner_text(".score-why")
    assert "No <b>neighbours</b>!" in page.inner_text(".given")
    tab.picture("watch-interaction")
    tab.check()


def test_an_answer_made_from_what_one_may_not_read_is_withheld(tab_of, here):
    tab = tab_of("greta")
    drawn(tab, f"/interactions?id={SALARY.id}")
    tab.page.wait_for_selector(".passages")
    assert "made from documents you may not read" in tab.page.inner_text(".opened")
    assert SECRET not in tab.page.content()


def test_a_permission_taken_away_counts_for_passages_at_once(tab_of, here):
    leave = document_id("handbook", "people/leave.md")
    here.library.set_access(
        here.authentication.people["cleo"], leave, AccessList(frozenset({"group:hr"}))
    )
    tab = tab_of("greta")
    drawn(tab, f"/interactions?id={LEAVE.id}&range=7d")
    tab.page.wait_for_selector(".passages")
    assert "26 weeks" not in tab.page.content()


def test_spans_are_drawn_as_a_tree(tab_of):
    tab = tab_of("greta")
    drawn(tab, f"/interactions?id={TRACED.id}")
    tab.page.wait_for_selector(".waterfall")
    assert tab.page.locator(".step-name").all_inner_texts() == ["root", "find", "say"]
    assert tab.page.locator(".step-time").all_inner_texts()[0].startswith("1.00")
    tab.picture("watch-spans")


def test_scores_of_others_stand_apart_from_ours(tab_of):
    tab = tab_of("greta")
    drawn(tab, f"/interactions?id={TRACED.id}")
    tab.page.wait_for_selector("[data-others]")
    human, plain = tab.page.locator("[data-others] .given").all_inner_texts()
    assert human.split() == ["helpfulness", "0.25", "meh", "human", "judy", "<b>short</b>"]
    assert plain.split() == ["toxicity", "0.125"]
    facts = tab.page.inner_text(".facts-list")
    assert "gold" in facts
    assert "score:" not in facts
    watcher = tab_of("otto")
    drawn(watcher, f"/interactions?id={TRACED.id}")
    watcher.page.wait_for_selector("[data-others]")
    assert "0.25" in watcher.page.inner_text("[data-others]")
    assert all(word not in watcher.page.content() for word in ("judy", "meh", "short</b>"))


def test_kinds_of_questions_and_second_opinions_have_their_tables(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/usage?range=1h")
    tab.page.wait_for_selector("text=yes no")
    tab.page.wait_for_selector("text=moderate")
    drawn(tab, "/quality?range=1h")
    tab.page.wait_for_selector("text=judge:m-large/judge-1")
    drawn(tab, f"/interactions?id={LEAVE.id}")
    tab.page.wait_for_selector(".score-row")
    assert "Judge" in tab.page.locator(".score-name").all_inner_texts()
    tab.check()


def test_neighbours_are_the_next_in_time(tab_of, events):
    wanted = Filter(since=NOW - timedelta(days=2), until=NOW, application="support-bot")
    rows = [each.interaction for each in events.page(wanted, limit=100)]
    tab = tab_of("greta")
    drawn(tab, f"/interactions?app=support-bot&id={rows[5].id}")
    tab.page.wait_for_selector("a[data-next]")
    assert rows[6].id in tab.page.get_attribute("a[data-next]", "href")
    assert rows[4].id in tab.page.get_attribute("a[data-previous]", "href")
    tab.page.keyboard.press("ArrowRight")
    tab.page.wait_for_url(f"**{rows[6].id}**")
    tab.page.wait_for_selector("a[data-back]")
    tab.page.keyboard.press("Escape")
    tab.page.wait_for_selector("tbody tr")


def test_who_sees_numbers_only_reads_no_text_and_no_name(tab_of, events):
    texts = {"parental leave", "harbour masters", "guest-0", "colleague-0", "neighbours", "gpt"}
    tab = tab_of("otto")
    for path in (
        "/interactions", f"/interactions?id={LEAVE.id}", f"/interactions?id={TRACED.id}",
        "/usage", "/cost", "/interactions?q=parental&user=anna",
    ):  # fmt: skip
        drawn(tab, path)
        tab.page.wait_for_selector(".card")
        content = tab.page.content()
        assert [text for text in texts - {"gpt"} if text in content] == [], path
    assert tab.page.locator("[data-search]").count() == 0
    assert tab.page.locator("tbody tr").count() == 50
    tab.check()


def test_numbers_are_shared_between_readers_and_names_are_not(tab_of):
    greta, otto = tab_of("greta"), tab_of("otto")
    for path in ("/cost?range=24h", "/usage?range=24h"):
        drawn(greta, path)
        greta.page.wait_for_selector("td >> text=guest-0", state="attached")
        drawn(otto, path)
        otto.page.wait_for_selector(".strip")
        assert "guest-0" not in otto.page.content()
        drawn(greta, path)
        greta.page.wait_for_selector("td >> text=guest-0", state="attached")


def test_new_rows_wait_until_they_are_wanted(tab_of, events):
    tab = tab_of("greta")
    drawn(tab, "/interactions?live=1")
    tab.page.wait_for_selector("tbody tr")
    first = tab.page.locator("tbody tr").first.get_attribute("data-href")
    from dataclasses import replace

    events.record([Entry(replace(TRACED, id="hand-new", started_at=NOW - timedelta(seconds=1)))])
    tab.page.wait_for_selector(".fresh")
    assert tab.page.inner_text(".fresh") == "1 new"
    assert tab.page.locator("tbody tr").first.get_attribute("data-href") == first
    tab.page.click(".fresh")
    tab.page.wait_for_selector("tr[data-href*='hand-new']")
    assert tab.page.locator(".fresh").count() == 0


def test_numbers_change_in_place_while_live(tab_of, events):
    tab = tab_of("greta")
    drawn(tab, "/overview?live=1")
    tab.page.wait_for_selector(".figure-value")
    shown = tab.page.inner_text(".figure-value >> nth=0")
    from dataclasses import replace

    events.record([Entry(replace(TRACED, id="hand-live", started_at=NOW - timedelta(seconds=2)))])
    until(lambda: tab.page.inner_text(".figure-value >> nth=0") == f"{int(shown) + 1}")
    tab.check()


def test_an_ended_session_is_said_and_what_is_shown_is_dated(tab_of, here):
    tab = tab_of("greta")
    drawn(tab, "/overview?live=1")
    tab.page.wait_for_selector(".figure")
    here.authentication.ended.add("session-greta")
    tab.page.wait_for_selector(".notice.bad")
    assert "Your session has ended" in tab.page.inner_text(".notice")
    assert "as of 09:30:00 UTC" in tab.page.inner_text(".notice")


def test_rows_and_pages_are_reached_by_keyboard(tab_of):
    tab = tab_of("greta")
    drawn(tab, "/interactions?range=7d")
    keyboard = tab.page.keyboard
    tab.page.click("h1")
    keyboard.press("j")
    keyboard.press("j")
    keyboard.press("Enter")
    tab.page.wait_for_url("**id=**")
    tab.page.wait_for_selector("a[data-back]")
    keyboard.press("g")
    keyboard.press("c")
    tab.page.wait_for_url("**/cost**")


def test_the_narrow_rail_opens(tab_of):
    tab = tab_of("greta", SIZES["narrow"])
    drawn(tab, "/overview")
    assert not tab.page.is_visible(".place >> text=Cost")
    tab.page.click(".menu-button")
    tab.picture("watch-menu")
    tab.page.click(".place >> text=Cost")
    tab.page.wait_for_url("**/cost")

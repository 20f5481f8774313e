"""The Experiments page in a real browser, and its words."""

from dataclasses import replace

import pytest
from tests.dashboard.test_watch_pages import drawn
from tests.serving.company import NOW, READER, identity

from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import Compared
from groundwatch.analytics.experiments_settings import Goal
from groundwatch.dashboard import experiment_words as words
from groundwatch.errors import Conflict

DECIDER = identity("nina", READER | {"watch:read", "experiments:write"}, "staff")
ONE = Compared(
    "new", Goal.QUALITY, False, 120, 130, 0.8, 0.82, 0.02, -0.01, 0.05, 0.03, 0.05, 0.0, 0.4,
    is_harmed=False, is_better=False,
)  # fmt: skip
GUARD = replace(ONE, goal=Goal.LATENCY, is_guardrail=True, accepted=0.08)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (ONE, "+2.5 % (−1.2 % to +6.2 %)"),  # noqa: RUF001  as the page shows it
        (replace(ONE, high=None), "+2.5 % (−1.2 % to –)"),  # noqa: RUF001
        (replace(ONE, difference=None), "too few yet"),
        (replace(ONE, control=0.0, treatment=0.1), "from 0.00 to 0.10"),
    ],
)
def test_effects_read_as_part_of_the_control(one: Compared, said: str) -> None:
    assert words.effect(one).replace("\u202f", " ") == said


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (GUARD, "safe"),
        (replace(GUARD, high=0.09), "no harm seen"),
        (replace(GUARD, high=None), "no harm seen"),
        (replace(GUARD, is_harmed=True), "harmed"),
        (replace(GUARD, difference=None), "not measured yet"),
        (replace(GUARD, goal=Goal.SATISFACTION, low=-0.09), "no harm seen"),
        (replace(GUARD, goal=Goal.SATISFACTION, low=-0.07), "safe"),
        (ONE, "open"),
        (replace(ONE, is_better=True), "better"),
    ],
)
def test_guardrails_read_as_words(one: Compared, said: str) -> None:
    assert words.standing(one) == said


def test_intervals_are_drawn_around_no_difference_in_the_middle() -> None:
    plain = str(words.interval(ONE))
    assert 'aria-label="+2.5' in plain
    assert "left:40.9%;width:54.6%" in plain
    assert "<u" not in plain
    assert "<u" in str(words.interval(GUARD)), "what is accepted is marked"
    assert "left:27.3%;width:72.7%" in str(words.interval(replace(ONE, high=None))), "to the edge"
    assert words.interval(replace(ONE, difference=None)) == ""


pages = pytest.mark.integration


@pages
def test_experiments_are_listed_with_effect_and_guardrails(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/experiments")
    page = tab.page
    assert "other-model needs a decision" in page.inner_text(".verdict-line")
    assert page.locator("tbody tr").count() == 4
    assert page.locator(".interval").count() >= 3
    row = page.inner_text("tbody tr:has-text('other-model')")
    assert "stopped" in row.lower()
    if size[0] > 1000:
        assert "errors: harmed" in row
    assert "planned" in page.inner_text("tbody tr:has-text('weekend')").lower()
    tab.picture("alarm-experiments")
    tab.check()


@pages
def test_one_shows_effect_over_time_units_changes_and_records(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/experiments")
    page = tab.page
    page.click("text=fewer-passages")
    page.wait_for_url("**name=fewer-passages**")
    page.wait_for_selector(".chart svg path", state="attached")
    text = page.inner_text("main")
    assert "Fewer passages distract less" in text
    assert "four passages <b>instead</b> of eight" in text, "as text"
    assert "retrieval.passages: 4" in text
    assert "dealt as meant" in text
    assert "saw several variants" in text
    assert page.locator("[data-emit=experiment-act]").count() == 0, "who may not act sees no forms"
    tab.picture("alarm-experiment")
    tab.check()
    page.click("text=interactions meanwhile")
    page.wait_for_selector("table.interactions")
    assert "app=groundwatch" in page.url
    drawn(tab, "/experiments?name=none")
    assert "no such experiment" in page.inner_text("main")


@pages
def test_light_pages_too(tab_of):
    tab = tab_of("greta")
    tab.page.emulate_media(color_scheme="light")
    drawn(tab, "/experiments?name=other-model")
    assert "It did harm" in tab.page.inner_text(".verdict-line")
    tab.picture("alarm-experiment-light")
    tab.check()


@pages
def test_who_may_decides_with_a_reason(shared, tab_of, tried: ExperimentBook):
    shared.authentication.people["nina"] = DECIDER
    tab = tab_of("nina", (390, 844))
    drawn(tab, "/experiments?name=shorter-answers")
    page = tab.page
    tab.picture("alarm-experiment-decide")
    tab.check()
    page.fill("form[data-act=stop] input", "enough")
    page.click("form[data-act=stop] button")
    page.wait_for_selector("text=Stopped; everybody gets usual")
    assert tried.get("shorter-answers").records[-1].by == "nina"
    page.select_option("form[data-act=decide] select", "new")
    page.fill("form[data-act=decide] input", "people like <i>it</i>")
    page.click("form[data-act=decide] button")
    page.wait_for_selector("text=Decided: new.")
    page.wait_for_selector("text=Decided by nina: new.")
    assert "people like <i>it</i>" in page.inner_text("main"), "as text"
    assert page.locator("[data-emit=experiment-act]").count() == 0
    decision = tried.get("shorter-answers").decision
    assert decision is not None
    assert (decision.by, decision.at, decision.variant) == ("nina", NOW, "new")
    with pytest.raises(Conflict):
        tried.stop("shorter-answers", "x", "y")


@pages
def test_a_right_that_was_taken_away_decides_no_more(shared, tab_of, tried: ExperimentBook):
    shared.authentication.people["nina"] = DECIDER
    tab = tab_of("nina")
    drawn(tab, "/experiments?name=fewer-passages")
    shared.authentication.people["nina"] = identity("nina", READER | {"watch:read"}, "staff")
    tab.page.fill("form[data-act=stop] input", "enough")
    tab.page.click("form[data-act=stop] button")
    tab.page.wait_for_selector("text=You may not do this any more.")
    assert tried.get("fewer-passages").ended_at is None

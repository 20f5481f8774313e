"""The page of any metric: chosen in the head, drawn with its labels, people only for some."""

import pytest
from tests.dashboard.test_watch_pages import drawn
from tests.serving.company import NOW

from groundwatch.domain.events import Event

pytestmark = pytest.mark.integration
OWN = Event("own-number", NOW, "metric", metrics={"tickets_opened": 12.0})


def test_a_metric_is_chosen_split_and_told_otherwise(tab_of, size):
    tab = tab_of("greta", size)
    drawn(tab, "/explore?range=24h")
    tab.page.select_option("select[aria-label='Metric']", label="latency")
    tab.page.wait_for_url("**metric=latency*")
    tab.page.wait_for_selector("#metric .chart svg path", state="attached")
    tab.page.select_option("select[aria-label='Split by']", label="by model")
    tab.page.wait_for_url("**split=model*")
    tab.page.select_option("select[aria-label='Statistic']", label="p99")
    tab.page.wait_for_url("**show=p99*")
    tab.page.wait_for_selector("#metric-labels tbody td >> text=gpt-4.1-mini")
    assert "p99" in tab.page.inner_text("#metric .panel-said")
    tab.picture("watch-metrics")
    tab.check()


def test_a_number_of_ones_own_is_drawn(tab_of, events):
    events.add_events([OWN])
    tab = tab_of("greta")
    drawn(tab, "/explore?range=1h&metric=custom.tickets_opened&show=sum")
    tab.page.wait_for_selector("#metric-labels tbody td >> text=12")
    chosen = tab.page.locator("select[aria-label='Metric'] option:checked")
    assert chosen.inner_text() == "custom.tickets_opened"
    tab.check()


@pytest.mark.parametrize("query", ["metric=<b>no", "metric=latency&split=nothing&show=p12"])
def test_what_makes_no_sense_in_the_url_is_left_out(tab_of, query):
    tab = tab_of("greta")
    drawn(tab, f"/explore?{query}")
    tab.page.wait_for_selector("#metric-labels tbody tr")
    tab.check()


def test_people_are_a_split_for_those_who_may_read_everybody(tab_of):
    path = "/explore?range=24h&metric=requests&split=user"
    greta, otto = tab_of("greta"), tab_of("otto")
    drawn(greta, path)
    greta.page.wait_for_selector("#metric-labels tbody td >> text=colleague-0")
    drawn(otto, path)
    otto.page.wait_for_selector("#metric-labels tbody tr")
    assert "colleague-0" not in otto.page.content()
    assert "by user" not in otto.page.inner_text("select[aria-label='Split by']")

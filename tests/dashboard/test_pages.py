"""Frame, sources and what is refused, in a real browser."""

import httpx
import pytest
from tests.waiting import until

pytestmark = pytest.mark.integration


def test_sources_show_how_they_are(tab_of, here, size):
    tab = tab_of("ben", size)
    tab.open("/sources")
    tab.page.wait_for_selector(".source-card")
    assert "2 of 2 sources not healthy" in tab.page.inner_text(".summary")
    assert "The file is encrypted" in tab.page.inner_text(".failures")
    assert "3 of 20 pages are images" in tab.page.inner_text(".remarks")
    tab.page.click("text=Compare now")
    until(lambda: here.sources.synced == ["handbook"])
    tab.page.click("text=Try failed again")
    until(lambda: here.sources.retried == [("handbook", None)])
    tab.page.click("[aria-label='Try people/old plan.pdf again']")
    until(lambda: here.sources.retried[-1] == ("handbook", ["people/old plan.pdf"]))
    tab.picture("sources")
    tab.check()


def test_pages_are_only_for_those_who_may(tab_of, size):
    tab = tab_of("anna", size)
    tab.open("/")
    tab.page.wait_for_selector(".hints")
    assert tab.page.locator(".place").all_inner_texts() == ["Ask"]
    tab.open("/sources")
    assert "sources:read" in tab.page.inner_text("main")
    tab.open("/nothing")
    assert "There is no such page" in tab.page.inner_text("main")
    nemo = tab_of("nemo", size)
    nemo.open("/")
    assert "answers:ask" in nemo.page.inner_text("main")


def test_signing_out_leads_to_the_way_in(tab_of, here):
    tab = tab_of("anna")
    tab.open("/")
    tab.page.click(".user summary")
    tab.picture("menu")
    tab.page.click("text=Sign out")
    tab.page.wait_for_selector("text=You need a sign-in link")
    assert here.authentication.ended == {"session-anna"}


def test_light_and_dark_follow_the_reader(tab_of):
    tab = tab_of("anna")
    colours = []
    for scheme in ("dark", "light"):
        tab.page.emulate_media(color_scheme=scheme)
        tab.open("/")
        tab.page.wait_for_selector(".hints")
        colours.append(tab.page.evaluate("getComputedStyle(document.body).backgroundColor"))
        tab.picture(f"empty-{scheme}")
    assert colours == ["rgb(11, 14, 19)", "rgb(246, 247, 249)"]


@pytest.mark.parametrize(
    "path", ["/", "/sources", "/assets/pages.css", "/assets/pages.js", "/_nicegui_ws/socket.io/"]
)
def test_nothing_of_the_pages_is_for_nobody(address, path):
    assert httpx.get(address + path).status_code == 401


def test_the_api_keeps_its_problems_beside_the_pages(address):
    headers = {"Authorization": "Bearer gw_anna"}
    response = httpx.get(f"{address}/v1/nothing", headers=headers)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_is_told_the_right_ones(address):
    headers = {"Authorization": "Bearer gw_anna"}
    response = httpx.get(f"{address}/v1/answers", headers=headers)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert response.headers["content-type"] == "application/problem+json"


BENEATH = {
    "/alerts/routes": "/alerts/routes",
    "/alerts/rules": "/alerts/rules",
    "/reports/{kind}/{day}": "/reports/daily/2026-01-01",
    "/runbooks/{name}": "/runbooks/anomaly",
}
"""Pages that are not in the rail, and an address of each."""


def test_every_page_declares_its_permission(address):
    from nicegui import Client

    from groundwatch.dashboard.places import PLACES

    known = {place.path for place in PLACES}
    assert sorted(Client.page_routes.values()) == sorted(known | BENEATH.keys())
    assert all(place.permission for place in PLACES)
    with httpx.Client(base_url=address, headers={"Authorization": "Bearer gw_nemo"}) as nemo:
        told = {path: nemo.get(path).status_code for path in (known | set(BENEATH.values()))}
    assert set(told.values()) == {403}, told

"""A real Chromium before real pages over the fakes."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.conftest import ENVIRONMENT
from tests.dashboard.alarm import book, desk
from tests.dashboard.tried import CONFIGURED, experiments
from tests.dashboard.watched import WATCHERS, by_hand
from tests.reports.made import Incidents, incident
from tests.serving.company import NOW
from tests.serving.fake_asking import FakeAsking
from tests.serving.fakes import FakeLibrary
from tests.serving.logs import plain_log
from tests.serving.servers import served
from tests.serving.worlds import World, world
from tests.tools import absent

from groundwatch.alerting.desk import Desk
from groundwatch.analytics.business import Assumptions
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.anomaly.book import FindingBook
from groundwatch.app.traffic.running import Traffic, plan_for
from groundwatch.dashboard.pages import add_pages
from groundwatch.domain.status import Severity
from groundwatch.reports import runs
from groundwatch.reports.desk import ReportDesk
from groundwatch.reports.schedule import Run, State
from groundwatch.reports.settings import ReportSettings
from groundwatch.reports.sources import Judged, Sources
from groundwatch.reports.spans import Kind
from groundwatch.serving.api import create_api
from groundwatch.serving.services import Setting, Watch
from groundwatch.store.database import open_database
from groundwatch.store.events import EventStore, open_events
from groundwatch.store.settings import StoreSettings

__all__ = ["plain_log"]

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"wide": (1280, 800), "narrow": (390, 844)}


@pytest.fixture(scope="session")
def shared() -> World:
    return world()


@pytest.fixture(scope="session")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    """Two made-up days of several applications, and one question that is made by hand."""
    folder = tmp_path_factory.mktemp("watched")
    database = open_database(StoreSettings(), folder, lambda: NOW)
    store = open_events(StoreSettings(), folder, database, lambda: NOW)
    traffic = Traffic(store, plan_for(5, NOW, 0.6))
    traffic.history(NOW - timedelta(days=2, hours=2), NOW, lambda _: None)
    by_hand(store)
    store.fold(NOW)
    yield store
    store.close()
    database.close()


@pytest.fixture(scope="session")
def alarmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FindingBook, Desk]]:
    """Two findings and two incidents."""
    folder = tmp_path_factory.mktemp("alarmed")
    database = open_database(StoreSettings(), folder, lambda: NOW)
    yield book(database), desk(database, folder)
    database.close()


@pytest.fixture(scope="session")
def reported(
    events: EventStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], ReportDesk]]:
    """Reports of those days, by the public address; yesterday's was mailed to the team."""
    folder = tmp_path_factory.mktemp("reported")
    database = open_database(StoreSettings(), folder, lambda: NOW)
    yesterday, at = NOW.date() - timedelta(days=1), NOW - timedelta(minutes=30)
    with database.write() as connection:
        runs.put(connection, Run(Kind.DAILY, yesterday, at, State.SENT, at, 1))
    judged = Judged(monthly_budget=400.0, assumptions=Assumptions(6, 55))
    incidents = Incidents(
        incident(1, NOW - timedelta(hours=3), Severity.CRITICAL, None),
        incident(2, NOW - timedelta(hours=9), Severity.MEDIUM, 40),
    )
    sources = Sources(events, incidents, judged)
    to = ("team@harbor.example",)
    yield lambda url: ReportDesk(sources, database, ReportSettings, lambda: NOW, url, lambda: to)
    database.close()


@pytest.fixture(scope="session")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExperimentBook]:
    """Experiments that were looked at for some days."""
    folder = tmp_path_factory.mktemp("tried")
    database = open_database(StoreSettings(), folder, lambda: NOW)
    yield experiments(database)
    database.close()


@pytest.fixture(scope="session")
def address(
    shared: World,
    events: EventStore,
    alarmed: tuple[FindingBook, Desk],
    reported: Callable[[str], ReportDesk],
    tried: ExperimentBook,
) -> Iterator[str]:
    settings = (Setting("dashboards.real_time.update_interval", "1", "1"),)
    findings, alerts = alarmed
    watch = Watch(
        events,
        update_seconds=0.2,
        settings=lambda: settings,
        findings=findings,
        incidents=alerts.open,
        experiments=tried,
        configured=lambda: CONFIGURED,
    )
    shared.authentication.people |= {each.user: each for each in WATCHERS}
    app = create_api(replace(shared.services(), watch=watch, alerts=alerts, reports=reported("")))
    add_pages(app)
    with served(app) as url:
        yield url


@pytest.fixture
def here(shared: World) -> World:
    """The world behind the pages, as it was in the beginning."""
    fresh = FakeLibrary()
    shared.library.records.clear()
    shared.library.records.update(fresh.records)
    shared.sink.recorded.clear()
    shared.feedback.given.clear()
    shared.sources.synced.clear()
    shared.sources.retried.clear()
    shared.authentication.ended.clear()
    clean = FakeAsking(shared.library, shared.sink)
    shared.asking.release.clear()
    shared.asking.failure, shared.asking.outcome = clean.failure, clean.outcome
    shared.asking.flags = clean.flags
    return shared


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a module: while Playwright runs, its thread can run no other event loop."""
    path = ENVIRONMENT.get("GROUNDWATCH_TEST_CHROMIUM") or shutil.which("chromium")
    if not path:
        message = "Chromium: install the package chromium, or set GROUNDWATCH_TEST_CHROMIUM"
        absent(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page with everything that it complained about and asked for."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def ask(self, question: str) -> None:
        self.page.fill("#question", question)
        self.page.keyboard.press("Enter")

    def picture(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        size = self.page.viewport_size or {"width": 0}
        self.page.screenshot(path=ARTIFACTS / f"{name}-{size['width']}.png")

    def check(self) -> None:
        """No console error, no request to elsewhere, nothing wider than the window."""
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(self.address)] == []
        assert self.page.evaluate("window.hacked") is None
        assert self.page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    width, height = SIZES[request.param]
    return width, height


@pytest.fixture
def context(chromium: Browser) -> Iterator[Callable[[tuple[int, int]], BrowserContext]]:
    opened: list[BrowserContext] = []

    def new(size: tuple[int, int]) -> BrowserContext:
        made = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark",
            reduced_motion="reduce",
        )
        made.grant_permissions(["clipboard-read", "clipboard-write"])
        made.set_default_timeout(60_000)
        opened.append(made)
        return made

    yield new
    for each in opened:
        each.close()


@pytest.fixture
def tab_of(
    context: Callable[[tuple[int, int]], BrowserContext], address: str, here: World
) -> Callable[..., Tab]:
    """Opens a tab of a user who is signed in; of nobody for an empty name."""

    def new(user: str, size: tuple[int, int] = SIZES["wide"]) -> Tab:
        browser = context(size)
        if user:
            browser.add_cookies(
                [{"name": "groundwatch_session", "value": f"session-{user}", "url": address}]
            )
        tab = Tab(browser.new_page(), address)
        tab.page.on("console", lambda message: _note(tab, message.type, message.text))
        tab.page.on("pageerror", lambda error: _note(tab, "error", str(error)))
        tab.page.on("request", lambda request: tab.requests.append(request.url))
        return tab

    return new


def _note(tab: Tab, kind: str, text: str) -> None:
    is_ours = kind in ("error", "warning") and not re.search(r"status of 40[134]", text)
    if is_ours:
        tab.complaints.append(f"{kind}: {text}")

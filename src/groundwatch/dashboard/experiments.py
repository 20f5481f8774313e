"""The Experiments page: what is tried, what it does so far, and who decided what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from anyio import to_thread
from nicegui import ui
from nicegui.events import GenericEventArguments

from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_record import Look, Run
from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.analytics.series import Series
from groundwatch.dashboard import experiment_words as words
from groundwatch.dashboard import places
from groundwatch.dashboard.bands import Band, banded
from groundwatch.dashboard.charts import Look as Drawn
from groundwatch.dashboard.emitted import text_of
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Content, Panel, Panels
from groundwatch.dashboard.table import of_series
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.trouble import trouble_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.dashboard.watched import Asked, View
from groundwatch.errors import InvalidInput, NotFound

PARAMETERS = ("name", "run")
WRITES = "experiments:write"
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class _Read:
    """The list, or the one that is open; `is_off` where none are kept."""

    runs: tuple[Run, ...] = ()
    planned: Mapping[str, ExperimentSettings] | None = None
    opened: Run | None = None
    looks: tuple[Look, ...] = ()
    numbers: tuple[int, ...] = ()
    name: str = ""
    is_off: bool = False


def view(book: ExperimentBook | None, visitor: Visitor) -> View[_Read]:
    """The page for one visitor; its buttons act as them."""
    return View(
        places.EXPERIMENTS,
        lambda asked: _read(book, asked),
        lambda panels: _Page(book, visitor, panels).update,
        parameters=PARAMETERS,
        head=frozenset({"application"}),
    )


def _read(book: ExperimentBook | None, asked: Asked) -> _Read:
    if book is None:
        return _Read(is_off=True)
    given = dict(asked.selection.more)
    if name := given.get("name", ""):
        return _one(book, name, given.get("run", ""))
    runs = book.runs()
    chosen = asked.window.application
    begun = {run.name for run in runs}
    planned = {n: each for n, each in asked.watch.configured().items() if n not in begun}
    return _Read(tuple(run for run in runs if chosen in {None, run.settings.application}), planned)


def _one(book: ExperimentBook, name: str, number: str) -> _Read:
    try:
        run = book.get(name, int(number) if number.isdecimal() else None)
    except NotFound:
        return _Read(name=name)
    return _Read(
        opened=run,
        looks=tuple(book.looks(run)),
        numbers=tuple(book.numbers(name)),
        name=name,
    )


class _Page:
    """Draws the list or one experiment, and does what its buttons ask for."""

    def __init__(self, book: ExperimentBook | None, visitor: Visitor, panels: Panels) -> None:
        self._book = book
        self._visitor = visitor
        self._notice = html()
        self._top = html()
        self._charted = ui.element("div").classes("cards")
        with self._charted:
            self._effect = panels.add("effect", "Effect over time", "full", 260)
        self._charted.set_visibility(False)
        self._rest = html()
        self._last: Asked | None = None
        ui.on("experiment-act", self._on_act)

    def update(self, read: _Read, asked: Asked) -> None:
        self._last = asked
        query = asked.selection.query
        look = None if read.opened is None else read.opened.look
        values: dict[str, object] = {
            "read": read,
            "words": words,
            "now": asked.now,
            "may_act": asked.identity.may(WRITES),
            "link": lambda name: f"/experiments{query({'name': name, 'run': ''})}",
            "run_link": lambda number: f"/experiments{query({'run': str(number)})}",
            "back": f"/experiments{query({'name': '', 'run': ''})}",
            "verdict": words.verdict(read.opened) if read.opened else words.summary(read.runs),
            "look": look,
            "listing": _listing(read.opened, asked.now) if read.opened else "",
        }
        _set(self._top, render("watch/experiments.html", values))
        _set(self._rest, render("watch/experiment_more.html", values) if read.opened else "")
        self._charted.set_visibility(read.opened is not None)
        if read.opened is not None:
            _draw(self._effect, read.opened, read.looks)

    async def _on_act(self, event: GenericEventArguments) -> None:
        act, name = text_of(event, "act"), text_of(event, "id")
        note = text_of(event, "note").strip()[:_LONGEST]
        winner = text_of(event, "winner")
        try:
            identity = await self._visitor.now(WRITES)
            done = await to_thread.run_sync(self._do, act, name, identity.user, note, winner)
        except Exception as error:  # noqa: BLE001  the boundary towards the person
            said = {"text": trouble_of(error, "")[0], "is_bad": True}
            self._notice.set_content(render("watch/alert_notice.html", said))
            return
        self._notice.set_content(render("watch/alert_notice.html", {"text": done, "is_bad": False}))
        if self._last is not None:
            asked = replace(self._last, now=self._visitor.services.clock())
            self.update(await to_thread.run_sync(_read, self._book, asked), asked)

    def _do(self, act: str, name: str, by: str, note: str, winner: str) -> str:
        if self._book is None or act not in {"stop", "decide"}:
            raise InvalidInput(f"there is no action {act[:40]!r}")
        if not note:
            raise InvalidInput("Say why; others will read it.")
        if act == "stop":
            run = self._book.stop(name, by, note)
            return f"Stopped; everybody gets {run.settings.control} within seconds."
        self._book.conclude(name, by, note, winner)
        return f"Decided: {winner}."


def _listing(run: Run, now: datetime) -> str:
    """The interactions of its application while it ran."""
    ends = (run.ended_at or now) + timedelta(minutes=1)
    span = {"since": run.begun_at, "until": ends}
    given = {name: f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}" for name, at in span.items()}
    return f"/interactions?{urlencode({'app': run.settings.application, **given})}"


def _draw(panel: Panel, run: Run, looks: Sequence[Look]) -> None:
    """The goal's difference as part of the control's mean, with the interval of one variant."""
    at = tuple(look.at for look in looks)
    others = [name for name in run.settings.variants if name != run.settings.control]
    lines = [_line(name, looks) for name in others]
    known = [line for line in lines if any(value is not None for value in line.values)]
    if not known:
        said = f"from {run.settings.fewest} {run.settings.unit}s of each variant on"
        panel.show(Content(of_series([]), empty=f"effects are shown {said}"))
        return
    first = run.look.primary() if run.look else None
    banding = first.variant if first else others[0]
    low, high = _ends(banding, looks, "low"), _ends(banding, looks, "high")
    bottom, top = _axis(low, high, known)
    cut = Band(at, _clipped(low, bottom, top), _clipped(high, bottom, top))
    drawn = Drawn("ratio", low=bottom, high=top, limit=("equal", 0.0))
    rows = of_series([
        *known,
        Series(f"{banding} from", "ratio", at, low, tuple(1 for _ in at)),
        Series("to", "ratio", at, high, tuple(1 for _ in at)),
    ])  # fmt: skip
    note = (
        f"{run.settings.goal} against {run.settings.control}; the area holds the true difference "
        f"of {banding} at all looks together"
    )
    panel.show(Content(rows, banded(known, cut, drawn), note))


def _line(variant: str, looks: Sequence[Look]) -> Series:
    values = _ends(variant, looks, "difference")
    return Series(variant, "ratio", tuple(x.at for x in looks), values, tuple(1 for _ in looks))


def _ends(variant: str, looks: Sequence[Look], which: str) -> tuple[float | None, ...]:
    """Of each look: the difference of the goal, or an end of its interval."""
    found: list[float | None] = []
    for look in looks:
        goals = [x for x in look.comparisons if not x.is_guardrail and x.variant == variant]
        if not goals:
            found.append(None)
            continue
        one = goals[0]
        values = {"difference": one.difference, "low": one.low, "high": one.high}
        found.append(one.relative(values[which]) if one.difference is not None else None)
    return tuple(found)


def _axis(
    low: Sequence[float | None], high: Sequence[float | None], lines: Sequence[Series]
) -> tuple[float, float]:
    """Wide enough for the last interval twice over; the first ones are wider and are cut."""
    ends = [value for value in (low[-1], high[-1]) if value is not None]
    lasts = [line.values[-1] or 0.0 for line in lines]
    reach = words.reach(2 * max((abs(value) for value in (*ends, *lasts)), default=0.0))
    return -reach, reach


def _clipped(values: Sequence[float | None], bottom: float, top: float) -> tuple[float | None, ...]:
    return tuple(None if value is None else max(bottom, min(top, value)) for value in values)


def _set(place: ui.html, content: str) -> None:
    if place.content != content:
        place.set_content(content)

"""The Health page: the machine, the queues, and the parts that answers need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from nicegui import ui

from groundwatch.analytics import series, tallies
from groundwatch.analytics.resources import SystemAnalysis, system_analysis
from groundwatch.analytics.series import Series
from groundwatch.analytics.status import SystemHealth, system_health
from groundwatch.analytics.windows import Window
from groundwatch.dashboard import charts, formatting, machine, places
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.figures import Shown, strip
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Content, Panels
from groundwatch.dashboard.table import Column, Row, Table, of_series
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric
from groundwatch.telemetry.health import Health

_RESOURCES = ((metrics.CPU, "Processors"), (metrics.MEMORY, "Memory"), (metrics.DISK, "Disk"))
_SHORT = timedelta(hours=3)
_NOT_MEASURED = "the machine was not measured in this span"


@dataclass(frozen=True, slots=True)
class _Read:
    health: SystemHealth
    used: tuple[Series, ...]
    network: Series
    connections: Series
    backlog: Series
    queues: tuple[tuple[str, float | None, float | None], ...]
    waiting: int
    parts: Health | None
    system: SystemAnalysis


def view(look: Callable[[], Health] | None) -> View[_Read]:
    """The page; `look` probes every part, None where there are no probes."""
    return View(places.HEALTH, lambda asked: _read(asked, look), _build)


def _read(asked: Asked, look: Callable[[], Health] | None) -> _Read:
    whole = _seen(asked, replace(asked.window, application=None, group=""))
    used = tuple(
        replace(series.series_of(asked.source, metric, whole), name=name)
        for metric, name in _RESOURCES
    )

    def drawn(metric: Metric, name: str) -> Series:
        return replace(series.series_of(asked.source, metric, whole), name=name)

    queues = tallies.by_label(asked.source, metrics.QUEUE, whole, "queue")
    return _Read(
        system_health(asked.source, asked.now, asked.watch.thresholds),
        used,
        drawn(metrics.NETWORK, "network"),
        drawn(metrics.CONNECTIONS, "connections"),
        drawn(metrics.BACKLOG, "waiting for scores"),
        tuple((name, each.mean, each.quantile(0.95)) for name, each in sorted(queues.items())),
        asked.watch.events.backlog(),
        None if look is None else look(),
        system_analysis(asked.source, asked.window, asked.watch.thresholds),
    )


def _seen(asked: Asked, window: Window) -> Window:
    """The window, or what of it was measured where that is short: by the minute, not in one dot."""
    begun = series.begun_at(tallies.by_bucket(asked.source, metrics.CPU, window))
    if begun is None or window.step == "minute" or not window.is_open:
        return window
    if window.until - begun > _SHORT:
        return window
    minutes = replace(window, since=begun, step="minute")
    first = series.begun_at(tallies.by_bucket(asked.source, metrics.CPU, minutes))
    return minutes if first is None else replace(minutes, since=first)


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    figures = html()
    with ui.element("div").classes("cards"):
        parts = panels.add("parts", "Parts", "full", 0)
    with ui.element("div").classes("cards"):
        used = panels.add("resources", "Processors, memory and disk in use", "full", 230)
    with ui.element("div").classes("cards"):
        backlog = panels.add("backlog", "Answers that wait for scores", "half", 170)
        connections = panels.add("connections", "Open connections", "half", 170)
        network = panels.add("network", "Network", "half", 170)
        queues = panels.add("queues", "Queues", "half", 0)
    with ui.element("div").classes("cards"):
        bottlenecks = panels.add("bottlenecks", "What holds answers up", "half", 0)
        peaks = panels.add("peaks", "Peak times", "half", 0)
        utilisation = panels.add("utilisation", "Utilisation", "full", 0)

    def update(read: _Read, asked: Asked) -> None:
        strip(figures, asked, _figures(read))
        parts.show(_parts(read.parts))
        used.show(_used(read.used))
        backlog.show(_line(read.backlog, "1", "the backlog was not measured in this span"))
        connections.show(_line(read.connections, "1", _NOT_MEASURED))
        network.show(_line(read.network, "By/s", _NOT_MEASURED))
        queues.show(_queues(read.queues))
        bottlenecks.show(machine.bottlenecks(read.system))
        peaks.show(machine.peaks(read.system))
        utilisation.show(machine.utilisation(read.system))

    return update


def _figures(read: _Read) -> Sequence[Shown]:
    health = read.health
    return [
        Shown("Health, of 100", health.score, "1", note=f"{health.status}: {health.reason}"),
        *(
            Shown(name, health.used.get(metric.name), "ratio", note="of the last 5 minutes")
            for metric, name in _RESOURCES
        ),
        Shown("Wait for scores", read.waiting, "1", note="answers, now"),
    ]


def _parts(found: Health | None) -> Content:
    columns = (
        Column("Part"), Column("Status", "status"), Column("What was found"), Column("Took", "s"),
    )  # fmt: skip
    if found is None:
        return Content(Table(columns, ()), empty="the parts of this server are not probed")
    rows = tuple(
        Row(
            (part.name, part.status.value, part.detail, part.seconds),
            places.SOURCES.path if part.name == "sources" else "",
        )
        for part in found.parts
    )
    note = "; ".join(found.critical) or f"{found.status}, score {found.score:.0f} of 100"
    return Content(Table(columns, rows, wraps=True), note=note)


def _used(lines: Sequence[Series]) -> Content:
    is_empty = all(line.is_empty for line in lines)
    peaks = [
        f"{line.name.lower()} up to {formatting.percent(max(present))}"
        for line in lines
        if (present := [value for value in line.values if value is not None])
    ]
    return Content(
        of_series(lines),
        charts.over_time(lines, Look("ratio", high=1.0)),
        note=", ".join(peaks),
        empty=_NOT_MEASURED if is_empty else "",
    )


def _line(line: Series, unit: str, empty: str) -> Content:
    return Content(
        of_series([line]),
        charts.over_time([line], Look(unit, "area")),
        empty=empty if line.is_empty else "",
    )


def _queues(rows: Sequence[tuple[str, float | None, float | None]]) -> Content:
    table = Table(
        (Column("Queue"), Column("Mean length", "1"), Column("p95", "1")),
        tuple(Row(row) for row in rows),
    )
    return Content(table, empty="" if rows else "no queue was measured in this span")

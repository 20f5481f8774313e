"""What charts look like, as options of ECharts; colours are the design's tokens.

Drawn as SVG, so that a colour may be a CSS variable and follows the reader's theme.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from groundwatch.analytics.quality import Distribution
from groundwatch.analytics.series import Series
from groundwatch.domain.events import Event

Options = dict[str, object]
COLOURS = ("var(--series-1)", "var(--series-2)", "var(--series-3)", "var(--series-4)")
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
LABEL = {"color": "var(--muted)", "fontSize": 11, "fontFamily": FONT}
_NAME_HEIGHT = 0.08
"""Of the height of a chart, for the name of a line."""
_DIRECT = 4
"""Up to so many lines carry their name at their end instead of a legend."""

_NAME_SHARE = 0.16
"""Of the width of a chart, for the name of a mark."""

_FORMATS = {
    "s": "(v) => v === 0 ? '0' : v < 1 ? +(v*1000).toPrecision(3) + '\\u202fms' "
    ": v < 600 ? +v.toPrecision(3) + '\\u202fs' : +(v/60).toPrecision(3) + '\\u202fmin'",
    "USD": "(v) => '$' + (v === 0 ? '0' : Math.abs(v) < .01 ? v.toFixed(4) "
    ": Math.abs(v) < 1000 ? +v.toPrecision(3) : (v/1000).toFixed(1) + '\\u202fk')",
    "ratio": "(v) => +(Math.abs(v) < .01 ? (v*100).toFixed(2) : (v*100).toPrecision(3)) "
    "+ '\\u202f%'",
    "score": "(v) => (+v).toFixed(2)",
    "By/s": "(v) => (v >= 1e6 ? +(v/1e6).toPrecision(3) + '\\u202fMB' : v >= 1e3 "
    "? +(v/1e3).toPrecision(3) + '\\u202fkB' : +v.toPrecision(3) + '\\u202fB') + '/s'",
}
_COUNT = (
    "(v) => Math.abs(v) >= 1e6 ? +(v/1e6).toPrecision(3) + '\\u202fM' "
    ": Math.abs(v) >= 1e4 ? +(v/1e3).toPrecision(3) + '\\u202fk' : +(+v).toPrecision(3)"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart over time is drawn.

    Attributes:
        kind: `line`, `bar` or `area`.
        high: the end of the value axis; None fits it to the data.
        stacked: bars stand on each other.
        limit: a dashed line with its name.
        log: a logarithmic value axis.
    """

    unit: str
    kind: str = "line"
    high: float | None = None
    low: float | None = None
    stacked: bool = False
    limit: tuple[str, float] | None = None
    log: bool = False


def over_time(lines: Sequence[Series], look: Look, marks: Sequence[Event] = ()) -> Options:
    """Series over time, with deploys and other events as vertical marks."""
    many = len(lines) > 1
    direct = many and look.kind == "line" and len(lines) <= _DIRECT and _are_apart(lines)
    drawn = [_line(line, place, look, direct=direct) for place, line in enumerate(lines)]
    if drawn:
        limit_at = "insideStartTop" if direct else "end"
        drawn[0] |= _marked(look, marks, lines[0].at[-1] - lines[0].at[0], limit_at)
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "grid": {
            "left": 4, "right": 64 if direct or look.limit else 22,
            "top": 34 if many and not direct else 18, "bottom": 4, "containLabel": True,
        },
        "legend": {
            "show": many and not direct, "top": 0, "left": 0, "itemWidth": 10, "itemHeight": 10,
            "icon": "roundRect", "textStyle": LABEL | {"padding": [0, 0, 0, -2]},
            "itemGap": 14, "type": "scroll", "inactiveColor": "var(--line)",
        },
        "tooltip": tooltip(look.unit),
        "xAxis": {
            "type": "time", "axisLine": {"lineStyle": {"color": "var(--line)"}},
            "axisTick": {"show": False}, "axisLabel": LABEL | {"hideOverlap": True},
            "splitLine": {"show": False}, "splitNumber": 5,
        },
        "yAxis": _value_axis(look),
        "series": drawn,
    }  # fmt: skip


def spread(
    found: Distribution, threshold: float | None, before: Sequence[float] | None = None
) -> Options:
    """How scores spread, in bars from 0 to 1; those below a threshold in another shade.

    `before` are the shares of an earlier span, drawn as steps over the bars.
    """
    step = 1 / len(found.shares)
    data = [
        {
            "value": share,
            "itemStyle": {
                "color": "var(--series-2)"
                if threshold is not None and (place + 1) * step <= threshold + 1e-9
                else "var(--series-1)"
            },
        }
        for place, share in enumerate(found.shares)
    ]
    names = [f"{place * step:.2f}–{(place + 1) * step:.2f}" for place in range(len(data))]  # noqa: RUF001
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 4, "right": 8, "top": 12, "bottom": 4, "containLabel": True},
        "tooltip": tooltip("ratio") | {"axisPointer": {"type": "none"}},
        "xAxis": {
            "type": "category", "data": names, "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "var(--line)"}},
            "axisLabel": LABEL
            | {":interval": "(i) => i % 4 === 0", ":formatter": "(v) => v.slice(0, 4)"},
        },
        "yAxis": _value_axis(Look("ratio", "bar")),
        "series": [
            {
                "type": "bar", "data": data, "barCategoryGap": "12%", "name": "share of answers",
                "emphasis": {"disabled": True},
            },
            *([] if before is None else [_steps(before)]),
        ],
    }  # fmt: skip


def _steps(before: Sequence[float]) -> Options:
    return {
        "type": "line", "step": "middle", "data": list(before), "name": "before",
        "symbol": "none", "silent": True, "emphasis": {"disabled": True},
        "itemStyle": {"color": "var(--text)"},
        "lineStyle": {"color": "var(--text)", "width": 1.2, "type": "dashed"},
    }  # fmt: skip


def ranked(rows: Mapping[str, float], unit: str) -> Options:
    """Bars by name, the longest first, each with its number."""
    names = list(rows)[::-1]
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 4, "right": 64, "top": 4, "bottom": 4, "containLabel": True},
        "tooltip": tooltip(unit) | {"axisPointer": {"type": "none"}},
        "xAxis": {"type": "value", "show": False, "min": 0},
        "yAxis": {
            "type": "category", "data": names, "axisTick": {"show": False},
            "axisLine": {"show": False},
            "axisLabel": LABEL | {"color": "var(--text)", "width": 150, "overflow": "truncate"},
        },
        "series": [
            {
                "type": "bar", "data": [rows[name] for name in names], "barMaxWidth": 14,
                "itemStyle": {"color": "var(--series-1)", "borderRadius": 2},
                "label": LABEL | {
                    "show": True, "position": "right", "color": "var(--text)",
                    ":formatter": f"(p) => ({_format(unit)})(p.value)",
                },
                "emphasis": {"disabled": True},
            }
        ],
    }  # fmt: skip


def _line(line: Series, place: int, look: Look, *, direct: bool) -> Options:
    colour = COLOURS[place % len(COLOURS)]
    drawn: Options = {
        "name": line.name,
        "data": [[_stamp(at), value] for at, value in zip(line.at, line.values, strict=True)],
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},
    }
    if look.kind == "bar":
        drawn |= {"type": "bar", "barMaxWidth": 18, "barCategoryGap": "20%"}
        return drawn | ({"stack": "all"} if look.stacked else {})
    alone = sum(value is not None for value in line.values) == 1
    drawn |= {
        "type": "line",
        "connectNulls": False,
        "showSymbol": alone or _has_islands(line),
        "symbol": "circle",
        "symbolSize": 4,
        "lineStyle": {"width": 1.6, "color": colour},
        "sampling": None,
    }
    if look.kind == "area":
        drawn["areaStyle"] = {"color": colour, "opacity": 0.14}
    if direct:
        drawn["endLabel"] = LABEL | {
            "show": True,
            "formatter": line.name,
            "color": colour,
            "distance": 6,
        }
        drawn["labelLayout"] = {"moveOverlap": "shiftY"}
    return drawn


def _are_apart(lines: Sequence[Series]) -> bool:
    """Whether the ends of lines leave room for their names."""
    high = max((value for line in lines for value in line.values if value is not None), default=0)
    ends = sorted(
        next((value for value in reversed(line.values) if value is not None), 0.0) for line in lines
    )
    return all(b - a >= _NAME_HEIGHT * high for a, b in pairwise(ends))


def _has_islands(line: Series) -> bool:
    values = [None, *line.values, None]
    return any(
        value is not None and values[place] is None and values[place + 2] is None
        for place, value in enumerate(line.values)
    )


def _marked(look: Look, marks: Sequence[Event], span: timedelta, limit_at: str) -> Options:
    """The limit, named where no line has its name, and events, named above the chart."""
    lines: list[Options] = [
        {"xAxis": _stamp(each.at), "label": {"formatter": name}}
        for each, name in _named(marks, span)
    ]
    if look.limit is not None:
        name, value = look.limit
        lines.append({"yAxis": value, "label": {"formatter": name, "position": limit_at}})
    return {"markLine": _mark_line(lines)} if lines else {}


def _named(marks: Sequence[Event], span: timedelta) -> list[tuple[Event, str]]:
    """Marks with their names; one so close to the one before that names would touch has none."""
    found: list[tuple[Event, str]] = []
    last: datetime | None = None
    for each in sorted(marks, key=lambda event: event.at):
        is_free = last is None or each.at - last > span * _NAME_SHARE
        found.append((each, each.type if is_free else ""))
        last = each.at if is_free else last
    return found


def _mark_line(data: Sequence[Options]) -> Options:
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": LABEL
        | {"position": "end", "textBorderColor": "var(--surface)", "textBorderWidth": 4},
        "lineStyle": {"color": "var(--muted)", "width": 1, "type": "dashed", "opacity": 0.75},
        "data": list(data),
    }


def _value_axis(look: Look) -> Options:
    axis: Options = {
        "type": "log" if look.log else "value",
        "axisLabel": LABEL | {":formatter": _format(look.unit)},
        "splitLine": {"lineStyle": {"color": "var(--line)", "opacity": 0.7}},
        "splitNumber": 4,
        "minInterval": 1 if look.unit == "1" else 0,
    }
    if not look.log:
        axis["min"] = look.low or 0
    if look.high is not None:
        axis["max"] = look.high
    if look.unit == "ratio" and look.high == 1.0:
        axis["interval"] = 0.25
    return axis


def tooltip(unit: str) -> Options:
    """What stands beside the pointer."""
    return {
        "trigger": "axis",
        "confine": True,
        "backgroundColor": "var(--raised)",
        "borderColor": "var(--line)",
        "padding": [6, 10],
        "textStyle": {"color": "var(--text)", "fontSize": 12, "fontFamily": FONT},
        "axisPointer": {"type": "line", "lineStyle": {"color": "var(--muted)", "width": 1}},
        ":valueFormatter": f"(v) => v == null ? 'no data' : ({_format(unit)})(v)",
        "extraCssText": "box-shadow: 0 8px 24px var(--shade); border-radius: 8px;",
    }


def _format(unit: str) -> str:
    return _FORMATS.get(unit, _COUNT)


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)

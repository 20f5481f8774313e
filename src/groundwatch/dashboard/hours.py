"""Questions by day and hour, as a chart."""

import json
from collections.abc import Sequence

from groundwatch.analytics.usage import Heatmap
from groundwatch.dashboard.charts import FONT, LABEL, Options, tooltip

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def hours(found: Heatmap) -> Options:
    """Questions by weekday and hour."""
    return by_hour(_DAYS, found.means)


def by_hour(names: Sequence[str], means: Sequence[Sequence[float | None]]) -> Options:
    """Questions by day and hour; one hue, light to dark, the scale below."""
    bottom_up = list(reversed(names))
    data = [
        [hour, len(names) - 1 - day, round(mean, 2)]
        for day, row in enumerate(means)
        for hour, mean in enumerate(row)
        if mean is not None
    ]
    high = max((point[2] for point in data), default=1) or 1
    shades = [f"color-mix(in srgb, var(--accent) {share}%, var(--surface))" for share in _SHADES]
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 4, "right": 8, "top": 8, "bottom": 40, "containLabel": True},
        "tooltip": tooltip("1")
        | {
            "trigger": "item",
            ":formatter": f"(p) => {json.dumps(bottom_up)}[p.value[1]] + ' ' "
            "+ String(p.value[0]).padStart(2,'0') + ':00 · <b>' + p.value[2] + '</b> an hour'",
        },
        "xAxis": {
            "type": "category", "data": [f"{hour:02d}" for hour in range(24)],
            "axisTick": {"show": False}, "axisLine": {"show": False},
            "axisLabel": LABEL | {":interval": "(i) => i % 3 === 0"},
        },
        "yAxis": {
            "type": "category", "data": bottom_up, "axisTick": {"show": False},
            "axisLine": {"show": False}, "axisLabel": LABEL,
        },
        "visualMap": {
            "type": "piecewise", "orient": "horizontal", "left": 0, "bottom": 0,
            "itemWidth": 14, "itemHeight": 10, "itemGap": 12, "textStyle": LABEL,
            "pieces": _pieces(high, shades), "textGap": 5,
        },
        "series": [
            {
                "type": "heatmap", "data": data, "name": "questions an hour",
                "itemStyle": {"borderColor": "var(--surface)", "borderWidth": 2, "borderRadius": 3},
                "emphasis": {"disabled": True},
            }
        ],
    }  # fmt: skip


_SHADES = (8, 26, 46, 70, 100)


def _pieces(high: float, shades: Sequence[str]) -> list[Options]:
    """Steps of equal width; the lowest holds nothing but zero."""
    step = high / (len(shades) - 1)
    found: list[Options] = [{"value": 0, "label": "0", "color": shades[0]}]
    for place, shade in enumerate(shades[1:]):
        low, top = place * step, (place + 1) * step
        label = f"≤ {top:.0f}" if high >= 8 else f"≤ {top:.1f}"
        found.append({"gt": low, "lte": top + 1e-9, "label": label, "color": shade})
    return found

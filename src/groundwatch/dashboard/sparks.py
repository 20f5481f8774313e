"""Small lines without axes, drawn on the server; a gap in the data is a gap in the line."""

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT, _MARGIN = 240.0, 40.0, 3.0


def spark(values: Sequence[float | None], *, from_zero: bool = True) -> Markup:
    """An SVG that stretches to its place; empty for fewer than two values."""
    present = [value for value in values if value is not None]
    if len(present) < 2:
        return Markup("")
    low = min(0.0, *present) if from_zero else min(present)
    high = max(present)
    height = (high - low) or 1.0
    step = _WIDTH / max(1, len(values) - 1)

    def point(place: int, value: float) -> str:
        y = _HEIGHT - _MARGIN - (value - low) / height * (_HEIGHT - 2 * _MARGIN)
        return f"{place * step:.1f},{y:.1f}"

    lines = [[point(place, value) for place, value in run] for run in _runs(values)]
    drawn = "".join(map(_drawn, lines))
    return Markup(  # noqa: S704  numbers only
        f'<svg class="spark" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none" '
        f'aria-hidden="true">{drawn}</svg>'
    )


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]


def _drawn(line: list[str]) -> str:
    if len(line) == 1:
        x, y = line[0].split(",")
        return f'<path class="dot" d="M{x},{y}h0.01"/>'
    first, last = line[0].split(",")[0], line[-1].split(",")[0]
    path = "L".join(line)
    return (
        f'<path class="under-line" d="M{first},{_HEIGHT:.0f}L{path}L{last},{_HEIGHT:.0f}Z"/>'
        f'<path class="line-of" d="M{path}"/>'
    )

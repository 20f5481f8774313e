"""Two runs of a benchmark side by side: `python -m benchmarks.compare BEFORE AFTER`.

Each file ends with the JSON line that a benchmark prints last.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path


def values(file: Path) -> dict[str, tuple[float, str]]:
    """Value and unit of each figure in a file, by name."""
    lines = [line for line in file.read_text().splitlines() if line.startswith('{"figures"')]
    if not lines:
        raise SystemExit(f"{file} holds no line of figures")
    return {row["name"]: (row["value"], row["unit"]) for row in json.loads(lines[-1])["figures"]}


def table(
    before: Mapping[str, tuple[float, str]], after: Mapping[str, tuple[float, str]]
) -> list[str]:
    """A row for each figure of either run, with after through before where both have it."""
    rows = [f"{'':48} {'before':>12} {'after':>12} {'ratio':>8}"]
    for name in [*before, *(name for name in after if name not in before)]:
        first, second = before.get(name), after.get(name)
        unit = (first or second or (0.0, ""))[1]
        ratio = f"{second[0] / first[0]:8.3f}" if first and second and first[0] else " " * 8
        rows.append(f"{name:48} {_shown(first)} {_shown(second)} {ratio} {unit}".rstrip())
    return rows


def _shown(value: tuple[float, str] | None) -> str:
    return f"{value[0]:12.4g}" if value else f"{'-':>12}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    given = parser.parse_args()
    print("\n".join(table(values(given.before), values(given.after))))


if __name__ == "__main__":
    main()

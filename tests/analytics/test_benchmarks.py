"""The pieces of the benchmarks of forecasts and experiments; nothing is timed."""

from pathlib import Path

import numpy as np
import pytest
from benchmarks.experiments import simulated
from benchmarks.forecast import generated, judged, nab, repeated, rolled


def test_hours_are_read_and_gaps_kept(tmp_path: Path) -> None:
    folder = tmp_path / "some"
    folder.mkdir()
    rows = ["timestamp,value"]
    rows += [
        f"2026-01-01 0{hour}:{minute}:00,{hour}" for hour in (0, 1, 3, 4) for minute in (10, 50)
    ]
    (folder / "one.csv").write_text("\n".join(rows))

    ((name, values),) = nab(tmp_path)

    assert name == "one"
    assert values[[0, 1, 3]].tolist() == [0.0, 1.0, 3.0]
    assert np.isnan(values[2])


def test_the_peer_repeats_the_last_day_and_fills_gaps_from_the_day_before() -> None:
    past = np.arange(72.0)
    past[50] = np.nan

    assert repeated(past).tolist() == [48.0, 49.0, 26.0, *range(51, 72)]


def test_the_future_is_not_seen() -> None:
    """What comes after the last origin changes errors alone, never a forecast."""
    _, values = next(generated(1))
    values = values[: 8 * 24]
    changed = values.copy()
    changed[-24:] += 1000

    before, after = (list(rolled("x", each, 3)) for each in (values, changed))

    assert [each.model for each in before] == [each.model for each in after]
    assert [each.error for each in before[:-1]] == [each.error for each in after[:-1]]
    assert after[-1].error > before[-1].error + 500


def test_figures_name_their_group() -> None:
    scores = [score for name, values in generated(1) for score in rolled(name, values, 2)]

    figures = {each.name: each.value for each in judged("made", scores)}

    assert figures["made_forecasts"] == len(scores) == 6
    assert 0 < figures["made_coverage_90"] <= 1


@pytest.mark.parametrize(("lift", "is_found"), [(0.0, False), (5.0, True)])
def test_a_simulated_experiment_finds_what_is_there(lift: float, is_found: bool) -> None:
    rng = np.random.default_rng(3)

    run = simulated(rng, lambda source, count: source.normal(size=count), lift, 400)

    assert run.found is is_found
    assert run.held
    assert run.stopped == (100 if is_found else 400)

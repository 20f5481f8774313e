"""The watch scores by itself what was recorded, by any process."""

from dataclasses import replace
from pathlib import Path

from tests.scoring.given import interaction
from tests.waiting import until

from groundwatch.app.watching import open_watching
from groundwatch.config import load
from groundwatch.domain.clock import system_clock
from groundwatch.domain.scores import Dimension
from groundwatch.domain.status import Status
from groundwatch.store.events import Entry, Recorded

PATIENCE = 30.0
CONFIG = """
data: data
embedder: {kind: none}
quality_assessment: {weights: {accuracy: 1, completeness: 0, relevance: 0, consistency: 0}}
quality_thresholds: {accuracy: 0.7}
"""


def test_what_is_recorded_is_scored_by_the_configured_weights(tmp_path: Path) -> None:
    path = tmp_path / "groundwatch.yaml"
    path.write_text(CONFIG)
    (tmp_path / "data").mkdir()
    found: dict[str, Recorded] = {}
    with open_watching(load(path, {}), system_clock) as watching:
        for name, year in (("right", 1962), ("wrong", 1972)):
            one = interaction(f"The harbour of Lindholm opened in {year}.", "When did it open?")
            watching.events.record([Entry(replace(one, id=name, started_at=system_clock()))])

        def scored() -> bool:
            for name in ("right", "wrong"):
                one = watching.events.get(name)
                if one is not None and one.quality is not None:
                    found[name] = one
            return len(found) == 2

        until(scored, PATIENCE)
        assert watching.events.backlog() == 0
    right, wrong = found["right"].quality, found["wrong"].quality
    assert right is not None
    assert wrong is not None
    disagree = [each.score(Dimension.CONSISTENCY) for each in (right, wrong)]
    flags = [each.flags for each in disagree if each is not None]
    assert sorted(flags) == [(), ("contradicts_earlier",)]  # one of them was scored first
    accuracy = right.score(Dimension.ACCURACY)
    assert accuracy is not None
    assert right.overall == accuracy.value
    assert right.status is Status.HEALTHY
    assert wrong.status is Status.DEGRADED
    assert wrong.reasons[0].endswith("under its floor of 0.70")

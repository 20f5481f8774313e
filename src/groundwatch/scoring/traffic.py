"""What recent answers of each application were like, so that its own line can be placed."""

import threading
from collections import deque
from collections.abc import Sequence

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Score
from groundwatch.scoring.calibration import (
    Calibration,
    Doubtful,
    default_calibration,
    from_traffic,
)

_KEPT = 2_000
_AFRESH = 100
_APPLICATIONS = 1_000


class RecentTraffic:
    """Keeps the doubts of recent answers and places each application's line by them.

    The line is placed afresh after every hundred answers; with too few it is the default.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._doubts: dict[str, deque[Doubtful]] = {}
        self._lines: dict[str, Calibration] = {}
        self._since: dict[str, int] = {}

    def calibration(self, application: str) -> Calibration:
        """Where the line of an application lies now."""
        with self._lock:
            return self._lines.get(application) or default_calibration()

    def observe(self, interaction: Interaction, scores: Sequence[Score]) -> None:
        """Learn from the scores of an answer."""
        found = doubtful(scores)
        if found is None:
            return
        application = interaction.application
        with self._lock:
            if application not in self._doubts and len(self._doubts) >= _APPLICATIONS:
                return
            self._doubts.setdefault(application, deque(maxlen=_KEPT)).append(found)
            since = self._since.get(application, 0) + 1
            self._since[application] = since % _AFRESH
            if since == _AFRESH:
                self._lines[application] = from_traffic(list(self._doubts[application]))


def doubtful(scores: Sequence[Score]) -> Doubtful | None:
    """What calibration needs of an answer's scores; None where accuracy was not measured."""
    for score in scores:
        if score.dimension is Dimension.ACCURACY and "doubt" in score.facts:
            return Doubtful(score.facts["doubt"], int(score.facts["claims"]))
    return None

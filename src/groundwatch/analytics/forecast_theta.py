"""The optimised theta model of statsforecast, beside our own models.

Source: Fiorucci et al., "Models for optimising the theta method" (International Journal of
Forecasting 32, 2016).
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from groundwatch.analytics.forecast_models import Values
from groundwatch.errors import Unusable

_KEPT = 32


def theta(values: Values, origins: Sequence[int], season: int, horizon: int) -> Values:
    """A forecast from every origin, a row each; each is fitted on what came before it.

    Args:
        values: without gaps.
        origins: how many steps are known.
        season: in steps; 1 for none.
        horizon: steps ahead.

    Raises:
        Unusable: statsforecast is not installed.
    """
    return _fitted(values.tobytes(), tuple(origins), season, horizon).copy()


@lru_cache(maxsize=_KEPT)
def _fitted(known: bytes, origins: tuple[int, ...], season: int, horizon: int) -> Values:
    """Fitted once for a history: that of an hour is the same until the next one is over."""
    try:
        from statsforecast.models import DynamicOptimizedTheta
    except ImportError as error:
        raise Unusable(
            "capacity.forecasts is statsforecast, which is not installed: pip install "
            "'groundwatch[statsforecast]', or leave it at builtin"
        ) from error
    values = np.frombuffer(known, dtype=np.float64)
    model = DynamicOptimizedTheta(season_length=season)
    rows = [model.forecast(y=values[:origin], h=horizon)["mean"] for origin in origins]
    return np.asarray(rows, dtype=np.float64)

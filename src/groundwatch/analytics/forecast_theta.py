"""The optimised theta model of statsforecast, beside our own models.

Source: Fiorucci et al., "Models for optimising the theta method" (International Journal of
Forecasting 32, 2016).
"""

from collections.abc import Sequence

import numpy as np

from groundwatch.analytics.forecast_models import Values
from groundwatch.errors import Unusable


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
    try:
        from statsforecast.models import DynamicOptimizedTheta
    except ImportError as error:
        raise Unusable(
            "capacity.forecasts is statsforecast, which is not installed: pip install "
            "'groundwatch[statsforecast]', or leave it at builtin"
        ) from error
    model = DynamicOptimizedTheta(season_length=season)
    rows = [model.forecast(y=values[:origin], h=horizon)["mean"] for origin in origins]
    return np.asarray(rows, dtype=np.float64)

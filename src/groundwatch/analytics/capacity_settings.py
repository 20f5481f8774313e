"""Settings of capacity: the limits that are planned for."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from groundwatch.settings import SettingsPart

if TYPE_CHECKING:
    from groundwatch.analytics.forecast_backtest import Rivals


class CapacitySettings(SettingsPart):
    """Limits that capacity is planned for.

    Attributes:
        cpu, memory, disk: share in use that is full.
        queue: entries waiting that are too many.
        forecasts: `builtin` models, or those of `statsforecast` besides, an extra.
    """

    cpu: float = Field(default=0.8, gt=0, le=1)
    memory: float = Field(default=0.9, gt=0, le=1)
    disk: float = Field(default=0.9, gt=0, le=1)
    queue: float = Field(default=1000, gt=0)
    forecasts: Literal["builtin", "statsforecast"] = "builtin"

    @property
    def rivals(self) -> "Rivals":
        """Models that are tried beside ours."""
        if self.forecasts == "builtin":
            return {}
        from groundwatch.analytics.forecast_theta import theta

        return {"optimised theta": theta}

"""Settings of what answers are worth and may cost."""

from pydantic import Field

from groundwatch.settings import SettingsPart


class BusinessSettings(SettingsPart):
    """Declared assumptions; figures that rest on them show them.

    Attributes:
        monthly_budget: US dollars a calendar month (UTC) for models.
        minutes_saved: by one answered question, against searching by hand.
        hourly_cost: of a person's time, in US dollars.
        revenue: brought by one answered question, in US dollars.
    """

    monthly_budget: float | None = Field(default=None, gt=0)
    minutes_saved: float | None = Field(default=None, ge=0)
    hourly_cost: float | None = Field(default=None, ge=0)
    revenue: float | None = Field(default=None, ge=0)

"""Settings of capacity: the limits that are planned for."""

from pydantic import Field

from groundwatch.settings import SettingsPart


class CapacitySettings(SettingsPart):
    """Limits that capacity is planned for.

    Attributes:
        cpu, memory, disk: share in use that is full.
        queue: entries waiting that are too many.
    """

    cpu: float = Field(default=0.8, gt=0, le=1)
    memory: float = Field(default=0.9, gt=0, le=1)
    disk: float = Field(default=0.9, gt=0, le=1)
    queue: float = Field(default=1000, gt=0)

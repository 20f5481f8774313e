"""Settings of users and groups."""

from typing import Literal

from groundwatch.settings import SettingsPart


class UserSettings(SettingsPart):
    """A person or service of the configuration."""

    name: str = ""
    groups: tuple[str, ...] = ()
    role: Literal["reader", "editor", "operator", "admin"] = "reader"


class GroupSettings(SettingsPart):
    """A group; members of every included group are members of it too."""

    includes: tuple[str, ...] = ()

"""A folder of files as a source."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from groundwatch.settings import SettingsPart


class PathRule(SettingsPart):
    """Permissions and tags of the paths that match a pattern.

    `allow` of the last matching rule that states one counts; `deny` and `tags` of all matching
    rules add up; no `allow` means nobody.

    Attributes:
        path: glob relative to the source's folder: `**` for everything, `hr/**` for a folder.
        allow, deny: principals: `user:NAME`, `group:NAME` or `everyone`.
    """

    path: str
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class FilesystemSettings(SettingsPart):
    """A folder that is watched.

    Attributes:
        name: names the source in filters and permissions, `[a-z0-9-]+`.
        path: the folder; relative to the configuration file.
    """

    kind: Literal["filesystem"] = "filesystem"
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    path: Path
    include: tuple[str, ...] = ("**",)
    exclude: tuple[str, ...] = ("**/.*", "**/~$*", "**/*.tmp", "**/*.swp")
    permissions: tuple[PathRule, ...] = ()

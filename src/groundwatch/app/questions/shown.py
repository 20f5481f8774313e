"""A progress display, as the command line makes one."""

from types import TracebackType
from typing import Protocol, Self


class Shown(Protocol):
    """Shows how many of how many are done, while its block runs."""

    def show(self, done: int, total: int) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

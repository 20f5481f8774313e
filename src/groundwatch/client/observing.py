# ruff: noqa: TID252
"""The interaction that is under way in this thread or task."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from .records import Interaction

_CURRENT: ContextVar[Interaction | None] = ContextVar("groundwatch_interaction", default=None)


def current() -> Interaction | None:
    """The interaction under way, to add passages, stages and tokens to; None outside of one."""
    return _CURRENT.get()


class Observing:
    """A block that is one interaction: timed, recorded at its end however it ends.

    Errors are noted and go on their way.
    """

    def __init__(self, interaction: Interaction, observe: Callable[[Interaction], str]) -> None:
        self._interaction = interaction
        self._observe = observe
        self._token: Token[Interaction | None] | None = None
        interaction.began = time.perf_counter()

    def __enter__(self) -> Interaction:
        self._token = _CURRENT.set(self._interaction)
        return self._interaction

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._token is not None
        _CURRENT.reset(self._token)
        self._record(error)

    @contextmanager
    def step(self) -> Generator[Interaction, None, None]:
        """One step of a generator: between steps other work has this thread."""
        token = _CURRENT.set(self._interaction)
        try:
            yield self._interaction
        finally:
            _CURRENT.reset(token)

    def finish(
        self,
        error: BaseException | None,
        said: str,
        fill: Callable[[Interaction, object], None],
    ) -> None:
        """Record what a generator came to: its end, or the error that ended it."""
        fill(self._interaction, said)
        self._record(error)

    def _record(self, error: BaseException | None) -> None:
        one = self._interaction
        if one.duration is None:
            one.duration = time.perf_counter() - one.began
        if isinstance(error, Exception):
            one.failed(error)
        elif error is not None:
            one.outcome = "cancelled"
        self._observe(one)

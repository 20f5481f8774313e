"""The generation that answers, exchanged while questions run."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from groundwatch.errors import Unavailable
from groundwatch.index.generation import Generation


class Current:
    """Holds one open generation, or says why there is none.

    A question that began on a generation ends on it: a generation that was replaced is closed when
    its last question has ended.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._generation: Generation | None = None
        self._users: dict[str, int] = {}
        self._reason = "the index is being opened; try again in a moment"

    @property
    def generation(self) -> Generation | None:
        return self._generation

    @contextmanager
    def use(self) -> Generator[Generation]:
        """The generation in use, kept open for the block.

        Raises:
            Unavailable: there is none now; says why.
        """
        with self._changed:
            generation = self._generation
            if generation is None:
                raise Unavailable(self._reason)
            self._users[generation.name] = self._users.get(generation.name, 0) + 1
        try:
            yield generation
        finally:
            with self._changed:
                self._users[generation.name] -= 1
                self._changed.notify_all()

    def swap(self, generation: Generation | None, reason: str = "") -> None:
        """Use another generation from now on, or none because of `reason`.

        Returns when nobody uses the former one any more and it is closed.
        """
        with self._changed:
            former, self._generation = self._generation, generation
            self._reason = reason
            if former is None:
                return
            self._changed.wait_for(lambda: not self._users.get(former.name))
            self._users.pop(former.name, None)
        former.close()

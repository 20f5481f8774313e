# ruff: noqa: TID252  this folder is a package of its own, `groundwatch_client`, too
"""The SDK for other applications; standard library and httpx only.

    client = Client("https://watch.example", key, "shop-assistant")

    @client.observed()
    def answer(question: str) -> str: ...

Nothing here blocks the application, raises into it, or grows without bound: interactions wait in a
queue that is bounded by bytes, and one thread encodes and sends them. What is dropped is counted
and reported to the server with the next batch.
"""

from .client import Client, Options
from .counts import Flushed
from .observing import current
from .records import Event, Interaction, Passage, Stage

__all__ = [
    "Client",
    "Event",
    "Flushed",
    "Interaction",
    "Options",
    "Passage",
    "Stage",
    "__version__",
    "current",
]
__version__ = "0.1.0"

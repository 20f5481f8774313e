"""The index of the engine process, from any other process."""

import numpy as np

from groundwatch.index import handlers
from groundwatch.index.backend import Progress
from groundwatch.index.filters import filters_to
from groundwatch.index.points import IndexModel, Ranking, Rankings, SearchRequest
from groundwatch.index.process import IndexStatus
from groundwatch.index.verify import Difference
from groundwatch.wire.client import Client

_GRACE = 5.0
"""The engine's own timeout is this much shorter than the socket's: its message says more."""

_LONG = 600.0


class RemoteIndex:
    """The methods of `IndexProcess`, with its errors, over the socket."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def search(self, request: SearchRequest, timeout: float = 20.0) -> Rankings:
        vector = request.vector
        reply = self._client.call(
            handlers.SEARCH,
            {
                "principals": list(request.principals),
                "vector": None if vector is None else vector.astype(np.float32).tobytes(),
                "text": request.text,
                "filters": filters_to(request.filters),
                "limit": request.limit,
                "model": request.model,
            },
            timeout,
        )
        return Rankings(unpack(reply["dense"]), unpack(reply["lexical"]), reply["generation"])

    def follow(self, seq: int, timeout: float = 30.0) -> int:
        payload = {"seq": seq, "timeout": timeout}
        reply = self._client.call(handlers.FOLLOW, payload, timeout + _GRACE)
        return int(reply["position"])

    def status(self) -> IndexStatus:
        reply = self._client.call(handlers.STATUS, {})
        building = reply["building"]
        return IndexStatus(
            **reply
            | {
                "model": IndexModel(**reply["model"]),
                "wanted": IndexModel(**reply["wanted"]),
                "building": Progress(**building) if building else None,
            }
        )

    def rebuild(self, timeout: float | None = None) -> None:
        self._client.call(handlers.REBUILD, {"timeout": timeout}, (timeout or 0.0) + _GRACE)

    def verify(self, *, repair: bool) -> Difference:
        reply = self._client.call(handlers.VERIFY, {"repair": repair}, _LONG)
        return Difference(
            reply["checked"], *(tuple(reply[part]) for part in ("missing", "stale", "extra"))
        )

    def purge(self, markers: list[str], timeout: float = _LONG) -> list[str]:
        payload = {"markers": markers, "timeout": timeout}
        return list(self._client.call(handlers.PURGE, payload, timeout + _GRACE)["found"])

    def flush(self) -> None:
        self._client.call(handlers.FLUSH, {})


def unpack(packed: list[bytes]) -> Ranking:
    """The inverse of `handlers.pack`."""
    ids, scores = np.frombuffer(packed[0], np.int64), np.frombuffer(packed[1], np.float32)
    return list(zip(ids.tolist(), scores.tolist(), strict=True))

"""What an index engine does; `edge` and `qdrant` do it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from groundwatch.index.points import (
    Holding,
    IndexModel,
    Label,
    LabelledPoints,
    Rankings,
    SearchRequest,
)


class IndexEngine(Protocol):
    """One index: points in, rankings out. Every write may be repeated without harm.

    Calls may come from several threads. A write is seen by every search that begins after it
    returned.
    """

    @property
    def model(self) -> IndexModel: ...

    def put(self, documents: Sequence[LabelledPoints]) -> None:
        """Hold exactly these points of the documents; points of former versions go.

        Raises:
            ModelUnusable: a vector is of other dimensions.
        """
        ...

    def relabel(self, labels: Sequence[Label]) -> None:
        """Replace what the points of the documents carry; vectors and words stay."""
        ...

    def delete(self, document_ids: Collection[str]) -> None: ...

    def search(self, request: SearchRequest) -> Rankings:
        """Rank what the principals may read.

        Raises:
            ModelUnusable: the vector is of other dimensions.
            Unavailable: the engine does not answer.
        """
        ...

    def holdings(self) -> Mapping[str, Holding]:
        """What is held of each document."""
        ...

    def count(self) -> int:
        """Points held."""
        ...

    def flush(self) -> None:
        """Return when everything written so far would survive a power cut."""
        ...

    def close(self) -> None: ...

"""Numbers that several parts of one page or report are made of."""

from groundwatch.analytics.tallies import Cells
from groundwatch.store.events.cells import Cell, CellQuery


class Remembering:
    """Cells, each query asked once; for the making of one page or report."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._known: dict[CellQuery, list[Cell]] = {}

    def cells(self, query: CellQuery) -> list[Cell]:
        if query not in self._known:
            self._known[query] = self._cells.cells(query)
        return self._known[query]

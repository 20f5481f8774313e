"""What an index holds, document by document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from groundwatch.index.points import Holding


def collect(points: Iterable[tuple[int, str, str]]) -> Mapping[str, Holding]:
    """Group (chunk id, document id, mark) by document."""
    chunk_ids: defaultdict[str, set[int]] = defaultdict(set)
    marks: defaultdict[str, set[str]] = defaultdict(set)
    for chunk_id, document_id, mark in points:
        chunk_ids[document_id].add(chunk_id)
        marks[document_id].add(mark)
    return {
        document_id: Holding(frozenset(marks[document_id]), frozenset(ids))
        for document_id, ids in chunk_ids.items()
    }

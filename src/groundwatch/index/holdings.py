"""What an index holds, document by document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from groundwatch.index.points import Holding


def collect(points: Iterable[tuple[int, str, int]]) -> Mapping[str, Holding]:
    """Group (chunk id, document id, version) by document."""
    chunk_ids: defaultdict[str, set[int]] = defaultdict(set)
    versions: defaultdict[str, set[int]] = defaultdict(set)
    for chunk_id, document_id, version in points:
        chunk_ids[document_id].add(chunk_id)
        versions[document_id].add(version)
    return {
        document_id: Holding(frozenset(versions[document_id]), frozenset(ids))
        for document_id, ids in chunk_ids.items()
    }

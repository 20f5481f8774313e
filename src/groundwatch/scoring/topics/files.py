"""Topics as JSON, and back; what is broken or of another form is begun anew."""

import base64
import json
import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

from groundwatch.scoring.topics.application import Topics
from groundwatch.scoring.topics.cluster import Cluster

if TYPE_CHECKING:
    from groundwatch.scoring.topics.asked import Vector

VERSION = 2
_DIGITS = 4

log = logging.getLogger(__name__)


def written(topics: Topics, embedder: str) -> str:
    """Everything that is known; `embedder` says what the vectors were made with."""
    return json.dumps(
        {
            "version": VERSION,
            "embedder": embedder,
            "questions": topics.questions,
            "stems": topics.stems,
            "clusters": [_plain(each) for each in topics.clusters],
        }
    )


def read_topics(text: str | None, embedder: str) -> Topics:
    """What `written` wrote; vectors of another embedder are left out, names stay."""
    if text is None:
        return Topics()
    try:
        found = json.loads(text)
        if found["version"] != VERSION:
            return Topics()
        has_vectors = found["embedder"] == embedder
        clusters = [_cluster(each, has_vectors=has_vectors) for each in found["clusters"]]
        return Topics(clusters, int(found["questions"]), dict(found["stems"]))
    except (KeyError, TypeError, ValueError) as error:
        log.warning("the stored topics cannot be read (%s); begun anew", type(error).__name__)
        return Topics()


def _plain(one: Cluster) -> dict[str, Any]:
    return {
        "name": one.name,
        "members": one.members,
        "born": one.born.isoformat(),
        "seen": one.seen.isoformat(),
        "terms": {stem: round(value, _DIGITS) for stem, value in one.terms.items()},
        "counts": one.counts,
        "words": one.words,
        "met": one.met,
        "vector": None if one.vector is None else _packed(one.vector),
    }


def _cluster(plain: dict[str, Any], *, has_vectors: bool) -> Cluster:
    vector = plain["vector"] if has_vectors else None
    return Cluster(
        datetime.fromisoformat(plain["born"]),
        datetime.fromisoformat(plain["seen"]),
        int(plain["members"]),
        dict(plain["terms"]),
        dict(plain["counts"]),
        dict(plain["words"]),
        None if vector is None else _unpacked(vector),
        plain["name"],
        list(plain["met"]),
    )


def _packed(vector: "Vector") -> list[object]:
    """Length and direction; half precision is enough for a direction."""
    length = float((vector * vector).sum()) ** 0.5
    direction = (vector / length if length else vector).astype("<f2")
    return [length, base64.b64encode(direction.tobytes()).decode()]


def _unpacked(packed: list[Any]) -> "Vector":
    import numpy as np

    direction = np.frombuffer(base64.b64decode(packed[1]), dtype="<f2").astype(np.float32)
    return direction * np.float32(packed[0])

"""The topics of one application, as its questions come one by one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from groundwatch.scoring.topics.asked import Asked, asked
from groundwatch.scoring.topics.cluster import Cluster
from groundwatch.scoring.topics.naming import name_of

if TYPE_CHECKING:
    from groundwatch.scoring.topics.asked import Vector

NAMED_FROM = 3
"""Questions from which on a cluster is a topic and has a name."""

WARM_FROM = 12
"""Questions of an application from which on topics are named: before, its everyday words, which
stand in every question, cannot be told from those that make a topic."""

MOST_NAMED, MOST_NAMELESS = 64, 64
FORGOTTEN_AFTER = timedelta(days=90)
"""A topic that nobody asked about for so long makes room when room is needed."""

BY_WORDS, WITH_VECTORS = 0.18, 0.28
"""How near a question must be to join."""

_STEMS = 2_000


@dataclass(slots=True)
class Topics:
    """What is known of an application's questions; bounded.

    Attributes:
        questions: how many were seen.
        stems: in how many of them a stem stood.
        changed: whether there is anything that is not kept yet.
    """

    clusters: list[Cluster] = field(default_factory=list)
    questions: int = 0
    stems: dict[str, int] = field(default_factory=dict)
    changed: bool = False

    def assign(self, text: str, vector: "Vector | None", at: datetime) -> str:
        """The name of the topic a question belongs to; empty while too few asked about it."""
        question = asked(text, self._shares(), vector)
        if not question.terms:
            return ""
        self._count(question)
        cluster = self.nearest(question) or self._opened(at)
        cluster.join(question, at)
        self.changed = True
        if not cluster.name and cluster.members >= NAMED_FROM and self.questions >= WARM_FROM:
            self._name(cluster)
        return cluster.name

    def nearest(self, question: Asked) -> Cluster | None:
        """The cluster a question is near enough to."""
        best, found = 0.0, None
        for each in self.clusters:
            has_both = question.vector is not None and each.vector is not None
            near = each.likeness(question) / (WITH_VECTORS if has_both else BY_WORDS)
            if near >= 1.0 and near > best:
                best, found = near, each
        return found

    @property
    def names(self) -> set[str]:
        return {each.name for each in self.clusters if each.name}

    def _opened(self, at: datetime) -> Cluster:
        nameless = [each for each in self.clusters if not each.name]
        if len(nameless) >= MOST_NAMELESS:
            self.clusters.remove(_least(nameless))
        cluster = Cluster(at, at)
        self.clusters.append(cluster)
        return cluster

    def _name(self, cluster: Cluster) -> None:
        """Give a name; where all places are taken, only a forgotten topic gives way."""
        named = [each for each in self.clusters if each.name]
        if len(named) >= MOST_NAMED:
            oldest = min(named, key=lambda each: each.seen)
            if cluster.seen - oldest.seen < FORGOTTEN_AFTER:
                return
            self.clusters.remove(oldest)
        cluster.name = name_of(cluster, self.clusters, self.names, self._shares())

    def _shares(self) -> dict[str, float]:
        if self.questions < WARM_FROM:
            return {}
        return {stem: count / self.questions for stem, count in self.stems.items()}

    def _count(self, question: Asked) -> None:
        self.questions += 1
        for stem in question.terms:
            self.stems[stem] = self.stems.get(stem, 0) + 1
        if len(self.stems) > 2 * _STEMS:
            kept = sorted(self.stems.items(), key=lambda pair: (-pair[1], pair[0]))[:_STEMS]
            self.stems = dict(kept)


def _least(clusters: Iterable[Cluster]) -> Cluster:
    """The one that is missed least: few members, long not seen."""
    return min(clusters, key=lambda each: (each.members, each.seen))

"""From an episode and what is known around it to something a person can act on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from math import inf

from groundwatch.anomaly.advice import ACTIONS, AnomalyClass, class_of
from groundwatch.anomaly.contributors import Contributor
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.episodes import Episode, Sighting
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import BUILT_IN, Spread
from groundwatch.domain.status import Severity

AGREES_AT = 2.0
"""A layer agrees when a value as rare as one in a hundred, or a record, is before it."""
_BEFORE, _AFTER = timedelta(hours=1), timedelta(minutes=5)
"""Changes that soon before an episode, or just after it was seen to begin, stand beside it."""
_FILTERS = frozenset({"application", "group", "model", "outcome", "user"})
"""Labels by which interactions can be listed."""
_LIMITS = ((6.0, Severity.CRITICAL), (2.0, Severity.HIGH), (0.5, Severity.MEDIUM))
_GONE = 0.1
"""Of the least that is usual: what is below is gone, though it can be no further away than that."""
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_CLASSES = {each: rank for rank, each in enumerate(AnomalyClass)}


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around an episode.

    Attributes:
        labels: of the series: application, and dimension and label where it has them.
        contributors: what moved, the likeliest first.
        events: what happened around it.
        unit, higher_is: of the metric; those of the catalogue when empty.
    """

    metric: str
    labels: Mapping[str, str] = field(default_factory=dict)
    contributors: Sequence[Contributor] = ()
    events: Sequence[Event] = ()
    unit: str = ""
    higher_is: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """An anomaly, told.

    Attributes:
        id: the same for the same episode of the same series, so that it is stored once.
        value: of the metric at the peak.
        expected: the range that would have been ordinary then; None where unknown.
        probability: of a value that unusual, by the layers that give one.
        layers: which layers agreed, the strongest first.
        confidence: 0 to 1; each layer that agrees halves the doubt.
        worse: whether the metric moved to its bad side; None where it has none.
        end: None while it lasts.
        interactions: how to list those of the stretch: `since`, `until` and label filters.
        changes: deploys and other changes beside it, the nearest first.
    """

    id: str
    metric: str
    labels: Mapping[str, str]
    value: float
    expected: tuple[float, float] | None
    probability: float
    layers: tuple[Layer, ...]
    confidence: float
    severity: Severity
    kind: AnomalyClass
    worse: bool | None
    description: str
    start: datetime
    peak: datetime
    end: datetime | None
    contributors: tuple[Contributor, ...]
    actions: tuple[str, ...]
    interactions: Mapping[str, str]
    changes: tuple[Event, ...]


def finding(episode: Episode, context: Context) -> Finding:
    """Tell an episode; the same episode and context give the same finding."""
    peak = episode.peak
    start = _moment(episode.start)
    end = None if episode.end is None else _moment(episode.end)
    kind = class_of(context.metric, context.labels)
    worse = _worse(peak, context)
    agreed = _agreed(peak)
    changes = _beside(context.events, start)
    return Finding(
        id=_identity(context, episode),
        metric=context.metric,
        labels=dict(context.labels),
        value=peak.value,
        expected=_possible(peak, context.metric),
        probability=10.0**-peak.rarity,
        layers=agreed,
        confidence=1.0 - 0.5 ** len(agreed),
        severity=_severity(peak, worse),
        kind=kind,
        worse=worse,
        description=_describe(peak, context, start),
        start=start,
        peak=_moment(peak.at),
        end=end,
        contributors=tuple(context.contributors),
        actions=_actions(kind, changes),
        interactions=_listing(context, start, end),
        changes=changes,
    )


def by_priority(findings: Iterable[Finding]) -> list[Finding]:
    """Without repetitions, the worst first; then what lasts, what is surer and what is newer."""
    newest = {each.id: each for each in findings}
    return sorted(
        newest.values(),
        key=lambda each: (
            -_RANKS[each.severity],
            each.end is not None,
            _CLASSES[each.kind],
            -each.confidence,
            -each.start.timestamp(),
            each.id,
        ),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _identity(context: Context, episode: Episode) -> str:
    named = sorted(f"{len(k)}:{k}{len(v)}:{v}" for k, v in context.labels.items())
    text = "|".join([context.metric, *named, repr(episode.start)])
    return blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()


def _higher_is(context: Context) -> str:
    known = BUILT_IN.get(context.metric)
    return context.higher_is or (known.higher_is if known else "neutral")


def _worse(peak: Sighting, context: Context) -> bool | None:
    higher_is = _higher_is(context)
    if peak.expected is None or higher_is == "neutral":
        return None
    low, high = peak.expected
    return (peak.value > (low + high) / 2.0) == (higher_is == "worse")


def _agreed(peak: Sighting) -> tuple[Layer, ...]:
    records = {Layer.RANGE, Layer.BAND}
    strong = {
        layer: share
        for layer, share in peak.layers.items()
        if share >= AGREES_AT or (layer in records and share > 0.0)
    }
    return tuple(sorted(strong, key=lambda layer: (-strong[layer], layer)))


def _severity(peak: Sighting, worse: bool | None) -> Severity:
    """By the distance from the expected range, in widths of it; a change for the better is info.

    What is always there and now gone is medium at least.
    """
    if worse is False:
        return Severity.INFO
    if peak.expected is None:
        return Severity.MEDIUM
    low, high = peak.expected
    beyond = max(peak.value - high, low - peak.value, 0.0) / max(high - low, 1e-12)
    found = next((severity for limit, severity in _LIMITS if beyond >= limit), Severity.LOW)
    if low > 0.0 and peak.value <= _GONE * low:
        found = max(found, Severity.MEDIUM, key=_RANKS.__getitem__)
    if worse is None:  # neither good nor bad by itself
        return min(found, Severity.HIGH, key=_RANKS.__getitem__)
    return found


def _possible(peak: Sighting, metric: str) -> tuple[float, float] | None:
    """The expected range without what a metric of the catalogue can never be."""
    known = BUILT_IN.get(metric)
    if peak.expected is None or known is None:
        return peak.expected
    low, high = peak.expected
    most = 1.0 if known.spread is Spread.UNIT else inf
    return min(max(low, 0.0), most), max(min(high, most), 0.0)


def _describe(peak: Sighting, context: Context, start: datetime) -> str:
    known = BUILT_IN.get(context.metric)
    unit = context.unit or (known.unit if known else "")
    of = ", ".join(f"{name} {label}" for name, label in sorted(context.labels.items()) if label)
    text = f"{context.metric}{f' of {of}' if of else ''} reached {_figure(peak.value, unit)}"
    expected = _possible(peak, context.metric)
    if expected is not None:
        low, high = expected
        least = _figure(low, unit if unit == "ratio" else "")
        text += f" where {least} to {_figure(high, unit)} is usual"
    text += f"; it began at {start:%Y-%m-%d %H:%M} UTC"
    if context.contributors:
        first = context.contributors[0]
        text += (
            f"; {first.dimension} {first.label} accounts for "
            f"{min(first.share, 1.0):.0%} of the change"
        )
    return f"{text}."


def _figure(value: float, unit: str) -> str:
    shown = f"{value:.1%}" if unit == "ratio" else f"{value:.4g}"
    return shown if unit in {"", "1", "ratio"} else f"{shown} {unit}"


def _beside(events: Sequence[Event], start: datetime) -> tuple[Event, ...]:
    near = [each for each in events if start - _BEFORE <= each.at <= start + _AFTER]
    near = [each for each in near if each.type != "metric"]
    return tuple(sorted(near, key=lambda each: (abs(each.at - start), each.id)))


def _actions(kind: AnomalyClass, changes: Sequence[Event]) -> tuple[str, ...]:
    if not changes:
        return ACTIONS[kind]
    first = changes[0]
    what = " of ".join(word for word in (first.type, first.component) if word)
    return (f"Look first at the {what} at {first.at:%H:%M} UTC.", *ACTIONS[kind])


def _listing(context: Context, start: datetime, end: datetime | None) -> dict[str, str]:
    query = {"since": start.isoformat()}
    if end is not None:
        query["until"] = end.isoformat()
    pairs = [*context.labels.items()]
    pairs += [(one.dimension, one.label) for one in context.contributors[:1]]
    return {**query, **{name: label for name, label in pairs if name in _FILTERS and label}}

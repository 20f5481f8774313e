"""Every number that is measured of interactions, and how one interaction adds to it.

A metric has a stable name. Charts, rules, service levels, anomalies, forecasts and reports use
that name and read cells, never interactions: a cell is what one metric came to in one minute, for
one application and one value of one dimension.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction, variant_label, variants_of
from groundwatch.domain.scores import Dimension, Quality, Score, complexity_band

FAILURES = frozenset({Outcome.FAILED, Outcome.TIMED_OUT})
"""Outcomes that count as errors; a declined, cancelled or refused question is none."""


class Spread(StrEnum):
    """How values of a metric are put into buckets.

    `NONE` keeps count and sum. `LOG` has 2 % relative error, for times, tokens and money.
    `UNIT` has fixed steps of .01 from 0 to 1, for scores.
    """

    NONE = "none"
    LOG = "log"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Metric:
    """What a name means.

    Attributes:
        unit: `s`, `USD`, `tokens`, `1` for counts, `ratio` for 0 to 1, as UCUM and OTel say it.
        higher_is: `better`, `worse` or `neutral`.
        dimensions: what it is split by, besides the application.
    """

    name: str
    description: str
    unit: str
    spread: Spread
    higher_is: str
    dimensions: tuple[str, ...] = ()


_SPLIT = ("model", "group", "endpoint")
_PEOPLE = ("user", "session")
_TRIED = "variant"
"""Of an experiment, as `EXPERIMENT=VARIANT`; only interactions that take part in one have any."""

REQUESTS = Metric(
    "requests",
    "questions asked",
    "1",
    Spread.NONE,
    "neutral",
    (*_SPLIT, *_PEOPLE, _TRIED, "outcome", "source", "topic", "category", "complexity"),
)
ERRORS = Metric(
    "errors",
    "questions that failed or timed out",
    "1",
    Spread.NONE,
    "worse",
    (*_SPLIT, _TRIED, "user", "error_type"),
)
DECLINED = Metric(
    "declined",
    "questions declined for want of evidence",
    "1",
    Spread.NONE,
    "worse",
    (*_SPLIT, _TRIED, "topic"),
)
LATENCY = Metric(
    "latency",
    "seconds until the last byte",
    "s",
    Spread.LOG,
    "worse",
    (*_SPLIT, _TRIED, "source", "topic", "outcome"),
)
FIRST_TOKEN = Metric(
    "first_token", "seconds until the first sentence", "s", Spread.LOG, "worse", _SPLIT
)
STAGE = Metric("stage", "seconds spent in a stage", "s", Spread.LOG, "worse", ("stage",))
INPUT_TOKENS = Metric(
    "tokens.input", "tokens sent to models", "tokens", Spread.LOG, "worse", (*_SPLIT, "user")
)
OUTPUT_TOKENS = Metric(
    "tokens.output", "tokens made by models", "tokens", Spread.LOG, "worse", (*_SPLIT, "user")
)
COST = Metric(
    "cost", "price of the models' work", "USD", Spread.LOG, "worse", (*_SPLIT, _TRIED, "user")
)
PASSAGES = Metric(
    "passages", "passages given to the answerer", "1", Spread.LOG, "neutral", ("source",)
)
FEEDBACK = Metric(
    "satisfaction",
    "what people said, 0 to 1",
    "ratio",
    Spread.UNIT,
    "better",
    ("model", "group", _TRIED),
)
OVERALL = Metric(
    "quality.overall",
    "weighted mean of the scores",
    "ratio",
    Spread.UNIT,
    "better",
    (*_SPLIT, _TRIED, "topic", "source"),
)
COVERAGE = Metric(
    "quality.coverage",
    "answers that were scored, of those that can be",
    "ratio",
    Spread.UNIT,
    "better",
    (),
)
QUALITY = {
    dimension: Metric(
        f"quality.{dimension}",
        f"{dimension} of answers",
        "ratio",
        Spread.UNIT,
        "better",
        ("model", "topic", "source", "scorer"),
    )
    for dimension in Dimension
}
JUDGED_BY = "judge:"
"""How the scorer of a language model's verdict begins; what it says is not counted as a score."""
JUDGE_CALLS = Metric(
    "judge.calls",
    "verdicts asked of a language model on doubtful answers",
    "1",
    Spread.NONE,
    "neutral",
    ("outcome",),
)
"""Outcomes: supported, unsupported, unclear, unreadable, failed, gone."""
JUDGE_COST = Metric("judge.cost", "price of verdicts", "USD", Spread.LOG, "worse")
JUDGE_AGREEMENT = Metric(
    "judge.agreement",
    "verdicts that agree with the offline accuracy; 1 agrees, 0 does not",
    "ratio",
    Spread.UNIT,
    "better",
    ("scorer",),
)
FLAGGED = Metric("flagged", "answers with a flag", "1", Spread.NONE, "worse", ("flag",))
INTAKE = Metric(
    "intake",
    "spans, interactions and events that arrived",
    "1",
    Spread.NONE,
    "neutral",
    ("outcome", "reason"),
)
"""Outcomes: accepted, rejected, dropped, late, late_expired, duplicate; `refused` whole requests;
`unmatched` scores whose trace never came. Reasons are those of what was rejected."""
BACKLOG = Metric("scoring.backlog", "answers that wait for scores", "1", Spread.LOG, "worse")
CPU = Metric("system.cpu", "processors in use", "ratio", Spread.UNIT, "worse")
MEMORY = Metric("system.memory", "memory in use", "ratio", Spread.UNIT, "worse")
DISK = Metric("system.disk", "the data folder's disk in use", "ratio", Spread.UNIT, "worse")
NETWORK = Metric(
    "system.network", "bytes sent and received a second", "By/s", Spread.LOG, "neutral"
)
CONNECTIONS = Metric("system.connections", "open connections", "1", Spread.LOG, "neutral")
QUEUE = Metric("system.queue", "entries waiting in a queue", "1", Spread.LOG, "worse", ("queue",))
PROBES = Metric(
    "probes",
    "questions asked by an active probe; 1 was answered, 0 was not",
    "ratio",
    Spread.UNIT,
    "better",
)
FRESHNESS = Metric(
    "freshness",
    "seconds from a change at the source until it can be found",
    "s",
    Spread.LOG,
    "worse",
    ("source",),
)
DELETION = Metric(
    "freshness.deletion",
    "seconds from noticing a deletion until nothing of it can be found",
    "s",
    Spread.LOG,
    "worse",
    ("source",),
)
REVOCATION = Metric(
    "freshness.revocation",
    "seconds from noticing changed permissions until they are in force",
    "s",
    Spread.LOG,
    "worse",
    ("source",),
)
LAG = Metric(
    "scoring.lag",
    "seconds that the oldest answer without scores has waited for them",
    "s",
    Spread.LOG,
    "worse",
)
COMMIT = Metric("store.commit", "seconds of a commit of telemetry", "s", Spread.LOG, "worse")
COMMIT_SIZE = Metric("store.commit.size", "writes in one commit", "1", Spread.LOG, "neutral")
CUSTOM_PREFIX = "custom."

BUILT_IN = {
    metric.name: metric
    for metric in (
        REQUESTS, ERRORS, DECLINED, LATENCY, FIRST_TOKEN, STAGE, INPUT_TOKENS, OUTPUT_TOKENS, COST,
        PASSAGES, FEEDBACK, OVERALL, COVERAGE, *QUALITY.values(), FLAGGED,
        JUDGE_CALLS, JUDGE_COST, JUDGE_AGREEMENT,
        INTAKE, BACKLOG, CPU, MEMORY, DISK, NETWORK, CONNECTIONS, QUEUE, PROBES, FRESHNESS,
        DELETION, REVOCATION, LAG, COMMIT, COMMIT_SIZE,
    )
}  # fmt: skip


class Point(NamedTuple):
    """What one observation adds to a metric.

    Attributes:
        dimension, label: which split it belongs to; both empty for the whole.
        weight: how many observations it stands for; 1 unless it was sampled.
    """

    metric: str
    value: float
    dimension: str = ""
    label: str = ""
    weight: float = 1.0


def of_interaction(one: Interaction) -> list[Point]:
    """What an interaction adds by itself; never sampled."""
    failed = one.outcome in FAILURES
    labels = _labels(one)
    points = [*_split(REQUESTS, 1.0, labels)]
    if failed:
        points += _split(ERRORS, 1.0, labels)
    if one.outcome is Outcome.DECLINED:
        points += _split(DECLINED, 1.0, labels)
    if one.outcome is not Outcome.REFUSED:
        points += _split(LATENCY, one.duration, labels)
    if one.first_token is not None:
        points += _split(FIRST_TOKEN, one.first_token, labels)
    if one.input_tokens or one.output_tokens:
        points += _split(INPUT_TOKENS, one.input_tokens, labels)
        points += _split(OUTPUT_TOKENS, one.output_tokens, labels)
    if one.cost is not None:
        points += _split(COST, one.cost, labels)
    if one.passages:
        points += _split(PASSAGES, len(one.passages), labels)
    for stage in one.stages:
        points += _split(STAGE, stage.duration, [("stage", stage.name)])
    points += [Point(FLAGGED.name, 1.0, "flag", flag) for flag in one.flags]
    return points


def of_quality(one: Interaction, quality: Quality, weight: float) -> list[Point]:
    """What the scores of an interaction add; `weight` is one through its sampling rate."""
    weight *= quality.weight
    if not weight:
        return []
    labels = _labels(one) + ([("topic", quality.topic)] if quality.topic else [])
    points: list[Point] = []
    if quality.overall is not None:
        points += _split(OVERALL, quality.overall, labels, weight)
    for score in quality.scores:
        if score.scorer.startswith(JUDGED_BY):
            points += _judged(score)
            continue
        if score.value is not None:
            own = [*labels, ("scorer", score.scorer)]
            points += _split(QUALITY[score.dimension], score.value, own, weight)
        points += [Point(FLAGGED.name, 1.0, "flag", flag, weight) for flag in score.flags]
    if quality.topic:
        points.append(Point(REQUESTS.name, 1.0, "topic", quality.topic, weight))
        if one.outcome is Outcome.DECLINED:
            points.append(Point(DECLINED.name, 1.0, "topic", quality.topic, weight))
    if quality.category:
        points.append(Point(REQUESTS.name, 1.0, "category", quality.category, weight))
    if quality.complexity is not None:
        band = complexity_band(quality.complexity)
        points.append(Point(REQUESTS.name, 1.0, "complexity", band, weight))
    points.append(Point(COVERAGE.name, float(quality.overall is not None), weight=weight))
    return points


def _judged(score: Score) -> list[Point]:
    """A verdict tells how far the offline score can be trusted; it is no score beside it."""
    agrees = score.facts.get("agrees")
    if agrees is None:
        return []
    name = JUDGE_AGREEMENT.name
    return [Point(name, agrees), Point(name, agrees, "scorer", score.scorer)]


def of_feedback(one: Interaction, given: Sequence[Feedback]) -> list[Point]:
    """What people said of an interaction; 0 is bad and 1 is good."""
    values = [value for each in given if (value := each.satisfaction) is not None]
    return [p for value in values for p in _split(FEEDBACK, value, _labels(one))]


def _labels(one: Interaction) -> list[tuple[str, str]]:
    single = [
        ("model", one.model),
        ("group", one.group),
        ("endpoint", one.endpoint),
        ("user", one.user),
        ("session", one.session),
        ("outcome", one.outcome.value),
        ("error_type", one.error_type if one.outcome in FAILURES else ""),
    ]
    sources = sorted({passage.source for passage in one.passages if passage.source})
    several = [("source", source) for source in sources]
    several += [(_TRIED, variant_label(*each)) for each in variants_of(one.attributes).items()]
    return [pair for pair in single if pair[1]] + several


def _split(
    metric: Metric, value: float, labels: Sequence[tuple[str, str]], weight: float = 1.0
) -> list[Point]:
    name, wanted = metric.name, metric.dimensions
    points = [Point(name, value, "", "", weight)]
    points += [
        Point(name, value, dimension, label, weight)
        for dimension, label in labels
        if dimension in wanted
    ]
    return points

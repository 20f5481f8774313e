"""Makes interactions of a minute: the same for the same seed and minute."""

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from groundwatch.app.traffic.faults import Fault, spoilt
from groundwatch.app.traffic.people import Visit, visiting
from groundwatch.app.traffic.scores import quality_of
from groundwatch.app.traffic.topics import Topic
from groundwatch.app.traffic.trial import Trial
from groundwatch.app.traffic.world import APPLICATIONS, INCIDENT, Application, Model
from groundwatch.domain.answers import Outcome
from groundwatch.domain.documents import document_id
from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.domain.metrics import FAILURES
from groundwatch.domain.scores import Quality
from groundwatch.domain.status import Severity

SYNTHETIC = {"synthetic": "true"}
_MINUTES_A_DAY = 24 * 60
_ERRORS = (
    ("rate_limited", "the endpoint answered 429"),
    ("timeout", "no answer within 30 s"),
    ("context_too_long", "the prompt has more tokens than the model takes"),
)
_RATED = 0.14
_PASSAGES = (2, 4, 6, 8, 8, 8)
_PRAISE = ("Exactly what I needed.", "Clear, and the source was right there.", "Saved me a call.")
_BLAME = (
    "This does not answer my question.",
    "The source says something else.",
    "Too general to be of use.",
)
PROMPT_CHANGED = timedelta(days=3)
"""Before the bad hours."""


@dataclass(frozen=True, slots=True)
class Made:
    """One question and everything that came of it."""

    interaction: Interaction
    quality: Quality
    feedback: Feedback | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What traffic is made.

    Attributes:
        rate: times the usual number of questions.
        incident_at: when the bad hours begin; None for none.
        fault: what goes wrong besides; None for nothing.
        trial: what people take part in; None for nothing.
    """

    seed: int
    rate: float = 1.0
    incident_at: datetime | None = None
    fault: Fault | None = None
    trial: Trial | None = None

    def is_bad(self, at: datetime) -> bool:
        begin = self.incident_at
        return begin is not None and begin <= at < begin + INCIDENT.length

    def prompt_of(self, application: Application, at: datetime) -> str:
        """The version of the prompt at a moment."""
        begin = self.incident_at
        is_before = begin is not None and at < begin - PROMPT_CHANGED
        return application.prompt_before if is_before else application.prompt_version


def minute(plan: Plan, at: datetime) -> list[Made]:
    """The questions of the minute that begins at a moment, in the order they were asked."""
    made: list[Made] = []
    for application in APPLICATIONS:
        random = Random(f"{plan.seed}/{application.name}/{at.isoformat()}")  # noqa: S311
        busy = plan.rate * _mean(application, at)
        asked = range(_poisson(random, busy))
        made += [_made(plan, application, (at, busy), place, random) for place in asked]
    return sorted(made, key=lambda each: each.interaction.started_at)


def _mean(application: Application, at: datetime) -> float:
    day = application.weekend if at.weekday() >= 5 else 1.0  # Saturday is 5
    now, then = application.hours[at.hour], application.hours[(at.hour + 1) % 24]
    weight = now + (then - now) * at.minute / 60
    return application.daily * day * weight / sum(application.hours) / 60


def _poisson(random: Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class _Case:
    """One question before it is told."""

    application: Application
    topic: Topic
    model: Model
    outcome: Outcome
    started: datetime
    is_bad: bool
    key: str
    visit: Visit
    prompt: str
    marks: dict[str, str]


def _made(
    plan: Plan,
    application: Application,
    minute_of: tuple[datetime, float],
    place: int,
    random: Random,
) -> Made:
    at, busy = minute_of
    started = at + timedelta(seconds=random.uniform(0, 59.9))
    topic = random.choices(application.topics, [each.share for each in application.topics])[0]
    model = random.choices(application.models, [each.share for each in application.models])[0]
    is_bad = model.name == INCIDENT.model and plan.is_bad(at)
    outcome = _outcome(random, application, topic, is_bad=is_bad)
    key = f"{plan.seed}/{application.name}/{started.isoformat()}/{place}"
    visit = visiting(plan.seed, application, started, busy, random)
    prompt = plan.prompt_of(application, started)
    marks = {}
    if plan.trial is not None:
        variant = plan.trial.variant(application, visit.user, started)
        model, marks = plan.trial.answering(variant, model), plan.trial.marks(variant)
    case = _Case(application, topic, model, outcome, started, is_bad, key, visit, prompt, marks)
    one = _interaction(case, random)
    scored = quality_of(one, topic, model, random)
    made = Made(one, scored, _feedback(one, scored, random))
    return made if plan.fault is None else _spoilt(plan.fault, made, topic, Random(key))  # noqa: S311


def _spoilt(fault: Fault, made: Made, topic: Topic, random: Random) -> Made:
    """The same question while something is wrong; the ones after it stay as they are."""
    one, scored = spoilt(fault, made.interaction, made.quality, topic, random)
    said = made.feedback
    if said is not None and scored != made.quality:
        said = replace(said, thumb=-1, rating=None, comment=_BLAME[0])
    return Made(one, scored, said)


def _outcome(random: Random, application: Application, topic: Topic, *, is_bad: bool) -> Outcome:
    failing = application.failing + (INCIDENT.failing if is_bad else 0.0)
    dice = random.random()
    if dice < failing:
        return Outcome.TIMED_OUT if random.random() < 0.3 else Outcome.FAILED
    if random.random() < topic.declined or not topic.passage:
        return Outcome.DECLINED
    return Outcome.CANCELLED if random.random() < 0.006 else Outcome.ANSWERED


def _interaction(case: _Case, random: Random) -> Interaction:
    application, topic, model, outcome = case.application, case.topic, case.model, case.outcome
    stages = _stages(case, random)
    tokens = _tokens(model, outcome, random)
    error, said = _error(outcome, random)
    is_answered = outcome is Outcome.ANSWERED
    spoken = [*topic.answer, *([topic.loose] if random.random() < _loose(topic) else [])]
    duration = sum(stage.duration for stage in stages)
    return Interaction(
        id=_id(case.key),
        application=application.name,
        started_at=case.started,
        duration=duration,
        outcome=outcome,
        severity=Severity.HIGH if outcome in FAILURES else Severity.INFO,
        query=random.choice(topic.questions),
        response=" ".join(spoken) if is_answered else "",
        reason="no passage answers the question" if outcome is Outcome.DECLINED else "",
        user=case.visit.user,
        session=case.visit.session,
        group=case.visit.group,
        endpoint=random.choice(application.endpoints),
        correlation_id=_id(case.key)[16:],
        passages=_passages(topic, random, is_cited=is_answered),
        stages=stages,
        first_token=duration * random.uniform(0.25, 0.5) if is_answered else None,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        cost=(tokens[0] * model.input_price + tokens[1] * model.output_price) / 1e6,
        model=model.name,
        prompt_version=case.prompt,
        index_version="g41",
        confidence=round(random.uniform(0.72, 0.97), 3) if is_answered else None,
        error_type=error,
        error=said,
        attributes={**SYNTHETIC, **case.marks},
    )


def _loose(topic: Topic) -> float:
    return max(0.0, 1.05 - topic.base) if topic.loose else 0.0


def _stages(case: _Case, random: Random) -> tuple[Stage, ...]:
    outcome = case.outcome
    generate = case.model.seconds * math.exp(random.gauss(0, case.model.spread))
    generate *= INCIDENT.slower if case.is_bad else 1.0
    generate = 30.0 if outcome is Outcome.TIMED_OUT else generate
    generate *= 0.4 if outcome is Outcome.DECLINED else 1.0
    parts = [
        ("embed", 0.004 * math.exp(random.gauss(0, 0.25))),
        ("search", 0.016 * math.exp(random.gauss(0, 0.4))),
        ("check", 0.002 * math.exp(random.gauss(0, 0.3))),
    ]
    if case.application.name != "groundwatch":
        parts[2] = ("rerank", 0.11 * math.exp(random.gauss(0, 0.35)))
    parts.append(("generate", generate))
    found: list[Stage] = []
    start = 0.0
    for name, seconds in parts:
        is_failed = name == "generate" and outcome in FAILURES
        found.append(Stage(name, start, seconds, "failed" if is_failed else ""))
        start += seconds
    return tuple(found)


def _tokens(model: Model, outcome: Outcome, random: Random) -> tuple[int, int]:
    if not model.output_price or outcome in FAILURES:
        return 0, 0
    read = 1700 * math.exp(random.gauss(0, 0.3))
    made = 0 if outcome is Outcome.DECLINED else 150 * math.exp(random.gauss(0, 0.45))
    return round(read), round(made)


def _error(outcome: Outcome, random: Random) -> tuple[str, str]:
    if outcome not in FAILURES:
        return "", ""
    if outcome is Outcome.TIMED_OUT:
        return _ERRORS[1]
    return _ERRORS[0] if random.random() < 0.75 else _ERRORS[2]


def _passages(topic: Topic, random: Random, *, is_cited: bool) -> tuple[RetrievedPassage, ...]:
    """The one that answers, and weaker ones of the same document, as many as a search brings."""
    if not topic.passage:
        return ()
    score = round(random.uniform(0.62, 0.9), 4)
    best = RetrievedPassage(
        rank=1,
        text=topic.passage,
        document_id=document_id(topic.source, topic.path),
        document_version=1,
        title=topic.title,
        source=topic.source,
        score=score,
        cited=is_cited,
    )
    found, last = [best], topic.passage.rsplit(". ", 1)[-1]
    for rank in range(2, random.choice(_PASSAGES) + 1):
        score = round(score * random.uniform(0.7, 0.97), 4)
        found.append(replace(best, rank=rank, text=last, score=score, cited=False))
    return tuple(found)


def _feedback(one: Interaction, scored: Quality, random: Random) -> Feedback | None:
    if one.outcome not in {Outcome.ANSWERED, Outcome.DECLINED} or random.random() > _RATED:
        return None
    overall = 0.25 if scored.overall is None else scored.overall
    is_good = random.random() < overall**1.6
    given_at = one.started_at + timedelta(seconds=one.duration + random.uniform(5, 90))
    rating = random.choice((4, 5) if is_good else (1, 2, 3)) if random.random() < 0.3 else None
    comment = random.choice(_PRAISE if is_good else _BLAME) if random.random() < 0.4 else ""
    thumb = None if rating else 1 if is_good else -1
    return Feedback(one.id, one.user, given_at, thumb, rating, comment)


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]

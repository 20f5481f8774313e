"""One interaction: what was asked and answered, what supports it, and where the time went."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groundwatch.dashboard.alike import alike
from groundwatch.dashboard.score_words import Said, said, why
from groundwatch.dashboard.watched import Asked
from groundwatch.dashboard.waterfall import MOST, Bar, of_spans, of_stages
from groundwatch.dashboard.withheld import READS_ALL, Readable, may_read_texts, readable
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Quality
from groundwatch.domain.sentences import sentences
from groundwatch.serving.services import Library
from groundwatch.store.events import EventStore, Filter, Recorded
from groundwatch.telemetry.otlp.scores_in import PREFIX, ExternalScore, external_scores

_FIRST_LOOK = timedelta(minutes=1)
_LAST_LOOK = timedelta(days=8)
_NEIGHBOURS = 400


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of an answer and what is known of its support.

    Attributes:
        support: `supported`, `unsupported`, or `unknown` where faithfulness was not measured.
    """

    text: str
    gap: str
    support: str
    why: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that is shown of an interaction.

    Attributes:
        newer, older: links to its neighbours under the same filter; empty at the ends.
        spans: how many spans its trace has; only the first `MOST` are drawn.
        others: scores that others gave it.
        facts: attributes that are no such scores.
        said: scores in words.
        similar: others with a question like it.
    """

    recorded: Recorded
    readable: Readable
    sentences: tuple[Sentence, ...]
    bars: tuple[Bar, ...]
    spans: int
    newer: str
    older: str
    others: tuple[ExternalScore, ...]
    facts: dict[str, str]
    said: tuple[Said, ...]
    similar: tuple[Recorded, ...]


def opened(asked: Asked, library: Library, id_: str, wanted: Filter) -> Opened | None:
    """Read an interaction; None where there is none."""
    events = asked.watch.events
    found = events.get(id_)
    if found is None:
        return None
    one = found.interaction
    may = readable(one, asked.identity, library)
    spans = events.spans(id_, limit=MOST)
    bars = of_spans(spans) or (of_stages(one) if one.stages else [])
    newer, older = _neighbours(events, one, wanted)
    return Opened(
        found,
        may,
        marked(one.response, found.quality) if may.answer else (),
        tuple(bars),
        events.span_count(id_) if len(spans) >= MOST else len(spans),
        _link(asked, newer),
        _link(asked, older),
        tuple(external_scores(one)),
        {name: value for name, value in one.attributes.items() if not name.startswith(PREFIX)},
        () if found.quality is None else tuple(said(one, x, may) for x in found.quality.scores),
        alike(asked, one),
    )


@dataclass(frozen=True, slots=True)
class OpenTrace:
    """What came in so far of a trace that is no interaction yet."""

    bars: tuple[Bar, ...]
    spans: int
    may_texts: bool


def open_trace(asked: Asked, id_: str) -> OpenTrace | None:
    """The spans of a trace; None where there is none of this id."""
    events = asked.watch.events
    spans = events.spans(id_, limit=MOST)
    if not spans:
        return None
    return OpenTrace(tuple(of_spans(spans)), events.span_count(id_), asked.identity.may(READS_ALL))


def marked(response: str, quality: Quality | None) -> tuple[Sentence, ...]:
    """An answer in sentences, each with its support."""
    score = None if quality is None else quality.score(Dimension.ACCURACY)
    is_measured = score is not None and score.value is not None
    evidence = [] if score is None else [e for e in score.evidence if e.where == "response"]
    spans = sentences(response)
    ends = [*(start for start, _ in spans[1:]), len(response)]
    found: list[Sentence] = []
    for (start, end), following in zip(spans, ends, strict=True):
        against = next((each for each in evidence if _touches(each, start, end)), None)
        support = "unknown" if not is_measured else "unsupported" if against else "supported"
        reason = "" if against is None else why(against)
        found.append(Sentence(response[start:end], response[end:following], support, reason))
    return tuple(found)


def neighbour_link(asked: Asked, id_: str) -> str:
    """The page of an interaction, under the present filter."""
    return f"/interactions{asked.selection.query({'id': id_, 'after': ''})}"


def texts_of(one: Interaction, asked: Asked) -> bool:
    """Whether the reader may see question and answer."""
    return may_read_texts(one, asked.identity)


def _touches(evidence: Evidence, start: int, end: int) -> bool:
    if evidence.start is None or evidence.end is None:
        return True
    return evidence.start < end and start < evidence.end


def _neighbours(
    events: EventStore, one: Interaction, wanted: Filter
) -> tuple[Recorded | None, Recorded | None]:
    after = (one.started_at, one.id)
    older = events.page(wanted, after=after, limit=1)
    return _newer(events, one, wanted), next(iter(older), None)


def _newer(events: EventStore, one: Interaction, wanted: Filter) -> Recorded | None:
    """The next one after it: pages run backwards in time, so look ahead in growing steps."""
    ahead = _FIRST_LOOK
    while ahead <= _LAST_LOOK:
        until = one.started_at + ahead
        limit = until if wanted.until is None else min(until, wanted.until)
        found = events.page(replace(wanted, since=one.started_at, until=limit), limit=_NEIGHBOURS)
        later = [each for each in found if _key(each) > (one.started_at, one.id)]
        if later:
            return later[-1]
        if wanted.until is not None and until >= wanted.until:
            return None
        ahead *= 4
    return None


def _key(each: Recorded) -> tuple[datetime, str]:
    return each.interaction.started_at, each.interaction.id


def _link(asked: Asked, found: Recorded | None) -> str:
    return "" if found is None else neighbour_link(asked, found.interaction.id)

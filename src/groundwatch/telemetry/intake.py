"""Interactions and events that other applications hand in."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.access.recent import Recent
from groundwatch.domain import metrics
from groundwatch.domain.access import Identity
from groundwatch.domain.clock import Clock
from groundwatch.domain.events import Event
from groundwatch.domain.intake import Submission, Verdict
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.store.events.entries import Entry
from groundwatch.store.events.recorded import Recorded
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.rejections import MALFORMED

OWN = "groundwatch"
"""The application whose interactions nobody hands in: they are this server's answers."""
SENDER = "recorded_by"
"""The attribute that names who handed an interaction in."""
AHEAD = timedelta(hours=1)
MOST_CUSTOM_METRICS = 1_000
_BATCHES_KEPT = timedelta(minutes=10)
_MOST_BATCHES = 20_000


class Events(Protocol):
    """What of the event store takes things in; every write is durable when it returns."""

    def record(self, entries: Sequence[Entry]) -> object: ...

    def known(self, ids: Iterable[str]) -> set[str]: ...

    def get(self, interaction_id: str) -> Recorded | None: ...

    def add_events(self, events: Sequence[Event]) -> object: ...

    def metric_names(self) -> Sequence[str]: ...

    def give_feedback(self, given: Feedback) -> None: ...


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """What is taken.

    Attributes:
        keep: how long interactions are kept; older ones are refused.
        entry: how an interaction is kept: whole, or sampled out.
    """

    keep: timedelta
    entry: Callable[[Interaction], Entry] = Entry


class Intake:
    """Takes what is handed in; what was accepted is committed when a call returns.

    Nobody hands in answers of this server, or replaces what somebody else handed in.
    """

    def __init__(
        self, events: Events, counts: IntakeCounts, rules: IntakeRules, clock: Clock
    ) -> None:
        self._events = events
        self._counts = counts
        self._keep = rules.keep
        self._entry = rules.entry
        self._clock = clock
        self._batches: Recent[str] = Recent(_BATCHES_KEPT, _MOST_BATCHES)

    def interactions(
        self, identity: Identity, submission: Submission[Interaction]
    ) -> list[Verdict]:
        """Commit interactions; says of each what became of it, in order."""
        known = self._is_known(identity, submission)
        now = self._clock()
        taken_ids = self._events.known([item.id for item in submission.items])
        verdicts: list[Verdict] = []
        entries: list[Entry] = []
        for item in submission.items:
            one = _signed(item, identity, submission.application)
            reason = _wrong_own(one) or _wrong_time("started_at", one.started_at, now, self._keep)
            if not reason and one.id in taken_ids and self._is_somebody_elses(one, identity):
                reason = "id: is taken; make it anew, of 32 random hex digits"
            verdicts.append(Verdict(one.id, reason))
            if not reason:
                entries.append(self._entry(one))
        if entries:
            self._events.record(entries)
        self._count(submission, verdicts, known=known)
        self._remember(identity, submission)
        return verdicts

    def events(self, identity: Identity, submission: Submission[Event]) -> list[Verdict]:
        """Commit events; says of each what became of it, in order."""
        known = self._is_known(identity, submission)
        now = self._clock()
        named = {name for item in submission.items for name in item.metrics}
        room = self._new_names(named)
        verdicts: list[Verdict] = []
        taken: list[Event] = []
        for item in submission.items:
            one = replace(
                item,
                id=f"{identity.user}/{item.id}",  # nobody replaces what others told
                application=item.application or submission.application,
            )
            reason = _wrong_time("at", one.at, now, self._keep)
            if not reason and not room.issuperset(one.metrics):
                reason = f"metrics: there are {MOST_CUSTOM_METRICS} names already; use one of them"
            verdicts.append(Verdict(item.id, reason))
            if not reason:
                taken.append(one)
        if taken:
            self._events.add_events(taken)
        self._count(submission, verdicts, known=known)
        self._remember(identity, submission)
        return verdicts

    def feedback(self, identity: Identity, submission: Submission[Feedback]) -> list[Verdict]:
        """Commit what users said of interactions that the same sender recorded, in order."""
        known = self._is_known(identity, submission)
        verdicts = [
            Verdict(each.interaction_id, self._heard(identity, each)) for each in submission.items
        ]
        self._count(submission, verdicts, known=known)
        self._remember(identity, submission)
        return verdicts

    def _heard(self, identity: Identity, given: Feedback) -> str:
        """Commit feedback; says why not, where it is not."""
        reason = _wrong_time("given_at", given.given_at, self._clock(), self._keep)
        if reason:
            return reason
        found = self._events.get(given.interaction_id)
        if found is None or found.interaction.attributes.get(SENDER) != identity.user:
            return "interaction_id: you recorded no such interaction, or it is not there yet"
        user = given.user or found.interaction.user or identity.user
        self._events.give_feedback(replace(given, user=user))
        return ""

    def _is_somebody_elses(self, one: Interaction, identity: Identity) -> bool:
        found = self._events.get(one.id)
        if found is None:
            return False
        before = found.interaction
        is_same = before.application == one.application
        return not is_same or before.attributes.get(SENDER) != identity.user

    def _new_names(self, wanted: set[str]) -> set[str]:
        """Which of the names may be used: known ones, and new ones while there is room."""
        if not wanted:
            return wanted
        prefix = metrics.CUSTOM_PREFIX
        names = self._events.metric_names()
        known = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
        new = sorted(wanted - known)
        return (wanted & known) | set(new[: max(0, MOST_CUSTOM_METRICS - len(known))])

    def _is_known(self, identity: Identity, submission: Submission[object]) -> bool:
        key = f"{identity.user} {submission.batch}"
        return bool(submission.batch) and self._batches.get(key, self._clock()) is not None

    def _remember(self, identity: Identity, submission: Submission[object]) -> None:
        if submission.batch:
            key = f"{identity.user} {submission.batch}"
            self._batches.put(key, submission.batch, self._clock())

    def _count(
        self, submission: Submission[object], verdicts: Sequence[Verdict], *, known: bool
    ) -> None:
        """A batch that came before is a retry: its parts are duplicates, its report is known."""
        application = submission.application
        accepted = sum(verdict.is_accepted for verdict in verdicts)
        self._counts.add(application, "duplicate" if known else "accepted", accepted)
        if not known:
            reasons = Counter(each.reason for each in verdicts if not each.is_accepted)
            reasons[MALFORMED] += submission.malformed
            self._counts.reject(application, reasons)
            self._counts.add(application, "dropped", sum(submission.dropped.values()))


def _signed(one: Interaction, identity: Identity, application: str) -> Interaction:
    return replace(
        one,
        application=one.application or application,
        attributes={**one.attributes, SENDER: identity.user},
    )


def _wrong_own(one: Interaction) -> str:
    if one.application == OWN:
        return f"application: {OWN!r} is this server itself; give yours another name"
    return ""


def _wrong_time(name: str, moment: datetime, now: datetime, keep: timedelta) -> str:
    if moment > now + AHEAD:
        return f"{name}: {moment.isoformat()} is in the future; set the sender's clock"
    if moment < now - keep:
        return f"{name}: {moment.isoformat()} is before what is kept, {keep.days} days"
    return ""

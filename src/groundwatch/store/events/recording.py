"""Interactions in, and one of them out."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.errors import NotFound
from groundwatch.store.columns import clean, microseconds
from groundwatch.store.events import encoding, interaction_rows, score_rows
from groundwatch.store.events.commits import Work
from groundwatch.store.events.entries import Entry, Taken
from groundwatch.store.events.homes import by_home
from groundwatch.store.events.recorded import Recorded
from groundwatch.store.events.room import Room
from groundwatch.store.events.session import Session
from groundwatch.store.events.squeezing import Squeezer
from groundwatch.store.events.tally import Tally

Packed = tuple[Entry, bytes]


def record(room: Room, entries: Sequence[Entry]) -> Taken:
    """Keep interactions; returns once they are durable.

    Raises:
        Overloaded: too much waits to be written already.
        Unavailable: the database cannot be written now; what was written stays, and trying again
            is harmless.
    """
    latest = {clean(entry.interaction.id): _storable(entry) for entry in entries}
    first, last = room.bounds()
    taken: list[Entry] = []
    expired = ahead = 0
    for entry in latest.values():
        at = microseconds(entry.interaction.started_at)
        if first <= at <= last:
            taken.append(entry)
        elif at < first:
            expired += 1
        else:
            ahead += 1
    works = [
        _work(day, [_packed(entry, room.squeezer) for entry in some])
        for day, some in by_home(room, taken).items()
    ]
    results = room.commits.write(works)
    replaced = sum(result for result in results if isinstance(result, int))
    return Taken(len(taken), replaced, expired, ahead)


def get(room: Room, id_: str) -> Recorded | None:
    """An interaction and everything known of it."""
    for _, session in room.reading(room.days.present()):
        kept = interaction_rows.by_id(session, [id_]).get(id_)
        if kept is not None:
            return kept.recorded if kept.kept else None
    return None


def give_feedback(room: Room, given: Feedback) -> None:
    """Keep what a person said; the newest of a person on an interaction counts.

    Raises:
        NotFound: there is no such interaction.
    """

    def apply(session: Session, tally: Tally) -> bool:
        return score_rows.put_feedback(session, given, tally)

    for day in room.locate([given.interaction_id]):
        if room.commits.write([Work(day, apply, len(given.comment) + 500)]) == [True]:
            return
    raise NotFound("there is no such interaction")


def feedback_on(room: Room, ids: Sequence[str]) -> list[Feedback]:
    """What people said of interactions, oldest first."""
    found: list[Feedback] = []
    for day, some in room.locate(ids).items():
        for _, session in room.reading([day]):
            for given in interaction_rows.feedback_on(session, some).values():
                found += given
    return sorted(found, key=lambda each: (each.given_at, each.interaction_id, each.user))


def _work(day: date, packed: Sequence[Packed]) -> Work:
    scores = {
        entry.interaction.id: entry.quality
        for entry, _ in packed
        if entry.kept and entry.quality is not None
    }

    def apply(session: Session, tally: Tally) -> int:
        replaced = interaction_rows.put(session, packed, tally)
        if scores:
            score_rows.put_scores(session, scores, tally)
        return replaced

    return Work(day, apply, sum(len(body) + 500 for _, body in packed))


def _packed(entry: Entry, squeezer: Squeezer) -> Packed:
    return entry, squeezer.squeezed(encoding.of_interaction(entry.interaction))


def _storable(entry: Entry) -> Entry:
    """An entry as it is kept."""
    one = _clean(entry.interaction)
    if not entry.kept:
        one = _without_text(one)
    weight = entry.weight if math.isfinite(entry.weight) and entry.weight > 0 else 1.0
    if one is entry.interaction and weight == entry.weight:
        return entry
    return replace(entry, interaction=one, weight=weight)


def _clean(one: Interaction) -> Interaction:
    """Without what databases refuse in short texts and numbers."""
    short = "".join(
        (
            one.id,
            one.application,
            one.user,
            one.session,
            one.group,
            one.model,
            one.endpoint,
            one.error_type,
            *one.flags,
            *(stage.name for stage in one.stages),
            *(passage.source for passage in one.passages),
        )
    )
    duration = one.duration if math.isfinite(one.duration) else 0.0
    if clean(short) is short:
        return one if duration == one.duration else replace(one, duration=duration)
    return replace(
        one,
        id=clean(one.id),
        application=clean(one.application),
        user=clean(one.user),
        session=clean(one.session),
        group=clean(one.group),
        model=clean(one.model),
        endpoint=clean(one.endpoint),
        error_type=clean(one.error_type),
        duration=duration,
        flags=tuple(map(clean, one.flags)),
        stages=tuple(replace(stage, name=clean(stage.name)) for stage in one.stages),
        passages=tuple(replace(each, source=clean(each.source)) for each in one.passages),
    )


def _without_text(one: Interaction) -> Interaction:
    """What is counted of an interaction, and nothing that anybody wrote."""
    return replace(
        one,
        query="",
        response="",
        reason="",
        error="",
        attributes={},
        passages=tuple(
            RetrievedPassage(passage.rank, "", source=passage.source) for passage in one.passages
        ),
        stages=tuple(Stage(stage.name, stage.start, stage.duration) for stage in one.stages),
    )

"""What was scored waits again, on each database."""

from datetime import timedelta

from tests.store.events.samples import NOW, QUALITY, interaction

from groundwatch.store.events import Entry, EventStore
from groundwatch.store.events.recorded import State

HOUR = timedelta(hours=1)


def test_only_what_began_in_the_period_waits_again_and_keeps_its_scores(events: EventStore):
    moments = {1: NOW - 30 * HOUR, 2: NOW - 3 * HOUR, 3: NOW - 2 * HOUR, 4: NOW - HOUR}
    events.record([Entry(interaction(number, at)) for number, at in moments.items()])
    events.put_scores([(f"i{number}", QUALITY) for number in moments])
    assert events.rescore(NOW - 3 * HOUR, NOW - HOUR) == 2
    states = {number: events.get(f"i{number}") for number in moments}
    assert [each.state if each else None for each in states.values()] == [
        State.SCORED, State.PENDING, State.PENDING, State.SCORED,
    ]  # fmt: skip
    assert all(each and each.quality for each in states.values())
    assert [each.interaction.id for each in events.unscored(10)] == ["i3", "i2"]
    assert events.rescore(NOW - 3 * HOUR, NOW - HOUR) == 0


def test_an_application_can_be_rescored_by_itself(events: EventStore):
    named = ["shop", "shop", "desk", "groundwatch"]
    events.record([Entry(interaction(n, application=name)) for n, name in enumerate(named)])
    events.put_scores([(f"i{number}", QUALITY) for number in range(4)])
    assert events.rescore(NOW - HOUR, NOW, "shop") == 2
    assert {each.interaction.application for each in events.unscored(10)} == {"shop"}
    assert events.rescore(NOW - HOUR, NOW, "nobody's") == 0
    assert events.rescore(NOW - HOUR, NOW) == 2


def test_what_could_not_be_scored_gets_another_chance(events: EventStore):
    events.record([Entry(interaction(1))])
    events.scoring_failed("i1", "the scorer failed")
    assert events.rescore(NOW - HOUR, NOW) == 1
    assert events.backlog() == 1

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from groundwatch.alerting.escalating import Escalations, Next, escalations
from groundwatch.alerting.escalation_settings import PolicySettings, ScheduleSettings
from groundwatch.errors import ConfigInvalid

NOW = datetime(2026, 3, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def made(*policies: dict[str, object], **schedules: Mapping[str, object]) -> Escalations:
    return escalations(
        [PolicySettings.model_validate(each) for each in policies],
        [ScheduleSettings.model_validate({"name": n, **each}) for n, each in schedules.items()],
    )


def test_steps_follow_and_repeat():
    steps = [{"after": "5m", "notify": ["a"]}, {"after": "10m", "notify": ["b", "c"]}]
    found = made({"name": "p", "steps": steps, "repeat": 1})
    waiting = found.begin("p", NOW)
    taken = []
    while waiting:
        taken.append((waiting.at - NOW, found.channels("p", waiting.step, waiting.at)))
        waiting = found.follow("p", waiting, waiting.at)
    assert taken == [
        (5 * MINUTE, ("a",)),
        (15 * MINUTE, ("b", "c")),
        (20 * MINUTE, ("a",)),
        (30 * MINUTE, ("b", "c")),
    ]


def test_a_policy_that_is_gone_ends():
    assert made().begin("p", NOW) is None
    assert made().follow("p", Next(0, 0, NOW), NOW) is None
    assert made().channels("p", 0, NOW) == ()


def test_another_policy_is_written_out():
    found = made(
        {"name": "a", "steps": [{"after": "1m", "notify": ["x"]}, {"after": "2m", "policy": "b"}]},
        {"name": "b", "steps": [{"after": "3m", "notify": ["y"]}, {"notify": ["z"]}]},
    )
    steps = found.policies["a"].steps
    assert [(step.after, step.notify) for step in steps] == [
        (MINUTE, ("x",)),
        (5 * MINUTE, ("y",)),
        (5 * MINUTE, ("z",)),
    ]


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([{"name": "a", "steps": [{"policy": "a"}]}], "a -> a goes round in a circle"),
        (
            [
                {"name": "a", "steps": [{"policy": "b"}]},
                {"name": "b", "steps": [{"notify": ["x"]}, {"policy": "a"}]},
            ],
            "a -> b -> a goes round",
        ),
        ([{"name": "a", "steps": [{"policy": "c"}]}], "no policy 'c'"),
        ([{"name": "a", "steps": [{}]}], "set one of the two"),
        ([{"name": "a", "steps": [{"notify": ["x"], "policy": "a"}]}], "set one of the two"),
    ],
)
def test_refuses(policies: list[dict[str, object]], said: str):
    with pytest.raises(ConfigInvalid, match=said):
        made(*policies)


def test_turns_of_a_week_change_at_the_same_local_time_across_summer_time():
    weekly = {"rotation": ["ann", "bob"], "starts_at": "2026-03-23T09:00:00+01:00",
              "location": "Europe/Berlin"}  # fmt: skip
    duty = made(duty=weekly).schedules["duty"]
    assert duty.on_duty(datetime(2026, 3, 30, 6, 59, tzinfo=UTC)) == "ann"
    assert duty.on_duty(datetime(2026, 3, 30, 7, 0, tzinfo=UTC)) == "bob"
    assert duty.on_duty(datetime(2026, 3, 22, 0, 0, tzinfo=UTC)) == "bob"  # before its start


def test_refuses_a_schedule_without_a_time_zone():
    with pytest.raises(ConfigInvalid, match="time zone"):
        made(duty={"rotation": ["ann"], "starts_at": "2026-03-23T09:00:00"})
    with pytest.raises(ConfigInvalid, match="time zone"):
        made(duty={"rotation": ["a"], "starts_at": "2026-03-23T09:00:00Z", "location": "Nowhere"})

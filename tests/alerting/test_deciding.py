from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.alerting.deciding import Reason, Seen, Told, decide

T0 = datetime(2026, 3, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(firing: str = "", resolved: str = "", minutes: float = 0) -> Told:
    return Told(frozenset(firing), frozenset(resolved), T0 + timedelta(minutes=minutes))


def seen(firing: str = "", muted: str = "", resolved: str = "", raises: bool = False) -> Seen:
    return Seen(frozenset(firing), frozenset(muted), frozenset(resolved), raises)


CASES = [
    (Told(), seen("a"), Reason.FIRST, "a", ""),
    (Told(), seen(resolved="a"), Reason.NEVER_TOLD, "", ""),
    (Told(), seen(muted="a"), Reason.MUTED, "", ""),
    (told("a"), seen("ab"), Reason.NEW_ALERTS, "ab", ""),
    (told("a"), seen("ab", raises=True), Reason.SEVERITY, "ab", ""),
    (told(resolved="a"), seen("a"), Reason.FIRST, "a", ""),
    (told("a"), seen(resolved="a"), Reason.ALL_RESOLVED, "", "a"),
    (told(resolved="a"), seen(resolved="b"), Reason.NEVER_TOLD, "", "a"),
    (told("ab"), seen("a", resolved="b"), Reason.NEW_RESOLVED, "a", "b"),
    (told("a"), seen("a"), Reason.UNCHANGED, "a", ""),
    (told("a", minutes=-61), seen("a"), Reason.REPEAT, "a", ""),
    (told("a"), seen(muted="a"), Reason.MUTED, "a", ""),
    (told("a", minutes=-61), seen(muted="a"), Reason.MUTED, "a", ""),
    # What was told and is muted ends when it ends, not before.
    (told("ab"), seen(muted="a", resolved="b"), Reason.NEW_RESOLVED, "a", "b"),
    # What was never told neither opens nor keeps open what the receiver knows.
    (told("a"), seen(muted="c", resolved="a"), Reason.ALL_RESOLVED, "", "a"),
    (told("a"), seen("a", resolved="c"), Reason.UNCHANGED, "a", ""),
    (told("a"), seen("ab", muted="c"), Reason.NEW_ALERTS, "ab", ""),
    # Muted and shown again: known already.
    (told("ab"), seen("ab"), Reason.UNCHANGED, "ab", ""),
]


@pytest.mark.parametrize(("before", "now", "reason", "firing", "resolved"), CASES)
def test_decides(before: Told, now: Seen, reason: Reason, firing: str, resolved: str):
    decision = decide(before, now, T0, HOUR)
    assert decision.reason is reason
    assert (decision.told.firing, decision.told.resolved) == (
        frozenset(firing),
        frozenset(resolved),
    )


def test_a_receiver_that_wants_no_ends_is_told_of_the_last_one_only_by_the_decision():
    assert not decide(told("ab"), seen("a", resolved="b"), T0, HOUR, send_resolved=False).send
    assert decide(told("a"), seen(resolved="a"), T0, HOUR, send_resolved=False).ends


STATES = st.dictionaries(
    st.sampled_from("abcd"), st.sampled_from(["firing", "muted", "resolved", "gone"]), max_size=4
)


@given(st.lists(STATES, max_size=12))
def test_whoever_hears_of_an_alert_hears_once_of_the_end(history: list[dict[str, str]]):
    known, opened, ended, at = Told(), 0, 0, T0
    life: dict[str, str] = {}
    shown: set[str] = set()
    for states in [*history, dict.fromkeys("abcd", "resolved")]:
        life.update({name: state for name, state in states.items() if state != "gone"})
        kinds = [
            frozenset(name for name, state in life.items() if state == kind)
            for kind in ("firing", "muted", "resolved")
        ]
        now = Seen(kinds[0], kinds[1], kinds[2])
        at += timedelta(minutes=5)
        decision = decide(known, now, at, HOUR)
        if decision.send:
            if not known.firing:
                opened += 1
            if decision.ends:
                ended += 1
                assert not now.firing
                assert not shown & now.muted
            shown = (shown | now.firing) - now.resolved
        assert shown == set(decision.told.firing)
        known = decision.told
        for name in now.resolved:
            life.pop(name)
    assert opened == ended
    assert not known.firing

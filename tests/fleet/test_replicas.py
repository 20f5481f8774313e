import pytest

from groundwatch.fleet.replicas import Replica, Replicas
from groundwatch.fleet.round_robin import round_robin

READY = 0.0


@pytest.mark.parametrize(
    ("resting_until", "turn", "expected"),
    [
        ([READY, READY, READY], 0, [0, 1, 2]),
        ([READY, READY, READY], 1, [1, 2, 0]),
        ([READY, READY, READY], 5, [2, 0, 1]),
        ([READY, 101.0, READY], 0, [0, 2, 1]),
        ([READY, 101.0, READY], 1, [2, 0, 1]),
        ([100.0, READY], 0, [0, 1]),
        ([109.0, 105.0, 107.0], 4, [1, 2, 0]),
        ([READY], 7, [0]),
    ],
)
def test_round_robin_takes_the_ready_in_turn_and_those_at_rest_last(
    resting_until: list[float], turn: int, expected: list[int]
):
    replicas = [Replica(str(at), until) for at, until in enumerate(resting_until)]
    assert round_robin(replicas, turn, now=100.0) == expected


def test_a_failing_replica_rests_and_comes_back():
    now = 50.0
    replicas = Replicas(["a", "b"], round_robin, lambda: now, rest_seconds=10)
    assert [replicas.order()[0] for _ in range(3)] == ["a", "b", "a"]

    replicas.failed("a")
    assert [replicas.order()[0] for _ in range(3)] == ["b", "b", "b"]
    now = 60.0
    assert {replicas.order()[0] for _ in range(2)} == {"a", "b"}


def test_success_ends_the_rest():
    replicas = Replicas(["a", "b"], round_robin, lambda: 0.0)
    replicas.failed("a")
    replicas.succeeded("a")
    assert {replicas.order()[0] for _ in range(2)} == {"a", "b"}

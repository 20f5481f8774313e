"""Room for bodies that wait."""

import threading

import pytest

from groundwatch.errors import Overloaded
from groundwatch.telemetry.admission import Admission


def test_room_is_held_until_the_block_ends():
    admission = Admission(100)
    with admission.admit(60):
        assert admission.waiting == 60
        with pytest.raises(Overloaded) as caught, admission.admit(41):
            pass
        with admission.admit(40):
            assert admission.waiting == 100
    assert admission.waiting == 0
    assert admission.refused == 1
    assert 1.0 <= caught.value.retry_after <= 3.0


def test_a_body_larger_than_the_room_is_taken_when_it_is_alone():
    admission = Admission(100)
    with admission.admit(500), pytest.raises(Overloaded), admission.admit(1):
        pass
    assert admission.waiting == 0


def test_the_fuller_it_is_the_later_to_come_again():
    told = []
    for held in (10, 90):
        admission = Admission(100)
        admission.take(held)
        with pytest.raises(Overloaded) as caught:
            admission.take(100)
        told.append(caught.value.retry_after)
    assert told[0] < told[1]


def test_an_error_inside_gives_the_room_back():
    admission = Admission(100)
    with pytest.raises(RuntimeError), admission.admit(10):
        raise RuntimeError
    assert admission.waiting == 0


def test_many_threads_never_hold_more_than_there_is():
    admission = Admission(100)
    most: list[int] = []

    def work() -> None:
        for _ in range(500):
            try:
                with admission.admit(30):
                    most.append(admission.waiting)
            except Overloaded:
                continue

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert admission.waiting == 0
    assert max(most) <= 100

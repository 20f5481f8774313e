import pytest

from groundwatch.models.retry import pause, retry_after

DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "3", "retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": DATE}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": DATE}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30", "date": DATE}, None),
    ],
)
def test_what_an_answer_asks_to_wait(headers: dict[str, str], expected: float | None):
    assert retry_after(headers) == expected


@pytest.mark.parametrize(
    ("rounds", "asked", "fraction", "expected"),
    [
        (0, None, 1.0, 0.5),
        (0, None, 0.0, 0.0),
        (2, None, 0.5, 1.0),
        (9, None, 1.0, 8.0),
        (0, 3.0, 0.5, 3.25),
    ],
)
def test_the_pause_grows_is_random_and_never_shorter_than_asked(
    rounds: int, asked: float | None, fraction: float, expected: float
):
    assert pause(rounds, asked, fraction) == expected

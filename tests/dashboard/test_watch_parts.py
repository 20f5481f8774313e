"""The parts pages of the watch are made of, without a browser."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dashboard.watched import LEAVE, TRACED, span

from groundwatch.analytics.series import Series
from groundwatch.dashboard import charts, formatting, table
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.interaction import marked
from groundwatch.dashboard.readings import Readings
from groundwatch.dashboard.selection import selection_of
from groundwatch.dashboard.sparks import spark
from groundwatch.dashboard.table import Column, Row, Table
from groundwatch.dashboard.waterfall import of_spans, of_stages
from groundwatch.domain.events import Event
from groundwatch.domain.interactions import Stage
from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.status import Status

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


def line(*values):
    at = tuple(NOW + timedelta(hours=n) for n in range(len(values)))
    return Series("p95", "s", at, values, (1,) * len(values))


def over_time(lines: Sequence[Series], look: Look, marks: Sequence[Event] = ()) -> Any:
    return charts.over_time(lines, look, marks)


def test_missing_data_is_a_gap_and_never_a_line_across():
    drawn = over_time([line(1.0, None, 2.0)], Look("s"))["series"][0]
    assert [value for _, value in drawn["data"]] == [1.0, None, 2.0]
    assert drawn["connectNulls"] is False
    assert drawn["showSymbol"], "a point between two gaps would not be seen as a line"
    assert spark([1.0, 2.0, None, 2.0, 1.0]).count('class="line-of"') == 2
    assert 'class="dot"' in spark([1.0, 2.0, None, 2.0])
    assert not spark([None, 1.0])


def test_lines_carry_their_names_unless_these_would_touch():
    near = [line(1.0, 2.0), line(1.0, 2.05)]
    far = [line(1.0, 2.0), line(1.0, 0.5)]
    assert over_time(near, Look("s"))["legend"]["show"]
    assert not over_time(far, Look("s"))["legend"]["show"]
    assert "endLabel" in over_time(far, Look("s"))["series"][0]


def test_a_limit_is_named_where_no_line_is_and_no_name_of_one():
    limited = Look("s", limit=("limit 2 s", 2.0))
    alone = over_time([line(1.0, 3.0)], limited)
    named = over_time([line(1.0, 2.0), line(1.0, 0.5)], limited)
    where = [each["series"][0]["markLine"]["data"][-1]["label"] for each in (alone, named)]
    assert [each["position"] for each in where] == ["end", "insideStartTop"]
    assert {each["formatter"] for each in where} == {"limit 2 s"}
    assert alone["grid"]["right"] == 64


def test_marks_close_together_are_named_once():
    marks = [Event(str(n), NOW + timedelta(minutes=n), "deploy") for n in (0, 5, 290)]
    drawn = over_time([line(*[1.0] * 6)], Look("s"), marks)["series"][0]["markLine"]
    assert [each["label"]["formatter"] for each in drawn["data"]] == ["deploy", "", "deploy"]


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=40))
def test_a_small_line_stays_in_its_place(values):
    import re

    for x, y in re.findall(r"([\d.-]+),([\d.-]+)", str(spark(values))):
        assert 0 <= float(x) <= 240
        assert -0.1 <= float(y) <= 40.1


TABLE = Table(
    (Column("Model"), Column("Cost", "USD"), Column("At", "moment")),
    (Row(("=HYPERLINK(1)", -2.5, NOW)), Row(("<b>", None, None))),
)


def test_files_hold_raw_values_and_no_formula():
    assert table.as_csv(TABLE).splitlines() == [
        "Model,Cost,At",
        "'=HYPERLINK(1),-2.5,2026-03-04T12:30:00+00:00",
        "<b>,,",
    ]
    assert '"Cost": null' in table.as_json(TABLE)


def test_cells_are_escaped_and_read_with_their_units():
    assert table.cell("<b>", TABLE.columns[0]) == "&lt;b&gt;"
    assert table.cell(0.0042, TABLE.columns[1]) == "$0.0042"
    assert "muted" in table.cell(None, TABLE.columns[1])
    worse = Column("Change", "change:worse")
    assert "bad" in table.cell(0.2, worse)
    assert "good" in table.cell(-0.2, worse)
    assert "bad" not in table.cell(0.02, worse)
    assert "±0" in table.cell(0.001, worse)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "s", "–"),  # noqa: RUF001
        (0.0421, "s", "42 ms"),
        (2.346, "s", "2.35 s"),
        (0.0042, "USD", "$0.0042"),
        (1284.4, "USD", "$1 284"),
        (0.0153, "ratio", "1.5 %"),
        (0.857, "score", "0.86"),
        (12_400, "1", "12.4 k"),
        (3_100_000, "tokens", "3.1 M"),
        (0.27, "1", "0.27"),
        (1284, "1", "1 284"),
        (1_500_000, "By", "1.5 MB"),
        (1_500_000, "By/s", "1.5 MB/s"),
        (0.0001, "s", "< 1 ms"),
        (0.0, "s", "0 ms"),
    ],
)
def test_numbers_are_read_with_their_units(value, unit, words):
    assert formatting.measured(value, unit).replace("\u202f", " ") == words


def test_what_is_selected_is_the_url_and_back():
    given = {"range": "7d", "app": "a&b=c", "group": "<x>", "slower": "2"}
    selection = selection_of(given, ("slower",))
    from urllib.parse import parse_qsl

    assert dict(parse_qsl(selection.query()[1:])) == given
    assert dict(parse_qsl(selection.shared()[1:])) == {
        k: given[k] for k in ("range", "app", "group")
    }
    assert selection.problem == ""
    assert selection_of({"range": "900w"}).problem
    assert selection_of({"range": "900w"}).window(NOW).step == "hour"


@given(
    st.dictionaries(
        st.sampled_from(["range", "since", "until", "app", "live"]), st.text(max_size=30)
    )
)
def test_no_url_breaks_a_page(parameters):
    selection = selection_of(parameters).at(NOW)
    assert selection.window(NOW).since < NOW


def test_readers_at_the_same_time_read_once():
    readings, calls, gate = Readings(), [], threading.Event()

    def read():
        calls.append(1)
        gate.wait(5)
        return len(calls)

    found = []
    threads = [
        threading.Thread(target=lambda: found.append(readings.get("key", 60, read)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(5)
    assert (found, len(calls)) == ([1] * 8, 1)
    assert readings.get("other", 60, lambda: "x") == "x"
    assert readings.get("key", 0, read) == 2


def test_a_reading_that_fails_is_tried_again():
    readings = Readings()

    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        readings.get("key", 60, fail)
    assert readings.get("key", 60, lambda: 3) == 3


def test_sentences_are_marked_by_what_faithfulness_found():
    text = "One is so. Two is not. Three is."
    start = text.index("Two")
    evidence = (Evidence("response", "new_number", start + 2, start + 5, "7"),)
    score = Score(Dimension.ACCURACY, 0.5, evidence=evidence)
    quality = Quality((score,), 0.5, 0.5, 1.0, Status.WARNING, NOW)
    found = marked(text, quality)
    assert [each.support for each in found] == ["supported", "unsupported", "supported"]
    assert found[1].why == "a number that is in no passage: 7"
    assert "".join(each.text + each.gap for each in found) == text
    unknown = replace(quality, scores=(replace(score, value=None),))
    assert {each.support for each in marked(text, unknown)} == {"unknown", "unsupported"} - {
        "unsupported"
    }
    assert {each.support for each in marked(text, None)} == {"unknown"}


def test_a_waterfall_fits_its_place_whatever_the_clocks_say():
    spans = [
        span("a", "", 0, 100),
        span("b", "a", 50_000_000, 500),
        span("c", "gone", 10, 5),
        span("d", "e", 20, 5),
        span("e", "d", 30, 5),
    ]
    bars = of_spans(spans)
    assert {bar.name for bar in bars} == {"a", "b", "c", "d", "e"}, "a circle loses nothing"
    assert next(bar.depth for bar in bars if bar.name == "b") == 1
    for bar in [
        *bars,
        *of_stages(replace(LEAVE, stages=(Stage("late", 9.0, 4.0), Stage("x", 0, 0)))),
    ]:
        assert 0 <= bar.left <= 100
        assert bar.left + bar.width <= 100.001
    assert of_spans([]) == []
    assert TRACED.stages

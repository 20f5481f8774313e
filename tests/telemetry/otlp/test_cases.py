"""Every convention and every trap, in both encodings, from bytes to an interaction."""

from typing import Any

import pytest

from groundwatch.telemetry.otlp.assemble import Assembled, assemble
from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.conventions import CONVENTIONS
from groundwatch.telemetry.otlp.decode import decode
from groundwatch.telemetry.otlp.decoded import Decoded, Limits
from groundwatch.telemetry.otlp.scores_in import external_scores
from groundwatch.telemetry.otlp.sender import Sender
from tests.telemetry.otlp.cases import BEGIN, TRACE, Case, at, cases

ALL = cases()
NOW = at(600)
OWN_WORDS = {"complete", "scores", "feedback", "noticed", "kept_attributes"}


def decoded(case: Case, encoding: Encoding) -> Decoded:
    is_json = encoding is Encoding.JSON
    traces = case.traces_json() if is_json else case.traces_protobuf()
    logs = case.logs_json() if is_json else case.logs_protobuf()
    out = decode(Signal.TRACES, encoding, traces, Sender(), limits=Limits(), now=NOW)
    more = decode(Signal.LOGS, encoding, logs, Sender(), limits=Limits(), now=NOW)
    assert (out.refused, more.refused) == (0, 0)
    out.spans += more.spans
    return out


def price(case: Case) -> Any:
    prices = case.data.get("prices", {})

    def of(model: str, tokens_in: int, tokens_out: int) -> float | None:
        if model not in prices:
            return None
        return float(tokens_in * prices[model][0] + tokens_out * prices[model][1])

    return of


def told(assembled: Assembled, name: str) -> Any:
    """A member of the interaction, in the words of the files."""
    one = assembled.interaction
    words = {
        "complete": lambda: assembled.is_complete,
        "scores": lambda: {each.name: _scored(each) for each in external_scores(one)},
        "feedback": lambda: [[each.user, each.thumb] for each in assembled.feedback],
        "passages": lambda: [_without_defaults(each) for each in one.passages],
        "stages": lambda: [[each.name, each.start, each.duration] for each in one.stages],
        "flags": lambda: list(one.flags),
    }
    return words.get(name, lambda: getattr(one, name))()


def _scored(score: Any) -> dict[str, Any]:
    members = {
        name: getattr(score, name) for name in ("score", "label", "explanation", "kind", "by")
    }
    return {name: each for name, each in members.items() if each not in (None, "")}


def _without_defaults(passage: Any) -> dict[str, Any]:
    names = ("rank", "text", "document_id", "title", "source", "score")
    members = {name: getattr(passage, name) for name in names}
    return {
        name: each
        for name, each in members.items()
        if each not in (None, "") or name in ("rank", "text")
    }


@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_a_trace_becomes_the_expected_interaction(case: Case, encoding: Encoding):
    out = decoded(case, encoding)
    assembled = assemble(out.spans, price(case))
    assert assembled is not None
    expected = dict(case.expected)
    assert expected.pop("noticed", []) == list(out.noticed)
    if "kept_attributes" in expected:
        assert expected.pop("kept_attributes") == list(out.spans[0].attributes)
    attributes = expected.pop("attributes", {})
    found = {name: told(assembled, name) for name in expected}
    assert found == {name: approximately(each) for name, each in expected.items()}
    assert attributes.items() <= assembled.interaction.attributes.items()
    assert assembled.interaction.id == assembled.interaction.correlation_id == TRACE
    assert abs((assembled.interaction.started_at - BEGIN).total_seconds()) <= 5


def approximately(value: Any) -> Any:
    if isinstance(value, float):
        return pytest.approx(value)
    if isinstance(value, list) and value and isinstance(value[0], list):
        return [[approximately(each) for each in row] for row in value]
    return value


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_both_encodings_say_the_same(case: Case):
    json, protobuf = (decoded(case, encoding).spans for encoding in Encoding)
    assert json == protobuf


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_order_and_repetition_of_spans_change_nothing(case: Case):
    spans = decoded(case, Encoding.JSON).spans
    once = assemble(spans, price(case))
    assert assemble([*reversed(spans), *spans], price(case)) == once


def test_every_convention_has_a_case():
    used: set[str] = set()
    for case in ALL:
        assembled = assemble(decoded(case, Encoding.JSON).spans)
        assert assembled is not None
        used |= set(assembled.interaction.attributes.get("conventions", "").split(","))
    assert {each.name for each in CONVENTIONS} - {"general"} <= used


def test_the_words_of_the_files_are_known():
    fields = set(assemble(decoded(ALL[0], Encoding.JSON).spans).interaction.__slots__)  # type: ignore[union-attr]
    assert all(set(case.expected) <= fields | OWN_WORDS for case in ALL)

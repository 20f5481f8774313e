"""Whatever spans say, they come to an interaction that can be kept."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from groundwatch.domain.spans import Span, SpanEvent, SpanKind
from groundwatch.telemetry.otlp.assemble import assemble
from groundwatch.telemetry.otlp.conventions import CONVENTIONS
from groundwatch.telemetry.otlp.conventions.convention import STRUCTURED
from groundwatch.telemetry.otlp.kinds import kind_of
from groundwatch.telemetry.otlp.reading import CHUNKS, DOCUMENT_EVENTS, MESSAGE_EVENTS
from groundwatch.telemetry.otlp.scores_in import external_scores
from tests.telemetry.otlp.cases import TRACE, at

PLAIN = sorted({name for each in CONVENTIONS for names in each.fields.values() for name in names})
LISTS = sorted(
    {
        name
        for each in CONVENTIONS
        for field, names in each.fields.items()
        if field in STRUCTURED
        for name in names
    }
)
KINDS = sorted({name for each in CONVENTIONS for name in each.kinds})
WORDS = sorted({value for each in CONVENTIONS for kind in each.kinds.values() for value in kind})
LEAVES = ["document.content", "document.metadata", "message.role", "message.content", "role"]
LEAVES += ["content", "message.contents.0.message_content.text", "annotation.score", "0.x", "text"]
EVENTS = sorted({*DOCUMENT_EVENTS, *MESSAGE_EVENTS, *CHUNKS, "exception"})
EVENTS += ["gen_ai.evaluation.result", "gen_ai.client.inference.operation.details"]
TEXTS = [
    '{"messages": [{"role": "user", "content": "q"}]}',
    "[[]]",
    '"quoted"',
    '{"a": NaN}',
    "nan",
]
TEXTS += ["1e999", "-1", "", '[{"parts": 1}]', '{"query": {"query": {"query": 1}}}', "{", "\x00"]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.floats(),
    st.sampled_from(TEXTS),
    st.text(max_size=8),
)
names = st.sampled_from(
    ["role", "content", "parts", "messages", "id", "score", "metadata", "text", "message", "0", "a"]
)
values = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(names, below, max_size=3)),
    max_leaves=6,
)
flattened = st.builds(
    "{}.{}.{}".format, st.sampled_from(LISTS), st.integers(0, 12), st.sampled_from(LEAVES)
)
keys = st.one_of(st.sampled_from(PLAIN), flattened)
attributes = st.builds(
    dict.__or__,
    st.dictionaries(keys, values, max_size=8),
    st.dictionaries(st.sampled_from(KINDS), st.sampled_from(WORDS), max_size=2),
)
events = st.builds(
    SpanEvent,
    st.sampled_from(EVENTS),
    st.integers(0, at(10)),
    st.dictionaries(st.one_of(keys, st.sampled_from(["content", "body", "message"])), values),
)
ids = st.sampled_from([f"{number:016x}" for number in range(1, 6)])


@st.composite
def spans(draw):
    said, happened = draw(attributes), tuple(draw(st.lists(events, max_size=3)))
    begin = draw(st.integers(at(0), at(5)))
    parent = draw(st.one_of(st.just(""), ids))
    kind = kind_of(said, (each.name for each in happened), is_root=not parent)
    return Span(
        TRACE,
        draw(ids),
        parent,
        "any",
        draw(st.text(max_size=5)),
        kind,
        begin,
        begin + draw(st.integers(0, 10**10)),
        draw(st.sampled_from(["", "", "error", "timeout: x"])),
        attributes=said,
        events=happened,
    )


@settings(max_examples=150)
@given(st.lists(spans(), min_size=1, max_size=5, unique_by=lambda span: span.span_id))
def test_any_spans_come_to_something_that_can_be_kept(several):
    made = assemble(several, lambda *_: 0.5)
    assert made is not None
    one = made.interaction
    assert one.duration >= 0
    assert one.input_tokens >= 0
    assert one.output_tokens >= 0
    assert one.cost is None or (one.cost >= 0 and math.isfinite(one.cost))
    assert one.first_token is None or one.first_token >= 0
    assert [passage.rank for passage in one.passages] == list(range(1, len(one.passages) + 1))
    assert all(each.score is None or math.isfinite(each.score) for each in one.passages)
    assert all(isinstance(text, str) for text in one.attributes.values())
    assert {each.name for each in external_scores(one)} == {each.name for each in made.scores}
    assert assemble(list(reversed(several)), lambda *_: 0.5) == made


@given(attributes)
def test_every_span_has_a_kind(said):
    for is_root in (True, False):
        assert kind_of(said, (), is_root=is_root) in SpanKind

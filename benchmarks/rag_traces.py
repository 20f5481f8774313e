"""Traces of a RAG application, as three conventions write them, in OTLP requests.

One trace is three spans: a request, a retrieval of five documents of 800 characters with id, score
and source, and a call of a model. The question has 90 characters and the answer 600; words follow
Zipf's law, so that they compress about as prose does; one trace in a hundred fails.
"""

import json
import random
from collections.abc import Mapping

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span

CONVENTIONS = ("openinference", "genai", "openllmetry")
DOCUMENTS, CHARACTERS = 5, 800
_SYLLABLES = [a + b for a in "bdklmnrstvz" for b in "aeiou"]
_POOL, _WORDS = 2_000, 20_000
_SPREAD = 3_000 * 10**9

Attributes = Mapping[str, object]


class Traces:
    """Makes requests.

    Args:
        convention: one of `CONVENTIONS`.
        now: nanoseconds since the epoch; traces begin in the 50 minutes before.
    """

    def __init__(self, convention: str, now: int, seed: int = 1) -> None:
        self._convention = convention
        self._now = now
        self._random = random.Random(seed)  # noqa: S311  figures, no secrets
        words = [
            "".join(self._random.choices(_SYLLABLES, k=self._random.randint(1, 4)))
            for _ in range(_WORDS)
        ]
        self._passages = [self._text(words, CHARACTERS) for _ in range(_POOL)]
        self._questions = [self._text(words, 90) for _ in range(_POOL)]
        self._answers = [self._text(words, 600) for _ in range(_POOL)]

    def request(self, traces: int) -> tuple[list[str], bytes]:
        """The ids of some new traces, and the request that sends them."""
        request = ExportTraceServiceRequest()
        group = request.resource_spans.add()
        name = group.resource.attributes.add(key="service.name")
        name.value.string_value = f"bench-{self._convention}"
        scope = group.scope_spans.add()
        ids = [self._trace(scope) for _ in range(traces)]
        return ids, bytes(request.SerializeToString())

    def _text(self, words: list[str], characters: int) -> str:
        found: list[str] = []
        while sum(map(len, found)) + len(found) < characters:
            found.append(words[min(int(self._random.paretovariate(0.6)), _WORDS - 1)])
        return " ".join(found)[:characters]

    def _trace(self, scope: ScopeSpans) -> str:
        trace_id = self._random.randbytes(16)
        begin = self._now - self._random.randrange(_SPREAD)
        taken = int(self._random.lognormvariate(0, 0.6) * 9e8)
        question, answer = (self._random.choice(each) for each in (self._questions, self._answers))
        root = self._span(scope, trace_id, "rag.query", begin, taken)
        found = self._span(scope, trace_id, "retrieve", begin + 1_000, taken // 7)
        call = self._span(scope, trace_id, "chat", begin + taken // 6, taken * 4 // 5)
        found.parent_span_id = call.parent_span_id = root.span_id
        if self._random.random() < 0.01:
            call.status.code = root.status.code = 2
            call.status.message = "upstream timeout"
        write = {"openinference": _openinference, "genai": _genai, "openllmetry": _openllmetry}
        documents = self._random.sample(self._passages, DOCUMENTS)
        user = f"user-{self._random.randrange(500)}"
        write[self._convention]((root, found, call), question, answer, documents, user)
        return trace_id.hex()

    def _span(self, scope: ScopeSpans, trace_id: bytes, name: str, begin: int, taken: int) -> Span:
        return scope.spans.add(
            trace_id=trace_id,
            span_id=self._random.randbytes(8),
            name=name,
            start_time_unix_nano=begin,
            end_time_unix_nano=begin + taken,
        )


Spans = tuple[Span, Span, Span]


def _openinference(spans: Spans, asked: str, said: str, documents: list[str], user: str) -> None:
    root, found, call = spans
    _fill(root, {"openinference.span.kind": "CHAIN", "input.value": asked, "output.value": said})
    _fill(root, {"user.id": user, "session.id": f"s-{user}"})
    _fill(found, {"openinference.span.kind": "RETRIEVER", "input.value": asked})
    for rank, text in enumerate(documents):
        at = f"retrieval.documents.{rank}.document."
        metadata = json.dumps({"source": f"wiki/{rank}"})
        _fill(found, {f"{at}id": f"d{rank}", f"{at}content": text})
        _fill(found, {f"{at}score": 0.9 - rank / 10, f"{at}metadata": metadata})
    _fill(call, {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o-mini"})
    _fill(call, {"llm.input_messages.0.message.role": "user"})
    _fill(call, {"llm.input_messages.0.message.content": asked})
    _fill(call, {"llm.output_messages.0.message.role": "assistant"})
    _fill(call, {"llm.output_messages.0.message.content": said, "input.value": asked})
    _fill(call, {"llm.token_count.prompt": 1_200, "llm.token_count.completion": 150})
    _fill(call, {"output.value": said, "llm.provider": "openai"})


def _genai(spans: Spans, asked: str, said: str, documents: list[str], user: str) -> None:
    root, found, call = spans
    prompt = json.dumps([{"role": "user", "parts": [{"type": "text", "content": asked}]}])
    answer = json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": said}]}])
    messages = {"gen_ai.input.messages": prompt, "gen_ai.output.messages": answer}
    _fill(root, {"gen_ai.operation.name": "invoke_workflow", "user.id": user, **messages})
    _fill(root, {"gen_ai.conversation.id": f"s-{user}"})
    texts = [
        {"id": f"d{rank}", "score": 0.9 - rank / 10, "content": text}
        for rank, text in enumerate(documents)
    ]
    _fill(found, {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.query.text": asked})
    _fill(found, {"gen_ai.retrieval.documents": json.dumps(texts)})
    _fill(call, {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini"})
    _fill(call, {"gen_ai.usage.input_tokens": 1_200, "gen_ai.usage.output_tokens": 150})
    _fill(call, {"gen_ai.provider.name": "openai", **messages})


def _openllmetry(spans: Spans, asked: str, said: str, documents: list[str], user: str) -> None:
    root, found, call = spans
    _fill(root, {"traceloop.span.kind": "workflow"})
    _fill(root, {"traceloop.entity.input": json.dumps({"inputs": {"query": asked}})})
    _fill(root, {"traceloop.entity.output": json.dumps(said)})
    _fill(root, {"traceloop.association.properties.user_id": user})
    _fill(found, {"traceloop.span.kind": "task", "db.system": "chroma"})
    for rank, text in enumerate(documents):
        event = found.events.add(name="db.query.result", time_unix_nano=found.end_time_unix_nano)
        _fill(event, {"db.query.result.id": f"d{rank}", "db.query.result.document": text})
        _fill(event, {"db.query.result.distance": 0.1 + rank / 10})
    _fill(call, {"gen_ai.system": "openai", "llm.request.type": "chat"})
    _fill(call, {"gen_ai.request.model": "gpt-4o-mini", "gen_ai.prompt.0.role": "user"})
    _fill(call, {"gen_ai.prompt.0.content": asked, "gen_ai.completion.0.content": said})
    _fill(call, {"gen_ai.usage.prompt_tokens": 1_200, "gen_ai.usage.completion_tokens": 150})


def _fill(of: "Span | Span.Event", attributes: Attributes) -> None:
    for key, value in attributes.items():
        held = of.attributes.add(key=key).value
        match value:
            case int():
                held.int_value = value
            case float():
                held.double_value = value
            case _:
                held.string_value = str(value)

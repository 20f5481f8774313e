"""A RAG application of somebody else, instrumented with OpenInference.

Run with the watch's address, a key, the model's address and a question; prints the trace's id.
"""

import json
import sys

import openai
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def main(url: str, key: str, model_url: str, question: str) -> None:
    provider = TracerProvider(resource=Resource({"service.name": "handbook"}))
    exporter = OTLPSpanExporter(
        f"{url}/v1/traces",
        headers={"Authorization": f"Bearer {key}"},
        compression=Compression.Gzip,
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    OpenAIInstrumentor().instrument(tracer_provider=provider)
    tracer = provider.get_tracer("handbook")
    client = openai.OpenAI(base_url=model_url, api_key="none", max_retries=0)
    with tracer.start_as_current_span("answer") as root:
        root.set_attributes(
            {"openinference.span.kind": "CHAIN", "input.value": question, "user.id": "anna"}
        )
        with tracer.start_as_current_span("retrieve") as retrieval:
            retrieval.set_attributes(
                {
                    "openinference.span.kind": "RETRIEVER",
                    "input.value": question,
                    "retrieval.documents.0.document.id": "leave",
                    "retrieval.documents.0.document.content": "Leave lasts 480 days.",
                    "retrieval.documents.0.document.score": 0.9,
                    "retrieval.documents.0.document.metadata": json.dumps({"source": "hr"}),
                }
            )
        answer = client.chat.completions.create(
            model="tiny", messages=[{"role": "user", "content": question}]
        )
        root.set_attribute("output.value", answer.choices[0].message.content or "")
    print(f"{root.get_span_context().trace_id:032x}")  # noqa: T201
    provider.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])

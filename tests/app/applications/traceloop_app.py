"""A RAG application of somebody else, instrumented with OpenLLMetry's SDK.

Run with the watch's address, a key, the model's address and a question; prints the trace's id.
"""

import sys

import openai
from opentelemetry import trace
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import task, workflow
from traceloop.sdk.instruments import Instruments


def main(url: str, key: str, model_url: str, question: str) -> None:
    Traceloop.init(
        app_name="support",
        api_endpoint=f"{url}/otlp",
        headers={"Authorization": f"Bearer {key}"},
        telemetry_enabled=False,
        instruments={Instruments.OPENAI},
    )
    client = openai.OpenAI(base_url=model_url, api_key="none", max_retries=0)
    found: list[str] = []

    @task(name="retrieve")
    def retrieve(query: str) -> list[str]:
        span = trace.get_current_span()
        span.set_attribute("db.system", "chroma")
        span.add_event(
            "db.query.result",
            {
                "db.query.result.id": "leave",
                "db.query.result.document": "Leave lasts 480 days.",
                "db.query.result.distance": 0.2,
            },
        )
        return [query]

    @workflow(name="support.answer")
    def answer(query: str) -> str:
        Traceloop.set_association_properties({"user_id": "anna", "session_id": "s1"})
        found.append(f"{trace.get_current_span().get_span_context().trace_id:032x}")
        retrieve(query)
        reply = client.chat.completions.create(
            model="tiny", messages=[{"role": "user", "content": query}]
        )
        return reply.choices[0].message.content or ""

    answer(query=question)
    print(found[0])  # noqa: T201
    provider = trace.get_tracer_provider()
    assert hasattr(provider, "shutdown")
    provider.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])

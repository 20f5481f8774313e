"""OpenInference: Phoenix and its instrumentations."""

from groundwatch.domain.spans import SpanKind
from groundwatch.telemetry.otlp.conventions.convention import Convention, Field

OPENINFERENCE = Convention(
    "openinference",
    {
        Field.QUERY: ("input.value",),
        Field.RESPONSE: ("output.value",),
        Field.INPUT_MESSAGES: ("llm.input_messages", "llm.prompts"),
        Field.OUTPUT_MESSAGES: ("llm.output_messages", "llm.choices"),
        Field.RETRIEVAL_QUERY: ("reranker.query",),
        Field.DOCUMENTS: ("retrieval.documents",),
        Field.RERANKED: ("reranker.output_documents",),
        Field.TOP_K: ("reranker.top_k",),
        Field.MODEL: (
            "llm.response.model_name",
            "llm.model_name",
            "embedding.model_name",
            "reranker.model_name",
        ),
        Field.REQUESTED_MODEL: ("llm.request.model_name",),
        Field.PARAMETERS: ("llm.invocation_parameters", "embedding.invocation_parameters"),
        Field.PROVIDER: ("llm.provider", "llm.system"),
        Field.INPUT_TOKENS: ("llm.token_count.prompt",),
        Field.OUTPUT_TOKENS: ("llm.token_count.completion",),
        Field.TOTAL_TOKENS: ("llm.token_count.total",),
        Field.CACHED_TOKENS: (
            "llm.token_count.prompt_details.cache_read",
            "llm.token_count.prompt_details.cache_input",
        ),
        Field.CACHE_WRITTEN_TOKENS: ("llm.token_count.prompt_details.cache_write",),
        Field.REASONING_TOKENS: ("llm.token_count.completion_details.reasoning",),
        Field.COST: ("llm.cost.total", "llm.cost"),
        Field.USER: ("user.id",),
        Field.SESSION: ("session.id",),
        Field.FINISH: ("llm.finish_reason",),
        Field.PROMPT_VERSION: (
            "llm.prompt_template.version",
            "prompt.version",
        ),
        Field.TAGS: ("tag.tags",),
        Field.METADATA: ("metadata",),
        Field.SCORES: ("evaluations", "annotations"),
        Field.TRACE_SCORES: (
            "trace.evaluations",
            "trace.annotations",
            "session.evaluations",
            "session.annotations",
        ),
    },
    kinds={
        "openinference.span.kind": {
            "llm": SpanKind.LLM,
            "retriever": SpanKind.RETRIEVAL,
            "embedding": SpanKind.EMBEDDING,
            "reranker": SpanKind.RERANK,
            "tool": SpanKind.TOOL,
            "guardrail": SpanKind.GUARDRAIL,
            "evaluator": SpanKind.EVALUATOR,
            "agent": SpanKind.REQUEST,
            "chain": SpanKind.OTHER,
            "prompt": SpanKind.OTHER,
            "decision": SpanKind.OTHER,
        }
    },
    hints=(
        ("retrieval.documents", SpanKind.RETRIEVAL),
        ("reranker.", SpanKind.RERANK),
        ("llm.model_name", SpanKind.LLM),
        ("llm.input_messages", SpanKind.LLM),
        ("embedding.embeddings", SpanKind.EMBEDDING),
    ),
    chunks=frozenset({"First Token Stream Event"}),
)

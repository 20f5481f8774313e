"""Langfuse, MLflow, TruLens, Vercel's AI SDK, OpenLIT and Pydantic AI."""

from groundwatch.domain.spans import SpanKind
from groundwatch.telemetry.otlp.conventions.convention import Convention, Field

LANGFUSE = Convention(
    "langfuse",
    {
        Field.QUERY: ("langfuse.trace.input", "langfuse.observation.input"),
        Field.RESPONSE: ("langfuse.trace.output", "langfuse.observation.output"),
        Field.MODEL: ("langfuse.observation.model.name",),
        Field.USAGE: ("langfuse.observation.usage_details",),
        Field.COST: ("langfuse.observation.cost_details",),
        Field.USER: ("langfuse.user.id",),
        Field.SESSION: ("langfuse.session.id",),
        Field.FIRST_PIECE_AT: ("langfuse.observation.completion_start_time",),
        Field.ERROR_MESSAGE: ("langfuse.observation.status_message",),
        Field.PROMPT_VERSION: ("langfuse.observation.prompt.version",),
        Field.TAGS: ("langfuse.trace.tags",),
        Field.PROPERTIES: ("langfuse.trace.metadata", "langfuse.observation.metadata"),
        Field.VERSION: ("langfuse.release", "langfuse.version"),
        Field.ENVIRONMENT: ("langfuse.environment",),
    },
    kinds={
        "langfuse.observation.type": {
            "generation": SpanKind.LLM,
            "retriever": SpanKind.RETRIEVAL,
            "embedding": SpanKind.EMBEDDING,
            "tool": SpanKind.TOOL,
            "guardrail": SpanKind.GUARDRAIL,
            "evaluator": SpanKind.EVALUATOR,
            "agent": SpanKind.REQUEST,
            "chain": SpanKind.OTHER,
        }
    },
)

MLFLOW = Convention(
    "mlflow",
    {
        Field.QUERY: ("mlflow.spanInputs", "mlflow.traceInputs"),
        Field.RESPONSE: ("mlflow.spanOutputs", "mlflow.traceOutputs"),
        Field.MODEL: ("mlflow.llm.model",),
        Field.PROVIDER: ("mlflow.llm.provider",),
        Field.USAGE: ("mlflow.chat.tokenUsage",),
        Field.COST: ("mlflow.llm.cost",),
        Field.USER: ("mlflow.trace.user",),
        Field.SESSION: ("mlflow.trace.session",),
    },
    kinds={
        "mlflow.spanType": {
            "llm": SpanKind.LLM,
            "chat_model": SpanKind.LLM,
            "retriever": SpanKind.RETRIEVAL,
            "embedding": SpanKind.EMBEDDING,
            "reranker": SpanKind.RERANK,
            "tool": SpanKind.TOOL,
            "guardrail": SpanKind.GUARDRAIL,
            "evaluator": SpanKind.EVALUATOR,
            "agent": SpanKind.REQUEST,
            "workflow": SpanKind.REQUEST,
            "chain": SpanKind.OTHER,
            "parser": SpanKind.OTHER,
        }
    },
)

_TRULENS = "ai.observability."

TRULENS = Convention(
    "trulens",
    {
        Field.QUERY: (f"{_TRULENS}record_root.input",),
        Field.RESPONSE: (f"{_TRULENS}record_root.output",),
        Field.RETRIEVAL_QUERY: (
            f"{_TRULENS}retrieval.query_text",
            f"{_TRULENS}reranking.query_text",
        ),
        Field.DOCUMENTS: (f"{_TRULENS}retrieval.retrieved_contexts",),
        Field.RERANKED: (
            f"{_TRULENS}reranking.output_context_texts",
            f"{_TRULENS}reranking.output_contexts",
        ),
        Field.TOP_K: (f"{_TRULENS}retrieval.num_contexts",),
        Field.MODEL: (f"{_TRULENS}cost.model", f"{_TRULENS}generation.model"),
        Field.INPUT_TOKENS: (f"{_TRULENS}cost.num_prompt_tokens",),
        Field.OUTPUT_TOKENS: (f"{_TRULENS}cost.num_completion_tokens",),
        Field.TOTAL_TOKENS: (f"{_TRULENS}cost.num_tokens",),
        Field.REASONING_TOKENS: (f"{_TRULENS}cost.num_reasoning_tokens",),
        Field.COST: (f"{_TRULENS}cost.cost",),
        Field.ERROR_MESSAGE: (f"{_TRULENS}record_root.error", f"{_TRULENS}call.error"),
        Field.VERSION: (f"{_TRULENS}app_version",),
        Field.SCORES: (f"{_TRULENS}eval_root", f"{_TRULENS}eval"),
    },
    kinds={
        f"{_TRULENS}span_type": {
            "record_root": SpanKind.REQUEST,
            "agent": SpanKind.REQUEST,
            "workflow": SpanKind.REQUEST,
            "retrieval": SpanKind.RETRIEVAL,
            "reranking": SpanKind.RERANK,
            "generation": SpanKind.LLM,
            "embedding": SpanKind.EMBEDDING,
            "tool": SpanKind.TOOL,
            "mcp": SpanKind.TOOL,
            "guardrail": SpanKind.GUARDRAIL,
            "eval": SpanKind.EVALUATOR,
            "eval_root": SpanKind.EVALUATOR,
        }
    },
    hints=((f"{_TRULENS}retrieval.", SpanKind.RETRIEVAL),),
)

VERCEL = Convention(
    "vercel",
    {
        Field.INPUT_MESSAGES: ("ai.prompt.messages", "ai.prompt"),
        Field.RESPONSE: ("ai.response.text", "ai.response.object", "ai.result.text"),
        Field.MODEL: ("ai.response.model", "ai.model.id"),
        Field.REQUESTED_MODEL: ("ai.model.id",),
        Field.PROVIDER: ("ai.model.provider",),
        Field.INPUT_TOKENS: ("ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
        Field.OUTPUT_TOKENS: ("ai.usage.outputTokens", "ai.usage.completionTokens"),
        Field.TOTAL_TOKENS: ("ai.usage.totalTokens",),
        Field.CACHED_TOKENS: ("ai.usage.cachedInputTokens",),
        Field.REASONING_TOKENS: ("ai.usage.reasoningTokens",),
        Field.USER: ("ai.telemetry.metadata.userId", "ai.telemetry.metadata.user_id"),
        Field.SESSION: ("ai.telemetry.metadata.sessionId", "ai.telemetry.metadata.session_id"),
        Field.FINISH: ("ai.response.finishReason",),
        Field.FIRST_PIECE_MILLISECONDS: ("ai.response.msToFirstChunk",),
        Field.RESPONSE_ID: ("ai.response.id",),
        Field.ENDPOINT: ("ai.telemetry.functionId",),
        Field.PROPERTIES: ("ai.telemetry.metadata",),
    },
    kinds={
        "ai.operationId": {
            "ai.generatetext": SpanKind.LLM,
            "ai.generatetext.dogenerate": SpanKind.LLM,
            "ai.streamtext": SpanKind.LLM,
            "ai.streamtext.dostream": SpanKind.LLM,
            "ai.generateobject": SpanKind.LLM,
            "ai.generateobject.dogenerate": SpanKind.LLM,
            "ai.streamobject": SpanKind.LLM,
            "ai.streamobject.dostream": SpanKind.LLM,
            "ai.embed": SpanKind.EMBEDDING,
            "ai.embed.doembed": SpanKind.EMBEDDING,
            "ai.embedmany": SpanKind.EMBEDDING,
            "ai.embedmany.doembed": SpanKind.EMBEDDING,
            "ai.toolcall": SpanKind.TOOL,
        }
    },
    chunks=frozenset({"ai.stream.firstChunk"}),
)

OPENLIT = Convention(
    "openlit",
    {
        Field.RETRIEVAL_QUERY: ("gen_ai.retrieval.query", "db.query.text"),
        Field.TOP_K: ("db.n_results", "db.chroma.query.n_results"),
        Field.COST: ("gen_ai.usage.cost", "gen_ai.token.cost.total"),
        Field.USER: ("gen_ai.request.user",),
        Field.FIRST_PIECE: ("gen_ai.server.time_to_first_token", "gen_ai.server.ttft"),
        Field.SCORES: ("gen_ai.eval",),
    },
)

PYDANTIC_AI = Convention(
    "pydantic-ai",
    {
        Field.INPUT_MESSAGES: ("pydantic_ai.all_messages", "all_messages_events"),
        Field.RESPONSE: ("final_result",),
    },
)

GENERAL = Convention("general", {Field.PROVIDER: ("server.address",)})
"""What any span may say, last of all."""

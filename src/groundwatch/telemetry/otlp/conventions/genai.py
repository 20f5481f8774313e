"""OpenTelemetry's GenAI conventions: the current names, and those they had before."""

from groundwatch.domain.spans import SpanKind
from groundwatch.telemetry.otlp.conventions.convention import Convention, Field

GENAI = Convention(
    "gen_ai",
    {
        Field.INPUT_MESSAGES: ("gen_ai.input.messages",),
        Field.OUTPUT_MESSAGES: ("gen_ai.output.messages",),
        Field.RETRIEVAL_QUERY: ("gen_ai.retrieval.query.text",),
        Field.DOCUMENTS: ("gen_ai.retrieval.documents",),
        Field.TOP_K: ("gen_ai.retrieval.top_k",),
        Field.DATA_SOURCE: ("gen_ai.data_source.id",),
        Field.MODEL: ("gen_ai.response.model",),
        Field.REQUESTED_MODEL: ("gen_ai.request.model",),
        Field.PROVIDER: ("gen_ai.provider.name",),
        Field.INPUT_TOKENS: ("gen_ai.usage.input_tokens",),
        Field.OUTPUT_TOKENS: ("gen_ai.usage.output_tokens",),
        Field.CACHED_TOKENS: ("gen_ai.usage.cache_read.input_tokens",),
        Field.CACHE_WRITTEN_TOKENS: ("gen_ai.usage.cache_write.input_tokens",),
        Field.REASONING_TOKENS: ("gen_ai.usage.reasoning.output_tokens",),
        Field.SESSION: ("gen_ai.conversation.id",),
        Field.USER: ("enduser.id", "enduser.pseudo.id"),
        Field.FINISH: ("gen_ai.response.finish_reasons",),
        Field.FIRST_PIECE: ("gen_ai.response.time_to_first_chunk",),
        Field.ERROR_TYPE: ("error.type",),
        Field.HTTP_STATUS: ("http.response.status_code", "http.status_code"),
        Field.ENDPOINT: ("http.route",),
        Field.RESPONSE_ID: ("gen_ai.response.id",),
        Field.PROMPT_VERSION: ("gen_ai.prompt.version",),
        Field.VERSION: ("service.version",),
        Field.ENVIRONMENT: ("deployment.environment.name",),
    },
    kinds={
        "gen_ai.operation.name": {
            "chat": SpanKind.LLM,
            "text_completion": SpanKind.LLM,
            "generate_content": SpanKind.LLM,
            "completion": SpanKind.LLM,
            "generate": SpanKind.LLM,
            "retrieval": SpanKind.RETRIEVAL,
            "retrieve": SpanKind.RETRIEVAL,
            "vectordb": SpanKind.RETRIEVAL,
            "vector_db_retrieve": SpanKind.RETRIEVAL,
            "embeddings": SpanKind.EMBEDDING,
            "embedding": SpanKind.EMBEDDING,
            "rerank": SpanKind.RERANK,
            "execute_tool": SpanKind.TOOL,
            "invoke_workflow": SpanKind.REQUEST,
            "invoke_agent": SpanKind.REQUEST,
            "create_agent": SpanKind.OTHER,
            "plan": SpanKind.OTHER,
            "fetch_response": SpanKind.OTHER,
        }
    },
    hints=(
        ("gen_ai.retrieval.", SpanKind.RETRIEVAL),
        ("gen_ai.embeddings.dimension.count", SpanKind.EMBEDDING),
        ("gen_ai.request.model", SpanKind.LLM),
    ),
    details=frozenset({"gen_ai.client.inference.operation.details"}),
)

LEGACY = Convention(
    "gen_ai-legacy",
    {
        Field.INPUT_MESSAGES: ("gen_ai.prompt",),
        Field.OUTPUT_MESSAGES: ("gen_ai.completion",),
        Field.TOP_K: ("gen_ai.request.top_k",),
        Field.PROVIDER: ("gen_ai.system",),
        Field.INPUT_TOKENS: ("gen_ai.usage.prompt_tokens",),
        Field.OUTPUT_TOKENS: ("gen_ai.usage.completion_tokens",),
        Field.CACHE_WRITTEN_TOKENS: ("gen_ai.usage.cache_creation.input_tokens",),
        Field.ENVIRONMENT: ("deployment.environment",),
    },
    messages={
        "gen_ai.system.message": "system",
        "gen_ai.user.message": "user",
        "gen_ai.assistant.message": "assistant",
        "gen_ai.tool.message": "tool",
        "gen_ai.choice": "answer",
    },
    details=frozenset({"gen_ai.content.prompt", "gen_ai.content.completion"}),
    chunks=frozenset({"gen_ai.content.completion.chunk"}),
)

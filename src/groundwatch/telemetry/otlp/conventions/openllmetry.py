"""OpenLLMetry: Traceloop's instrumentations."""

from groundwatch.domain.spans import SpanKind
from groundwatch.telemetry.otlp.conventions.convention import Convention, Field

_PROPERTIES = "traceloop.association.properties"

OPENLLMETRY = Convention(
    "openllmetry",
    {
        Field.QUERY: ("traceloop.entity.input",),
        Field.RESPONSE: ("traceloop.entity.output",),
        Field.TOP_K: ("db.vector.query.top_k",),
        Field.DATA_SOURCE: ("db.collection.name", "db.system.name", "db.system"),
        Field.TOTAL_TOKENS: ("llm.usage.total_tokens", "gen_ai.usage.total_tokens"),
        Field.CACHED_TOKENS: ("gen_ai.usage.cache_read_input_tokens",),
        Field.CACHE_WRITTEN_TOKENS: ("gen_ai.usage.cache_creation_input_tokens",),
        Field.REASONING_TOKENS: ("gen_ai.usage.reasoning_tokens",),
        Field.FINISH: ("llm.response.finish_reason", "llm.response.stop_reason"),
        Field.USER: (f"{_PROPERTIES}.user_id", f"{_PROPERTIES}.user", "gen_ai.user", "llm.user"),
        Field.SESSION: (
            f"{_PROPERTIES}.session_id",
            f"{_PROPERTIES}.chat_id",
            f"{_PROPERTIES}.conversation_id",
        ),
        Field.PROMPT_VERSION: ("traceloop.prompt.version",),
        Field.PROPERTIES: (_PROPERTIES,),
    },
    kinds={
        "traceloop.span.kind": {
            "workflow": SpanKind.REQUEST,
            "agent": SpanKind.REQUEST,
            "tool": SpanKind.TOOL,
        },
        "llm.request.type": {
            "chat": SpanKind.LLM,
            "completion": SpanKind.LLM,
            "embedding": SpanKind.EMBEDDING,
            "rerank": SpanKind.RERANK,
        },
    },
    hints=(
        ("db.vector.query.", SpanKind.RETRIEVAL),
        ("db.chroma.query.", SpanKind.RETRIEVAL),
        ("db.pinecone.query.", SpanKind.RETRIEVAL),
        ("db.milvus.search.", SpanKind.RETRIEVAL),
        ("db.milvus.query.", SpanKind.RETRIEVAL),
        ("db.qdrant.search", SpanKind.RETRIEVAL),
        ("db.weaviate.query.", SpanKind.RETRIEVAL),
    ),
    events={"db.query.result": "db.query.result.", "db.search.result": "db.search.result."},
    chunks=frozenset({"llm.content.completion.chunk"}),
)

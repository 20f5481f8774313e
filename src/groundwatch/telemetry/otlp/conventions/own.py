"""`rag.*`: names of our own, which win over all others."""

from groundwatch.domain.spans import SpanKind
from groundwatch.telemetry.otlp.conventions.convention import Convention, Field

OWN = Convention(
    "groundwatch",
    {
        Field.QUERY: ("rag.query",),
        Field.RESPONSE: ("rag.response",),
        Field.RETRIEVAL_QUERY: ("rag.retrieval.query",),
        Field.DOCUMENTS: ("rag.documents", "rag.retrieval.documents"),
        Field.RERANKED: ("rag.reranked",),
        Field.TOP_K: ("rag.retrieval.top_k",),
        Field.MODEL: ("rag.model",),
        Field.INPUT_TOKENS: ("rag.tokens.input",),
        Field.OUTPUT_TOKENS: ("rag.tokens.output",),
        Field.COST: ("rag.cost",),
        Field.USER: ("rag.user",),
        Field.SESSION: ("rag.session",),
        Field.GROUP: ("rag.group",),
        Field.ENDPOINT: ("rag.endpoint",),
        Field.OUTCOME: ("rag.outcome",),
        Field.REASON: ("rag.reason",),
        Field.CONFIDENCE: ("rag.confidence",),
        Field.PROMPT_VERSION: ("rag.prompt_version",),
        Field.INDEX_VERSION: ("rag.index_version",),
        Field.FIRST_PIECE: ("rag.first_token",),
        Field.PROPERTIES: ("rag.attributes",),
        Field.SCORES: ("rag.scores",),
    },
    kinds={"rag.kind": {kind.value: kind for kind in SpanKind}},
)

"""`/v1/search` and `/v1/embeddings`."""

import base64

import numpy as np
from fastapi import APIRouter

from groundwatch.errors import InvalidInput, Unavailable
from groundwatch.models.embedder import Urgency, Vectors
from groundwatch.serving.bodies.openai import (
    EmbeddingBody,
    EmbeddingsBody,
    EmbeddingsResultBody,
    NoUsageBody,
)
from groundwatch.serving.bodies.search import SearchBody, SearchResultBody
from groundwatch.serving.permissions import require
from groundwatch.serving.questions import clean_question
from groundwatch.serving.routes.dependencies import MayEmbed, MaySearch, TheServices

router = APIRouter(tags=["search"])
_LONGEST_TEXT = 100_000


@router.post("/v1/search")
def search(body: SearchBody, identity: MaySearch, services: TheServices) -> SearchResultBody:
    """Find the passages the asker may read that fit a query best, without making an answer."""
    limits = services.settings.limits
    if body.explain:
        require(identity, "search:explain")
    if body.k is not None and body.k > limits.max_k:
        raise InvalidInput(f"k is {body.k}; at most {limits.max_k} is taken.")
    query = clean_question(body.query, limits.query_characters, "query")
    result = services.searching.search(
        query, identity, body.filters.filters(), body.k, explain=body.explain
    )
    return SearchResultBody.of(result)


@router.post("/v1/embeddings")
def embed(body: EmbeddingsBody, _identity: MayEmbed, services: TheServices) -> EmbeddingsResultBody:
    """Embed texts with the model that documents are embedded with (OpenAI's shape)."""
    embedder = services.embedder
    if embedder is None:
        raise Unavailable("There is no embedder in the configuration.")
    if body.model not in ("", embedder.name):
        raise InvalidInput(f"There is no model {body.model[:100]!r}; /v1/models lists them.")
    if body.dimensions not in (None, embedder.dimensions):
        raise InvalidInput(
            f"dimensions is {body.dimensions}; this model has {embedder.dimensions}."
        )
    texts = [body.input] if isinstance(body.input, str) else list(body.input)
    for position, text in enumerate(texts):
        if not text.strip() or len(text) > _LONGEST_TEXT:
            raise InvalidInput(f"input[{position}] is empty or longer than {_LONGEST_TEXT:,}.")
    vectors = embedder.embed(texts, Urgency.BULK)
    return EmbeddingsResultBody(
        data=tuple(
            EmbeddingBody(index=index, embedding=_encoded(vectors, index, body.encoding_format))
            for index in range(len(texts))
        ),
        model=embedder.name,
        usage=NoUsageBody(),
    )


def _encoded(vectors: Vectors, index: int, encoding: str) -> tuple[float, ...] | str:
    vector = vectors[index]
    if encoding == "base64":
        return base64.b64encode(vector.astype(np.dtype("<f4")).tobytes()).decode()
    return tuple(float(value) for value in vector)

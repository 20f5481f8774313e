"""`/v1/chat/completions` and `/v1/models` in OpenAI's shape."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from groundwatch.domain.access import Identity
from groundwatch.domain.answers import (
    DOUBT_TEXT,
    Answer,
    AnswerDone,
    AnswerSentence,
    SentenceReady,
)
from groundwatch.domain.questions import AskOptions
from groundwatch.errors import InvalidInput
from groundwatch.serving.asking import Asker, new_interaction_id
from groundwatch.serving.bodies.answers import CitationBody
from groundwatch.serving.bodies.openai import (
    AnswerMessageBody,
    ChatBody,
    ChoiceBody,
    ChunkBody,
    ChunkChoiceBody,
    CompletionBody,
    DeltaBody,
    GroundsBody,
    ModelBody,
    ModelsBody,
    UsageCountsBody,
)
from groundwatch.serving.disconnects import CallerGone, EventStream, unless_gone
from groundwatch.serving.errors import Problem, correlation_id_of, problem_of
from groundwatch.serving.events import begun, problem_of_answer
from groundwatch.serving.routes.dependencies import MayAsk, MayListModels, TheServer, TheServices

router = APIRouter(tags=["openai"])
MODEL = "groundwatch"


@dataclass(frozen=True, slots=True)
class _Exchange:
    question: str
    identity: Identity
    options: AskOptions
    created: int
    with_usage: bool

    @property
    def id(self) -> str:
        return f"chatcmpl-{self.options.interaction_id}"


@router.get("/v1/models")
def models(_identity: MayListModels, services: TheServices) -> ModelsBody:
    """List the model that answers and, where there is one, the embedder."""
    embedder = services.embedder
    names = [MODEL] if embedder is None else [MODEL, embedder.name]
    return ModelsBody(data=tuple(ModelBody(id=name) for name in names))


@router.post("/v1/chat/completions", response_model=CompletionBody)
async def complete(
    body: ChatBody, request: Request, identity: MayAsk, server: TheServer
) -> Response:
    """Answer the last user message from the documents the asker may read.

    `[n]` in the text is a citation; `groundwatch.citations` says where it points.
    """
    exchange = _exchange(body, request, identity, int(server.services.clock().timestamp()))
    if body.stream:

        def failed(error: BaseException) -> bytes:
            return _error(problem_of(error), exchange)

        return EventStream(await begun(_chunks(server.asker, exchange), failed))
    try:
        work = server.asker.whole(exchange.question, identity, exchange.options)
        answer = await unless_gone(request.receive, work)
    except CallerGone:
        return Response(status_code=499)
    problem = problem_of_answer(exchange.options.interaction_id, answer)
    if problem is not None:
        return problem.response(request.scope)
    shown = _completion(exchange, answer)
    return Response(shown.model_dump_json(), media_type="application/json")


def _exchange(body: ChatBody, request: Request, identity: Identity, created: int) -> _Exchange:
    if body.model != MODEL:
        raise InvalidInput(f"There is no model {body.model[:100]!r}; /v1/models lists them.")
    questions = [message.text() for message in body.messages if message.role == "user"]
    if not questions:
        raise InvalidInput("messages has no message of role 'user'.")
    options = AskOptions(
        interaction_id=new_interaction_id(),
        session=body.user,
        endpoint="/v1/chat/completions",
        correlation_id=correlation_id_of(request.scope),
    )
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    return _Exchange(questions[-1], identity, options, created, with_usage)


def _completion(exchange: _Exchange, answer: Answer) -> CompletionBody:
    text = " ".join(_with_marks(each) for each in answer.sentences) or answer.text
    text += _doubt(answer)
    return CompletionBody(
        id=exchange.id,
        created=exchange.created,
        model=MODEL,
        choices=(ChoiceBody(message=AnswerMessageBody(content=text)),),
        usage=_usage(answer),
        groundwatch=_grounds(exchange, answer),
    )


async def _chunks(asker: Asker, exchange: _Exchange) -> AsyncGenerator[bytes, None]:
    said = 0
    async with asker.ask(exchange.question, exchange.identity, exchange.options) as events:
        async for event in events:
            if isinstance(event, SentenceReady):
                text = ("" if said == 0 else " ") + _with_marks(event.sentence)
                yield _chunk(exchange, DeltaBody(role=None if said else "assistant", content=text))
                said += 1
            elif isinstance(event, AnswerDone):
                for chunk in _ending(exchange, event.answer, is_silent=said == 0):
                    yield chunk


def _ending(exchange: _Exchange, answer: Answer, *, is_silent: bool) -> list[bytes]:
    problem = problem_of_answer(exchange.options.interaction_id, answer)
    if problem is not None:
        return [_error(problem, exchange)]
    chunks = []
    if is_silent:
        chunks.append(_chunk(exchange, DeltaBody(role="assistant", content=answer.text)))
    if answer.is_doubtful:
        chunks.append(_chunk(exchange, DeltaBody(content=_doubt(answer))))
    last = ChunkBody(
        id=exchange.id,
        created=exchange.created,
        model=MODEL,
        choices=(ChunkChoiceBody(delta=DeltaBody(), finish_reason="stop"),),
        groundwatch=_grounds(exchange, answer),
    )
    chunks.append(_data(last.model_dump_json(exclude_none=True)))
    if exchange.with_usage:
        chunks.append(_data(_usage_chunk(exchange, answer).model_dump_json(exclude_none=True)))
    return [*chunks, _data("[DONE]")]


def _chunk(exchange: _Exchange, delta: DeltaBody) -> bytes:
    chunk = ChunkBody(
        id=exchange.id,
        created=exchange.created,
        model=MODEL,
        choices=(ChunkChoiceBody(delta=delta),),
    )
    return _data(chunk.model_dump_json(exclude_none=True))


def _usage_chunk(exchange: _Exchange, answer: Answer) -> ChunkBody:
    return ChunkBody(
        id=exchange.id,
        created=exchange.created,
        model=MODEL,
        choices=(),
        usage=_usage(answer),
    )


def _error(problem: Problem, exchange: _Exchange) -> bytes:
    return _data(json.dumps(problem.for_openai(exchange.options.correlation_id)))


def _data(text: str) -> bytes:
    return f"data: {text}\n\n".encode()


def _with_marks(sentence: AnswerSentence) -> str:
    numbers = dict.fromkeys(citation.number for citation in sentence.citations)
    marks = "".join(f"[{number}]" for number in numbers)
    return f"{sentence.text} {marks}" if marks else sentence.text


def _doubt(answer: Answer) -> str:
    """Said at the end, streaming or not: what was streamed cannot be taken back."""
    return f"\n\n{DOUBT_TEXT}" if answer.is_doubtful else ""


def _usage(answer: Answer) -> UsageCountsBody:
    usage = answer.usage
    return UsageCountsBody(
        prompt_tokens=usage.input_tokens,
        completion_tokens=usage.output_tokens,
        total_tokens=usage.input_tokens + usage.output_tokens,
    )


def _grounds(exchange: _Exchange, answer: Answer) -> GroundsBody:
    found = {passage.chunk_id: passage for passage in answer.passages}
    cited = [citation for sentence in answer.sentences for citation in sentence.citations]
    return GroundsBody(
        interaction_id=exchange.options.interaction_id,
        outcome=answer.outcome,
        confidence=answer.confidence,
        doubtful=answer.is_doubtful,
        reason=answer.reason,
        citations=tuple(
            CitationBody.of(citation, found[citation.chunk_id])
            for citation in dict.fromkeys(cited)
            if citation.chunk_id in found
        ),
    )

"""`/v1/answers`: ask a question, get the whole answer or its events."""

from collections.abc import AsyncGenerator

from fastapi import APIRouter, Request, Response

from groundwatch.domain.access import Identity
from groundwatch.domain.answers import AnswerEvent, PassagesFound, SentenceReady
from groundwatch.domain.documents import Passage
from groundwatch.domain.questions import AskOptions
from groundwatch.serving.asking import Asker, new_interaction_id
from groundwatch.serving.bodies.answers import AnswerBody, PassagesBody, QuestionBody, SentenceBody
from groundwatch.serving.bodies.passages import PassageBody
from groundwatch.serving.disconnects import CallerGone, EventStream, unless_gone
from groundwatch.serving.errors import correlation_id_of, problem_of
from groundwatch.serving.events import begun, problem_of_answer, server_sent
from groundwatch.serving.routes.dependencies import MayAsk, TheServer

router = APIRouter(tags=["answers"])
_STREAM = {"schema": {"type": "string"}, "example": 'event: passages\ndata: {"id": "..."}\n\n'}


@router.post(
    "/v1/answers",
    response_model=AnswerBody,
    responses={200: {"content": {"text/event-stream": _STREAM}}},
)
async def ask(
    body: QuestionBody, request: Request, identity: MayAsk, server: TheServer
) -> Response:
    """Answer a question from the documents the asker may read, with citations.

    With `stream` or `Accept: text/event-stream` the answer comes as server-sent events: `passages`,
    a `sentence` each as soon as its citations are verified, and `done` or `error`.
    """
    options = AskOptions(
        interaction_id=new_interaction_id(),
        filters=body.filters.filters(),
        passages=body.k,
        session=body.session,
        endpoint="/v1/answers",
        correlation_id=correlation_id_of(request.scope),
    )
    if body.stream or "text/event-stream" in request.headers.get("accept", ""):
        chunks = _events(server.asker, body.question, identity, options)

        def failed(error: BaseException) -> bytes:
            return server_sent("error", problem_of(error).body(options.correlation_id))

        return EventStream(await begun(chunks, failed))
    try:
        work = server.asker.whole(body.question, identity, options)
        answer = await unless_gone(request.receive, work)
    except CallerGone:
        return Response(status_code=499)
    problem = problem_of_answer(options.interaction_id, answer)
    if problem is not None:
        return problem.response(request.scope)
    shown = AnswerBody.of(options.interaction_id, answer)
    return Response(shown.model_dump_json(), media_type="application/json")


async def _events(
    asker: Asker, question: str, identity: Identity, options: AskOptions
) -> AsyncGenerator[bytes, None]:
    passages: tuple[Passage, ...] = ()
    async with asker.ask(question, identity, options) as events:
        async for event in events:
            if isinstance(event, PassagesFound):
                passages = event.passages
            yield _sent(event, passages, options)


def _sent(event: AnswerEvent, passages: tuple[Passage, ...], options: AskOptions) -> bytes:
    if isinstance(event, PassagesFound):
        shown = tuple(PassageBody.of(passage) for passage in passages)
        return server_sent("passages", PassagesBody(id=options.interaction_id, passages=shown))
    if isinstance(event, SentenceReady):
        return server_sent("sentence", SentenceBody.of(event.sentence, passages))
    problem = problem_of_answer(options.interaction_id, event.answer)
    if problem is not None:
        return server_sent("error", problem.body(options.correlation_id))
    return server_sent("done", AnswerBody.of(options.interaction_id, event.answer))

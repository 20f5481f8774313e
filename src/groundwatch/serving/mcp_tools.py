"""The tools `search` and `ask`, free of the protocol that carries them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from anyio import to_thread
from pydantic import BaseModel, Field

from groundwatch.domain.access import Identity
from groundwatch.domain.answers import DOUBT_TEXT, Answer
from groundwatch.domain.documents import Passage
from groundwatch.domain.questions import AskOptions
from groundwatch.errors import InvalidInput, Unavailable
from groundwatch.serving.asking import new_interaction_id
from groundwatch.serving.bodies.answers import AnswerBody
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.passages import FiltersBody
from groundwatch.serving.bodies.search import SearchResultBody
from groundwatch.serving.events import problem_of_answer
from groundwatch.serving.questions import clean_question
from groundwatch.serving.server import Server


class SearchArguments(Body):
    """Arguments of `search`."""

    query: str = Field(description="What to look for, in plain words.")
    filters: FiltersBody = FiltersBody()
    k: int | None = Field(default=None, ge=1, description="How many passages at most.")


class AskArguments(Body):
    """Arguments of `ask`."""

    question: str = Field(description="A question in plain words.")
    filters: FiltersBody = FiltersBody()
    k: int | None = Field(default=None, ge=1, description="Passages the answer may draw on.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called a tool, and under which correlation id."""

    identity: Identity
    correlation_id: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gives: text for a model to read, and the same as data."""

    text: str
    data: BaseModel


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, its permission and how it is run on the JSON text of its arguments."""

    name: str
    permission: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[Server, Caller, str], Awaitable[ToolResult]]


async def _search(server: Server, caller: Caller, given: str) -> ToolResult:
    arguments = SearchArguments.model_validate_json(given)
    server.rates.take(caller.identity.user)
    limits = server.services.settings.limits
    if arguments.k is not None and arguments.k > limits.max_k:
        raise InvalidInput(f"k is {arguments.k}; at most {limits.max_k} is taken.")
    query = clean_question(arguments.query, limits.query_characters, "query")
    result = await to_thread.run_sync(
        lambda: server.services.searching.search(
            query, caller.identity, arguments.filters.filters(), arguments.k, explain=False
        )
    )
    text = "\n\n".join(_shown(passage) for passage in result.passages)
    return ToolResult(text or "No passage fits.", SearchResultBody.of(result))


async def _ask(server: Server, caller: Caller, given: str) -> ToolResult:
    arguments = AskArguments.model_validate_json(given)
    options = AskOptions(
        interaction_id=new_interaction_id(),
        filters=arguments.filters.filters(),
        passages=arguments.k,
        endpoint="mcp:ask",
        correlation_id=caller.correlation_id,
    )
    answer = await server.asker.whole(arguments.question, caller.identity, options)
    problem = problem_of_answer(options.interaction_id, answer)
    if problem is not None:
        raise Unavailable(problem.detail)
    return ToolResult(answer_text(answer), AnswerBody.of(options.interaction_id, answer))


def _shown(passage: Passage) -> str:
    document = passage.document
    where = " > ".join(part for part in (document.title, passage.heading) if part)
    return f"[{passage.rank}] {where} ({document.source}/{document.path})\n{passage.text}"


def answer_text(answer: Answer) -> str:
    """The answer with `[n]` after its sentences, and below it what each number is.

    A doubtful one begins by saying so.
    """
    if not answer.sentences:
        return answer.text
    found = {passage.chunk_id: passage.document for passage in answer.passages}
    lines, sources = [], {}
    for sentence in answer.sentences:
        numbers = dict.fromkeys(citation.number for citation in sentence.citations)
        marks = "".join(f"[{number}]" for number in numbers)
        lines.append(f"{sentence.text} {marks}".strip())
        for citation in sentence.citations:
            if (document := found.get(citation.chunk_id)) is not None:
                sources[citation.number] = f"{document.title} ({document.source}/{document.path})"
    listed = "\n".join(f"[{number}] {sources[number]}" for number in sorted(sources))
    doubt = f"{DOUBT_TEXT}\n\n" if answer.is_doubtful else ""
    return f"{doubt}{' '.join(lines)}\n\n{listed}"


TOOLS = (
    Tool(
        "search",
        "search:read",
        "Find the passages of the company's documents that fit a query best.",
        SearchArguments,
        _search,
    ),
    Tool(
        "ask",
        "answers:ask",
        "Answer a question from the company's documents, with citations. Says so when the "
        "documents hold no answer.",
        AskArguments,
        _ask,
    ),
)

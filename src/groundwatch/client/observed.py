# ruff: noqa: TID252
"""Functions that answer, each call an interaction."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from .observing import Observing
    from .records import Interaction

    Arguments = tuple[object, ...]
    Named = Mapping[str, object]
    Begin = Callable[[Arguments, Named], Observing]

Function = TypeVar("Function", bound=Callable[..., object])
Filled = Callable[["Interaction", object], None]
_ANSWERS = ("response", "answer", "text", "output")
_PASSAGES = ("passages", "contexts", "documents")


def observed(
    observing: Callable[[str], Observing], query: str | None, result: Filled | None
) -> Callable[[Function], Function]:
    """Make the decorator; see `Client.observed`."""
    fill = _safely(fill_from if result is None else result)

    def decorate(function: Function) -> Function:
        question = _question_of(function, query)

        def begin(args: Arguments, named: Named) -> Observing:
            return observing(question(args, named))

        wrapper = _wrapper_of(function)(function, begin, fill)
        return cast("Function", functools.wraps(function)(wrapper))

    return decorate


def fill_from(seen: Interaction, returned: object) -> None:
    """Take the answer from a text, or answer and passages from a mapping."""
    if isinstance(returned, str):
        seen.response = seen.response or returned
    elif isinstance(returned, Mapping):
        found = (returned[name] for name in _ANSWERS if isinstance(returned.get(name), str))
        seen.response = seen.response or next(found, "")
        passages = next((returned[name] for name in _PASSAGES if returned.get(name)), ())
        if not seen.passages and isinstance(passages, (list, tuple)):
            seen.passages = tuple(each for each in passages if isinstance(each, str))


def _safely(fill: Filled) -> Filled:
    """A mistake in telemetry must not reach the application; it is told beside the answer."""

    def filled(seen: Interaction, returned: object) -> None:
        try:
            fill(seen, returned)
        except Exception as error:  # noqa: BLE001
            seen.attributes = {**seen.attributes, "unread_result": type(error).__name__}

    return filled


def _question_of(
    function: Callable[..., object], wanted: str | None
) -> Callable[[Arguments, Named], str]:
    parameters = list(inspect.signature(function).parameters)
    first = next((each for each in parameters if each not in ("self", "cls")), "")
    name = first if wanted is None else wanted
    if name not in parameters:
        raise ValueError(f"{function.__qualname__} has no argument {name!r} that is the question")
    position = parameters.index(name)

    def question(args: Arguments, named: Named) -> str:
        found = args[position] if position < len(args) else named.get(name)
        return found if isinstance(found, str) else ""

    return question


def _wrapper_of(
    function: Callable[..., object],
) -> Callable[[Callable[..., object], Begin, Filled], Callable[..., object]]:
    if inspect.isasyncgenfunction(function):
        return _async_generator
    if inspect.iscoroutinefunction(function):
        return _async
    return _generator if inspect.isgeneratorfunction(function) else _plain


def _plain(function: Callable[..., object], begin: Begin, fill: Filled) -> Callable[..., object]:
    def wrapper(*args: object, **named: object) -> object:
        with begin(args, named) as seen:
            returned = function(*args, **named)
            fill(seen, returned)
            return returned

    return wrapper


def _async(function: Callable[..., object], begin: Begin, fill: Filled) -> Callable[..., object]:
    async def wrapper(*args: object, **named: object) -> object:
        with begin(args, named) as seen:
            returned = await cast("Awaitable[object]", function(*args, **named))
            fill(seen, returned)
            return returned

    return wrapper


def _generator(
    function: Callable[..., object], begin: Begin, fill: Filled
) -> Callable[..., object]:
    def wrapper(*args: object, **named: object) -> Generator[object, None, None]:
        observing = begin(args, named)
        steps = cast("Generator[object, None, None]", function(*args, **named))
        parts: list[str] = []
        try:
            while True:
                with observing.step() as seen:
                    part = next(steps, _END)
                if part is _END:
                    break
                _add(seen, parts, part)
                yield part
        except BaseException as error:
            steps.close()
            observing.finish(error, "".join(parts), fill)
            raise
        observing.finish(None, "".join(parts), fill)

    return wrapper


def _async_generator(
    function: Callable[..., object], begin: Begin, fill: Filled
) -> Callable[..., object]:
    async def wrapper(*args: object, **named: object) -> AsyncGenerator[object, None]:
        observing = begin(args, named)
        steps = cast("AsyncGenerator[object, None]", function(*args, **named))
        parts: list[str] = []
        try:
            while True:
                with observing.step() as seen:
                    part = await _next(steps)
                if part is _END:
                    break
                _add(seen, parts, part)
                yield part
        except BaseException as error:
            await steps.aclose()
            observing.finish(error, "".join(parts), fill)
            raise
        observing.finish(None, "".join(parts), fill)

    return wrapper


_END = object()


async def _next(steps: AsyncGenerator[object, None]) -> object:
    try:
        return await steps.__anext__()
    except StopAsyncIteration:
        return _END


def _add(seen: Interaction, parts: list[str], part: object) -> None:
    seen.began_answering()
    if isinstance(part, str):
        parts.append(part)

"""Prompts and answers, in every form in which conventions write them."""

from collections.abc import Iterator
from dataclasses import dataclass

from groundwatch.domain.spans import AttributeValue, SpanEvent
from groundwatch.telemetry.otlp.reading import MESSAGE_EVENTS
from groundwatch.telemetry.otlp.values import as_text, as_tree

_WRAPPERS = ("message", "message_content", "prompt", "completion", "delta")
_LISTS = ("messages", "choices", "generations", "input_messages", "output_messages")
_ASKED = ("inputs", "query", "question", "user_query", "user_input", "prompt", "input", "text")
_ASKED_LATER = ("content", "message", "value", "args", "kwargs")
_ANSWERED = ("outputs", "answer", "response", "output", "result", "text", "content", "completion")
_NOT_TEXT = frozenset({"reasoning", "thinking", "tool_call", "tool_call_response", "tool_use"})
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said; `role` in small letters, empty when not said."""

    role: str
    text: str


def messages_of(value: AttributeValue, depth: int = 0) -> list[Message]:
    """The messages of a prompt or an answer, in order; those without text are left out."""
    value = as_tree(value)
    if depth > _DEEPEST:
        return []
    match value:
        case str():
            return [Message("", value)] if value.strip() else []
        case list():
            return [message for each in value for message in messages_of(each, depth + 1)]
        case dict():
            return _of_object(value, depth)
        case _:
            return []


def _of_object(value: dict[str, AttributeValue], depth: int) -> list[Message]:
    for name in _LISTS:
        if isinstance(value.get(name), list | str) and value[name]:
            return messages_of(value[name], depth + 1)
    role = as_text(value.get("role")).lower()
    for name in _WRAPPERS:
        inner = value.get(name)
        if isinstance(inner, dict):
            return [Message(each.role or role, each.text) for each in messages_of(inner, depth + 1)]
    if all(key.isdecimal() or key == "" for key in value):
        return messages_of(list(value.values()), depth + 1)
    text = text_of(value)
    return [Message(role, text)] if text.strip() else []


def text_of(value: AttributeValue) -> str:
    """The text parts of one message."""
    match value:
        case str():
            return value
        case list():
            return "\n".join(part for each in value if (part := _part(each)))
        case dict():
            for name in ("parts", "contents", "content", "text", "message", "prompt", "value"):
                if value.get(name):
                    return text_of(_parts(value[name]))
            return ""
        case _:
            return ""


def _parts(value: AttributeValue) -> AttributeValue:
    """A list of parts that was written as text is a list again; other text stays as it is."""
    if isinstance(value, str) and value.startswith(("[{", '["')):
        parsed = as_tree(value)
        return parsed if isinstance(parsed, list) else value
    return value


def _part(value: AttributeValue) -> str:
    if not isinstance(value, dict):
        return value if isinstance(value, str) else ""
    inner = value.get("message_content")
    if isinstance(inner, dict):
        value = inner
    if as_text(value.get("type")).lower() in _NOT_TEXT:
        return ""
    return text_of(value)


def last_asked(messages: list[Message]) -> str:
    """What the user said last; what was said last when nobody has a role."""
    users = [each.text for each in messages if each.role in ("user", "human")]
    if users:
        return users[-1]
    nobody = [each.text for each in messages if not each.role]
    return nobody[-1] if nobody else ""


def answered(messages: list[Message]) -> str:
    """What was answered: the last text that no user or system said."""
    texts = [
        each.text
        for each in messages
        if each.role not in ("user", "human", "system", "tool", "developer")
    ]
    return texts[-1] if texts else ""


def question_in(value: AttributeValue) -> str:
    """A question out of whatever an application calls its input."""
    found = _find(as_tree(value), (*_ASKED, *_ASKED_LATER), asked=True)
    return found or as_text(value)


def answer_in(value: AttributeValue) -> str:
    """An answer out of whatever an application calls its output."""
    found = _find(as_tree(value), (*_ANSWERED, "message", "value"), asked=False)
    return found or as_text(value)


def _find(value: AttributeValue, names: tuple[str, ...], *, asked: bool, depth: int = 0) -> str:
    if depth > _DEEPEST or value is None:
        return ""
    if isinstance(value, str):
        inner = as_tree(value) if value[:1] in "{[" else value
        return (
            value if isinstance(inner, str) else _find(inner, names, asked=asked, depth=depth + 1)
        )
    if isinstance(value, list):
        return _in_list(value, names, asked=asked, depth=depth)
    if isinstance(value, dict):
        return _in_object(value, names, asked=asked, depth=depth)
    return as_text(value)


def _in_list(
    value: list[AttributeValue], names: tuple[str, ...], *, asked: bool, depth: int
) -> str:
    if not value:
        return ""
    messages = messages_of(value) if all(isinstance(each, dict) for each in value) else []
    found = (last_asked if asked else answered)(messages)
    return found or (
        _find(value[0], names, asked=asked, depth=depth + 1) if len(value) == 1 else ""
    )


def _in_object(
    value: dict[str, AttributeValue], names: tuple[str, ...], *, asked: bool, depth: int
) -> str:
    if any(isinstance(value.get(name), list) for name in _LISTS):
        messages = messages_of(value)
        found = (last_asked if asked else answered)(messages)
        if found:
            return found
    for name in names:
        if value.get(name) not in (None, "", [], {}):
            return _find(value[name], names, asked=asked, depth=depth + 1)
    if len(value) == 1:
        return _find(next(iter(value.values())), names, asked=asked, depth=depth + 1)
    return ""


def event_messages(events: tuple[SpanEvent, ...]) -> tuple[list[Message], list[Message]]:
    """Messages that came as one event each: those of the prompt, and those of the answer."""
    prompt: list[Message] = []
    said: list[Message] = []
    for event in events:
        who = MESSAGE_EVENTS.get(event.name)
        if who is None:
            continue
        for message in _of_event(event):
            if who == "answer":
                said.append(Message("assistant", message.text))
            else:
                prompt.append(Message(who, message.text))
    return prompt, said


def _of_event(event: SpanEvent) -> Iterator[Message]:
    for name in ("gen_ai.event.content", "body", "message", "content"):
        found = messages_of(event.attributes.get(name))
        if found:
            yield from found
            return

"""Texts of a JSON value, as a person would see them, without its escapes."""

import json
from collections.abc import Iterator


def readable(body: str) -> str:
    """The texts of a JSON body, or what is no JSON as it is."""
    try:
        return " \n ".join(strings_in(json.loads(body)))
    except json.JSONDecodeError:
        return body


def strings_in(value: object) -> Iterator[str]:
    """Every text inside a value, in its order."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from strings_in(each)
        case list():
            for each in value:
                yield from strings_in(each)

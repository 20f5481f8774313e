"""From plain values to settings, and from pydantic's errors to problems."""

import json
from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from groundwatch.config.model import DEFAULT_TAGS, Config
from groundwatch.config.places import Place, locate
from groundwatch.config.problems import Location, Problem, kind_of, meant, shown
from groundwatch.config.secrets import Secrets

_SAYINGS = {
    "string_type": "must be text",
    "path_type": "must be a path",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must hold at least {min_length} entry",
    "timezone_aware": "must have a time zone, such as Z at its end",
    "string_pattern_mismatch": "must match `{pattern}`",
}
_MAPPINGS = frozenset({"model_type", "model_attributes_type", "dict_type"})
_LISTS = frozenset({"tuple_type", "list_type"})


def completed(value: Mapping[str, object]) -> dict[str, object]:
    """Take a part without content as not given, and a kind not named as the usual one."""
    parts = {key: part for key, part in value.items() if part is not None}
    for key in ("users", "groups"):
        part = parts.get(key)
        if isinstance(part, dict):
            parts[key] = {name: {} if said is None else said for name, said in part.items()}
    for key, (tag, usual) in DEFAULT_TAGS.items():
        part = parts.get(key)
        if isinstance(part, dict):
            parts[key] = {tag: usual, **part}
    return parts


def validate(value: Mapping[str, object], secrets: Secrets) -> Config:
    """Make settings of plain values; types are taken literally: `"80"` is no number.

    Raises:
        ValidationError: something does not fit; see `problems_of`.
    """
    return Config.model_validate_json(
        json.dumps(value), strict=True, context={"secrets": secrets.resolve}
    )


def problems_of(error: ValidationError, part: Location = ()) -> list[Problem]:
    """Say each error in our words; `part` is what was validated, if not the whole."""
    return [_problem(details, part) for details in error.errors(include_url=False)]


def _problem(details: ErrorDetails, part: Location) -> Problem:
    kind = details["type"]
    steps: Location = (*part, *details["loc"])
    place = locate(Config, steps)
    if kind == "extra_forbidden":
        owner = locate(Config, steps[:-1])
        return Problem(place.at, f"is no setting{meant(str(steps[-1]), owner.keys)}")
    if kind == "union_tag_invalid":
        return _wrong_tag(details, place)
    if kind == "missing":
        return Problem(place.at, "is missing; give it a value")
    if kind == "secret":
        return Problem(place.at, details["msg"])
    if kind == "value_error":
        return Problem(place.at, f"cannot be: {details['msg'].removeprefix('Value error, ')}")
    return Problem(place.at, f"{_found(details, place)} {_right(details, place)}")


def _found(details: ErrorDetails, place: Place) -> str:
    if place.secret:
        return "is set, but"
    if details["type"] == "too_short":
        return "is an empty list;"
    if details["type"] in _MAPPINGS | _LISTS:
        return f"is {kind_of(details['input'])};"
    return f"is {shown(details['input'])};"


def _right(details: ErrorDetails, place: Place) -> str:
    context = details.get("ctx", {})
    if details["type"] in _MAPPINGS:
        return "must be a mapping" + (f" of {', '.join(sorted(place.keys))}" if place.keys else "")
    if details["type"] in _LISTS:
        return "must be a list, as in `[a, b]`"
    if details["type"] == "literal_error":
        expected = str(context["expected"])
        names = expected.replace("'", "").replace(" or ", ", ").split(", ")
        guess = meant(str(details["input"]), names)
        return f"must be {expected}{guess if 'did you mean' in guess else ''}"
    if details["type"] == "string_type" and isinstance(details["input"], int | float):
        return "must be text; put it in quotes"
    saying = _SAYINGS.get(details["type"])
    if saying:
        return saying.format_map({key: _number(part) for key, part in context.items()})
    return details["msg"].replace("Input should be", "must be")


def _number(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _wrong_tag(details: ErrorDetails, place: Place) -> Problem:
    context = details.get("ctx", {})
    key = str(context.get("discriminator", "kind")).strip("'")
    found = details["input"].get(key) if isinstance(details["input"], dict) else None
    expected = str(context.get("expected_tags", "")).replace("'", "")
    guess = meant(str(found), expected.split(", "))
    hint = guess if "did you mean" in guess else ""
    return Problem((*place.at, key), f"is {shown(found)}; must be one of {expected}{hint}")

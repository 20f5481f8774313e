"""Records as the server reads them; all of it happens in the background thread."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

INTERACTIONS = "interactions"
EVENTS = "events"
FEEDBACK = "feedback"

Redact = Callable[["dict[str, object]"], "dict[str, object] | None"]
_NEEDED = frozenset({"query", "type"})
_MOMENTS = {EVENTS: "at", FEEDBACK: "given_at"}


def encode(kind: str, fields: dict[str, object], redact: Redact | None) -> bytes | None:
    """One record as JSON in UTF-8; None when `redact` withholds it.

    Raises:
        Exception: it cannot be encoded, or `redact` raised.
    """
    body = _interaction(fields) if kind == INTERACTIONS else _told(kind, fields)
    wanted = {name: value for name, value in body.items() if _is_said(value) or name in _NEEDED}
    if redact is not None:
        redacted = redact(wanted)
        if redacted is None:
            return None
        wanted = redacted
    text = json.dumps(wanted, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")  # lone surrogates must not cost a whole batch


def envelope(kind: str, head: Mapping[str, object], items: list[bytes]) -> bytes:
    """The body of a request: what concerns the batch, then its records."""
    start = json.dumps(head, separators=(",", ":"))[:-1]
    return b"".join((start.encode(), b',"', kind.encode(), b'":[', b",".join(items), b"]}"))


def _interaction(fields: dict[str, object]) -> dict[str, object]:
    body = dict(fields)
    body["started_at"] = _moment(body["started_at"])
    body["passages"] = [_passage(one, rank) for rank, one in enumerate(_listed(body["passages"]))]
    body["stages"] = [vars(one) for one in _listed(body["stages"])]
    body["flags"] = list(_listed(body["flags"]))
    body["attributes"] = _texts(body["attributes"])
    return body


def _told(kind: str, fields: dict[str, object]) -> dict[str, object]:
    body = dict(fields)
    body[_MOMENTS[kind]] = _moment(body[_MOMENTS[kind]])
    if kind == EVENTS:
        body["metadata"] = _texts(body["metadata"])
    return body


def _passage(one: object, rank: int) -> dict[str, object]:
    known = {"text": one} if isinstance(one, str) else vars(one)
    return {"rank": rank + 1, **{name: value for name, value in known.items() if _is_said(value)}}


def _is_said(value: object) -> bool:
    """Whether a field says something: 0 does, an empty text does not."""
    return value is not None and value not in ("", [], {})


def _listed(value: object) -> tuple[object, ...]:
    assert isinstance(value, (tuple, list))
    return tuple(value)


def _texts(value: object) -> dict[str, str]:
    assert isinstance(value, dict)
    return {str(name): str(each) for name, each in value.items()}


def _moment(seconds: object) -> str:
    """Seconds since the epoch as RFC 3339."""
    assert isinstance(seconds, (int, float))
    whole, part = divmod(round(seconds * 1_000_000), 1_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{part:06d}Z"

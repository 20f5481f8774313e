"""Values as OTLP writes them."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue

from groundwatch.domain.interactions import Interaction

Value = str | bool | int | float | Sequence[str] | None
_TRACE_BYTES, _SPAN_BYTES = 16, 8


def key_values(values: Mapping[str, Value]) -> list[KeyValue]:
    """Attributes; what is None or empty text is left out."""
    return [
        KeyValue(key=key, value=_any(value))
        for key, value in values.items()
        if value not in (None, "")
    ]


def trace_id(one: Interaction) -> bytes:
    """An interaction's id where it is a trace id, and its digest where it is not."""
    try:
        given = bytes.fromhex(one.id)
    except ValueError:
        given = b""
    if len(given) == _TRACE_BYTES and any(given):
        return given
    return blake2b(one.id.encode(), digest_size=_TRACE_BYTES).digest()


def span_id(one: Interaction, part: str) -> bytes:
    """The same for the same part of the same interaction, so that sending again does no harm."""
    return blake2b(f"{one.id}/{part}".encode(), digest_size=_SPAN_BYTES).digest()


def nanoseconds(one: Interaction, after: float) -> int:
    """A moment so many seconds after the interaction began, since the epoch."""
    return int(one.started_at.timestamp() * 1e6) * 1000 + max(0, int(after * 1e9))


def _any(value: Value) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, str):
        return AnyValue(string_value=value)
    items = [AnyValue(string_value=each) for each in value or ()]
    return AnyValue(array_value=ArrayValue(values=items))

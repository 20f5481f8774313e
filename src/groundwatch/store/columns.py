"""Column types that mean the same in SQLite and PostgreSQL."""
# ruff: noqa: ARG002  (the signatures are SQLAlchemy's)

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_REPLACEMENT = "\ufffd"


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970; the moment must be aware."""
    return (moment - EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)
def moment(value: int) -> datetime:
    """The aware datetime in UTC of `microseconds`."""
    return EPOCH + timedelta(microseconds=value)


def clean(text: str) -> str:
    """Replace what no database keeps (NUL, lone surrogates), one character for one."""
    if "\0" in text:
        text = text.replace("\0", _REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(_REPLACEMENT if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


@lru_cache(maxsize=4096)
def words(value: str) -> tuple[str, ...]:
    """The tuple of strings that a JSON list holds."""
    return tuple(json.loads(value))


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970: exact, ordered and alike in both."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else moment(value)


class FreeText(TypeDecorator[str]):
    """Text of any origin: what PostgreSQL refuses is replaced, offsets stay as they are."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Words(TypeDecorator[tuple[str, ...]]):
    """A tuple of strings, kept as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(list(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else words(value)


class Key(TypeDecorator[str]):
    """Text that is compared and sorted by code point on every database."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(str(value))


Serial = BigInteger().with_variant(Integer(), "sqlite")
"""The type of a counted primary key; SQLite counts only plain integers."""

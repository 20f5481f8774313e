"""The bytes of documents that came over HTTP, kept so that they can be parsed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.schema import uploads
from groundwatch.store.statements import inside, replacing


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """An upload without its bytes.

    Attributes:
        content_hash: sha256 of the bytes, hex.
        size: bytes.
        user: who sent it last.
    """

    source: str
    path: str
    tags: tuple[str, ...]
    content_hash: str
    size: int
    user: str
    uploaded_at: datetime


_INFO = [column for column in uploads.c if column.name != "content"]


def put(
    c: Connection,
    source: str,
    path: str,
    data: bytes,
    *,
    tags: Sequence[str],
    user: str,
    now: datetime,
) -> StoredUpload:
    """Keep the bytes of a path; those it had before are overwritten."""
    kept = StoredUpload(source, path, tuple(tags), sha256(data).hexdigest(), len(data), user, now)
    row = {column.name: getattr(kept, column.name) for column in _INFO}
    c.execute(replacing(c.dialect.name, uploads), row | {"content": data})
    return kept


def get(c: Connection, source: str, path: str) -> StoredUpload | None:
    """What is known of an upload, without its bytes."""
    row = c.execute(sa.select(*_INFO).where(_at(source, path))).first()
    return None if row is None else StoredUpload(**row._asdict())


def read(c: Connection, source: str, path: str) -> tuple[StoredUpload, bytes] | None:
    """An upload with its bytes."""
    row = c.execute(sa.select(*_INFO, uploads.c.content).where(_at(source, path))).first()
    return None if row is None else (StoredUpload(*row[: len(_INFO)]), row.content)


def entries(c: Connection, source: str, under: str = "") -> list[StoredUpload]:
    """Every upload below a path, by path."""
    statement = (
        sa.select(*_INFO)
        .where(uploads.c.source == source, inside(uploads.c.path, under))
        .order_by(uploads.c.path)
    )
    return [StoredUpload(**row._asdict()) for row in c.execute(statement)]


def remove(c: Connection, source: str, path: str) -> bool:
    """Forget the bytes; returns whether there were any."""
    return c.execute(sa.delete(uploads).where(_at(source, path))).rowcount == 1


def _at(source: str, path: str) -> sa.ColumnElement[bool]:
    return (uploads.c.source == source) & (uploads.c.path == path)

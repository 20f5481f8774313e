"""Documents that came over HTTP, kept in the store."""

from collections.abc import Iterator

from groundwatch.sources.base import Entry, Item, Permissions
from groundwatch.store import uploads
from groundwatch.store.database import Database
from groundwatch.store.uploads import StoredUpload

NAME = "uploads"
"""The source's name; no configured source may have it."""

_NANOSECONDS = 1_000_000_000


class UploadSource:
    """Lists and reads uploads; who may read them is set with the upload, not by rules."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def name(self) -> str:
        return NAME

    def entries(self, under: str = "") -> Iterator[Entry]:
        with self._database.read() as connection:
            found = uploads.entries(connection, NAME, under)
        for upload in found:
            yield Entry(upload.path, _stamp(upload), upload.size)

    def read(self, path: str) -> Item | None:
        with self._database.read() as connection:
            found = uploads.read(connection, NAME, path)
        if found is None:
            return None
        upload, data = found
        return Item(path, data, _stamp(upload), upload.uploaded_at)

    def permissions(self, path: str) -> Permissions:
        with self._database.read() as connection:
            upload = uploads.get(connection, NAME, path)
        return Permissions(None, upload.tags if upload else ())


def _stamp(upload: StoredUpload) -> int:
    return int(upload.uploaded_at.timestamp() * _NANOSECONDS)

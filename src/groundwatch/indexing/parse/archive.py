"""Opens zip-based documents once their sizes and XML prologues were found harmless."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from groundwatch.errors import DocumentRejected

MAX_UNPACKED = 400_000_000
MAX_RATIO = 150
MAX_MEMBERS = 20_000
_SMALL = 20_000_000
_PROLOGUE = 65_536
_ROOT = re.compile(r"<[A-Za-z_]")
_LOOKS_LIKE_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")
_ENCRYPTED_FLAG = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError, KeyError)


def open_archive(data: bytes, *, with_doctype: bool = False) -> zipfile.ZipFile:
    """Return the opened archive.

    Args:
        data: the bytes of the file.
        with_doctype: XML parts may begin with a document type, as those of a book do; entities may
            not be declared all the same.

    Raises:
        DocumentRejected: `zip-bomb`, `xml-bomb`, `encrypted` or `corrupt`.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        _check_sizes(archive)
        for name in archive.namelist():
            head = member(archive, name, _PROLOGUE)
            if _LOOKS_LIKE_XML.match(head):
                check_xml(head, name, with_doctype=with_doctype)
    except _DAMAGED:
        raise damaged() from None
    return archive


def member(archive: zipfile.ZipFile, name: str, limit: int = MAX_UNPACKED) -> bytes:
    """Return the unpacked bytes of one part, at most `limit` of them.

    Raises:
        DocumentRejected: `corrupt`.
    """
    try:
        with archive.open(name) as part:
            return part.read(limit)
    except _DAMAGED:
        raise damaged() from None


def check_xml(data: bytes, name: str, *, with_doctype: bool = False) -> None:
    """Refuse XML that declares entities: a few lines of them expand to gigabytes.

    Raises:
        DocumentRejected: `xml-bomb`.
    """
    text = _decoded(data[:_PROLOGUE])
    root = _ROOT.search(text)
    prologue = text[: root.start()] if root else text
    too_long = root is None and len(data) >= _PROLOGUE
    declared = "<!ENTITY" in prologue or ("<!DOCTYPE" in prologue and not with_doctype)
    if declared or too_long:
        message = f"{name} declares XML entities or a document type, which no document needs."
        raise DocumentRejected("parse", "xml-bomb", message)


def damaged() -> DocumentRejected:
    """Return the error for an archive that cannot be unpacked."""
    return DocumentRejected("parse", "corrupt", "The archive is damaged; send the file again.")


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        encoding = "utf-16-be" if data[:1] in (b"\xfe", b"\0") else "utf-16-le"
        return data.decode(encoding, errors="replace")
    return data.decode("latin-1")


def _check_sizes(archive: zipfile.ZipFile) -> None:
    unpacked = 0
    for info in _members(archive):
        unpacked += info.file_size
        large = info.file_size > _SMALL
        if large and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise _bomb(f"a part unpacks to more than {MAX_RATIO} times its size")
    if unpacked > MAX_UNPACKED:
        raise _bomb(f"it unpacks to {unpacked:,} bytes; the limit is {MAX_UNPACKED:,}")


def _members(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise _bomb(f"it holds {len(infos):,} parts; the limit is {MAX_MEMBERS:,}")
    for info in infos:
        if info.flag_bits & _ENCRYPTED_FLAG:
            message = "The archive is protected by a password; save the document without one."
            raise DocumentRejected("parse", "encrypted", message)
        yield info


def _bomb(problem: str) -> DocumentRejected:
    return DocumentRejected("parse", "zip-bomb", f"The archive is refused: {problem}.")

"""What kind of file it is, by its name and its first bytes, and what its characters are."""

import codecs
import io
import zipfile
import zlib
from pathlib import PurePosixPath

from groundwatch.errors import DocumentRejected

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
EPUB = "application/epub+zip"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
CSV = "text/csv"
EMAIL = "message/rfc822"
JSON = "application/json"
NOTEBOOK = "application/x-ipynb+json"
XML = "application/xml"

_BY_SUFFIX = {
    ".pdf": PDF, ".docx": DOCX, ".docm": DOCX, ".dotx": DOCX, ".pptx": PPTX, ".pptm": PPTX,
    ".ppsx": PPTX, ".xlsx": XLSX, ".xlsm": XLSX, ".odt": ODT, ".epub": EPUB, ".html": HTML,
    ".htm": HTML, ".xhtml": HTML, ".md": MARKDOWN, ".markdown": MARKDOWN, ".mdx": MARKDOWN,
    ".txt": PLAIN, ".text": PLAIN, ".log": PLAIN, ".rst": PLAIN, ".adoc": PLAIN, ".yaml": PLAIN,
    ".yml": PLAIN, ".toml": PLAIN, ".ini": PLAIN, ".csv": CSV, ".tsv": CSV, ".eml": EMAIL,
    ".json": JSON, ".jsonl": JSON, ".ipynb": NOTEBOOK, ".xml": XML, ".rss": XML, ".atom": XML,
}  # fmt: skip
_ZIPPED = frozenset({DOCX, PPTX, XLSX, ODT, EPUB})
_MAIN_PARTS = {"word/": DOCX, "ppt/": PPTX, "xl/": XLSX}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"
_ZIP = b"PK\x03\x04"
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x0b\x1b\x08")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP_ERRORS = (ValueError, OSError, EOFError, NotImplementedError, RuntimeError)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def suffix_type(name: str) -> str | None:
    """Return the media type that a file's name promises, or None for an unknown suffix."""
    return _BY_SUFFIX.get(PurePosixPath(name.replace("\\", "/")).suffix.lower())


def media_type(name: str, data: bytes) -> str:
    """Return the media type of a file; where name and bytes disagree, the bytes decide.

    Raises:
        DocumentRejected: `empty`, `encrypted`, `corrupt` (the name promises a format that the bytes
            are not) or `unsupported`.
    """
    promised = suffix_type(name)
    if not data.strip(b"\0 \t\r\n"):
        raise _rejected("empty", name, "holds no data")
    if data.startswith(_OLE):
        raise _ole_rejected(name, data)
    if data.startswith(_ZIP):
        return _zip_type(name, data, promised)
    if data.startswith(_PDF) or (promised == PDF and _PDF in data[:1024]):
        return PDF
    if promised == PDF or promised in _ZIPPED:
        raise _rejected("corrupt", name, "does not begin like a file of its type; send it again")
    if data.startswith(b"{\\rtf"):
        raise _rejected("unsupported", name, "is RTF; save it as .docx")
    if _is_binary(data):
        raise _rejected("unsupported", name, "is binary and of no supported format")
    return promised or _text_type(data)


def decode(data: bytes) -> str:
    """Return the text of bytes: by byte order mark, as UTF-8, as Japanese, or as Western European.

    Never fails: bytes that fit nothing become the replacement character.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").removeprefix("\ufeff")
    if (guessed := _utf16_without_mark(data)) is not None:
        return data.decode(guessed, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            return data.decode("utf-8", errors="ignore")
    return _decode_legacy(data)


def _decode_legacy(data: bytes) -> str:
    try:
        japanese = data.decode("cp932")
    except UnicodeDecodeError:
        japanese = ""
    wide = sum("\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" for char in japanese)
    foreign = sum(not char.isascii() for char in japanese)
    if japanese and wide >= 4 and wide * 2 > foreign:
        return japanese
    return data.decode("cp1252", errors="replace")


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:2000]
    if len(sample) < 8 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) * 0.35 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) * 0.35 and not odd else None


def _is_binary(data: bytes) -> bool:
    if any(data.startswith(mark) for mark, _ in _BOMS) or _utf16_without_mark(data):
        return False
    sample = data[:8192]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return b"\0" in data or controls > len(sample) * 0.02


def _text_type(data: bytes) -> str:
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return HTML
    return XML if head.startswith(b"<?xml") else PLAIN


def _zip_type(name: str, data: bytes, promised: str | None) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            stated = _stated_type(archive) if "mimetype" in names else ""
    except (zipfile.BadZipFile, zlib.error, *_ZIP_ERRORS):
        raise _rejected("corrupt", name, "is a damaged archive; send it again") from None
    found = {kind for part, kind in _MAIN_PARTS.items() if any(n.startswith(part) for n in names)}
    if "[Content_Types].xml" in names and found:
        return promised if promised in found else min(found)
    if stated in (ODT, EPUB):
        return stated
    if promised in _ZIPPED:
        raise _rejected("corrupt", name, "is an archive without the parts of its type")
    raise _rejected("unsupported", name, "is an archive of no supported format; unpack it")


def _stated_type(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as file:
        return file.read(100).decode("ascii", errors="replace").strip()


def _ole_rejected(name: str, data: bytes) -> DocumentRejected:
    if _ENCRYPTED in data:
        return _rejected("encrypted", name, "is protected by a password; save it without one")
    if name.lower().endswith(".msg"):
        return _rejected("unsupported", name, "is an Outlook message; save it as .eml")
    return _rejected("unsupported", name, "is of an old binary Office format; save it as .docx, .xlsx or .pptx")  # noqa: E501  # fmt: skip


def _rejected(reason: str, name: str, problem: str) -> DocumentRejected:
    return DocumentRejected("parse", reason, f"{PurePosixPath(name).name} {problem}.")

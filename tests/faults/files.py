"""Files that nobody should be able to hurt the server with."""

import io
import zipfile
from collections.abc import Mapping

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{_LAUGHS}]><x>&l9;</x>'
MEGABYTE = 1_000_000


def zipped(members: Mapping[str, bytes]) -> bytes:
    """An archive with these members, packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def docx(document: bytes) -> bytes:
    """A Word file with that main part."""
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": document})


BAD: Mapping[str, tuple[bytes, str, str]] = {
    "corrupt.docx": (b"PK\x03\x04 and then nothing", "parse", "corrupt"),
    "corrupt.pdf": (b"%PDF-1.7\n%%EOF\n", "parse", "corrupt"),
    "no.pdf": (b"This says that it is a PDF.", "parse", "corrupt"),
    "encrypted.docx": (
        _OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512),
        "parse",
        "encrypted",
    ),
    "empty.md": (b"", "parse", "empty"),
    "blank.txt": (b" \n\t\r\n" * 50, "parse", "empty"),
    "huge.txt": (b"word " * 250_000, "read", "too-large"),
    "bomb.docx": (docx(b"<a>" + bytes(100 * MEGABYTE) + b"</a>"), "parse", "zip-bomb"),
    "laughs.xml": (BILLION_LAUGHS.encode(), "parse", "xml-bomb"),
    "laughs.docx": (docx(BILLION_LAUGHS.encode()), "parse", "xml-bomb"),
    "program.exe": (b"MZ" + bytes(range(256)) * 20, "parse", "unsupported"),
    "nested.json": (b"[" * 200_000, "parse", ""),
}
"""By name: the bytes, and at which stage and for which reason they end; no reason means any."""

ODD_NAMES = (
    b"caf\xe9 menu.md",
    b"line\nbreak.md",
    b"bell\x07.md",
    "gnp.\u202eexe.md".encode(),
    "日本語 🚢.md".encode(),
    b"n" * 240 + b".md",
    b"*?[a].md",
    b"-rf.md",
    b"100%.md",
)

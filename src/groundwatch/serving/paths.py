"""Which paths an uploaded document may have."""

import unicodedata

from groundwatch.errors import InvalidInput

_LONGEST = 1000
_LONGEST_PART = 255


def upload_path(path: str) -> str:
    """Return a path that is relative, normal and printable, or raise InvalidInput.

    Nothing is repaired: a path that reaches out of its folder, or could be read as another one on
    some system, is refused.
    """
    if "\\" in path or path.startswith("/") or _has_drive(path):
        raise InvalidInput(f"Path {path[:100]!r} must be relative and use /, like handbook/a.md.")
    normal = unicodedata.normalize("NFC", path)
    if any(unicodedata.category(character)[0] == "C" for character in normal):
        raise InvalidInput(f"Path {path[:100]!r} has characters that cannot be printed.")
    parts = normal.split("/")
    if any(part.strip() in ("", ".", "..") for part in parts):
        raise InvalidInput(f"Path {path[:100]!r} has an empty, '.' or '..' part.")
    if len(normal) > _LONGEST or any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise InvalidInput(
            f"The path is too long: at most {_LONGEST} characters, {_LONGEST_PART} bytes a part."
        )
    return normal


def _has_drive(path: str) -> bool:
    return len(path) > 1 and path[1] == ":" and path[0].isalpha()

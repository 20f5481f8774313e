"""Path patterns: `*` and `?` inside a folder, `**` across folders."""

import re
import unicodedata
from functools import lru_cache


def glob_matches(path: str, glob: str) -> bool:
    """Whether a POSIX path matches a glob as a whole, case-sensitively.

    `**` as a whole segment stands for any number of folders (at the end: for anything below);
    `*` and `?` do not cross a slash; `[abc]`, `[a-z]` and `[!abc]` match one character. A leading
    dot is nothing special. Both sides are compared in Unicode form C, since some file systems
    hand out decomposed names and a rule must not miss them.
    """
    return _compiled(glob).fullmatch(composed(path)) is not None


def composed(path: str) -> str:
    """A path in Unicode form C."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def is_exact(glob: str) -> bool:
    """Whether a glob is a path: it has no wildcard, and matches that path alone."""
    return not any(character in glob for character in "*?[")


def glob_problem(glob: str) -> str | None:
    """Say what is wrong with a glob that could not match what its writer means, else None."""
    segments = glob.split("/")
    if not glob:
        problem = "is empty; `**` stands for everything"
    elif glob.startswith("/"):
        problem = f"is relative to the source's folder; write `{glob.lstrip('/') or '**'}`"
    elif "\\" in glob:
        problem = f"separates folders with `/`; write `{glob.replace(chr(92), '/')}`"
    elif glob.endswith("/"):
        problem = f"names a folder; write `{glob}**` for everything in it"
    elif any(segment in {"", ".", ".."} for segment in segments):
        problem = "must not contain empty, `.` or `..` segments"
    elif any("**" in segment and segment != "**" for segment in segments):
        problem = "has `**` inside a name; it stands alone between slashes, as in `hr/**`"
    else:
        problem = None
    return problem


@lru_cache(maxsize=4096)
def _compiled(glob: str) -> re.Pattern[str]:
    segments = unicodedata.normalize("NFC", glob).split("/")
    last = len(segments) - 1
    parts: list[str] = []
    for position, segment in enumerate(segments):
        if segment != "**":
            parts.append(_segment(segment) + ("/" if position < last else ""))
        elif position == last:
            parts.append(".+")
        elif segments[position + 1] != "**":
            parts.append("(?:[^/]+/)*")
    return re.compile("".join(parts), re.DOTALL)


def _segment(segment: str) -> str:
    out: list[str] = []
    position = 0
    while position < len(segment):
        character = segment[position]
        position += 1
        if character == "*":
            if out[-1:] != ["[^/]*"]:
                out.append("[^/]*")
        elif character == "?":
            out.append("[^/]")
        elif character == "[" and (end := segment.find("]", position + 1)) > 0:
            out.append(_character_class(segment[position:end]))
            position = end + 1
        else:
            out.append(re.escape(character))
    return "".join(out)


def _character_class(body: str) -> str:
    negated = body.startswith("!") and len(body) > 1
    members = body[1:] if negated else body
    ranges = re.findall(r"(.)-(.)|(.)", members, re.DOTALL)
    inner = "".join(
        f"{re.escape(low)}-{re.escape(high)}" if low and low <= high else re.escape(single)
        for low, high, single in ranges
    )
    if not inner:
        return "(?!)"
    return f"(?!/)[^{inner}]" if negated else f"(?!/)[{inner}]"

"""Markdown: headings, lists, tables and code; inline marks are taken out of the text."""

import html
import re
from collections.abc import Callable

from groundwatch.indexing.media import decode
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.cleaning import characters
from groundwatch.indexing.parse.parsed import Parsed

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<body>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*(?P<title>[^\n]+)$", re.MULTILINE)
_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<text>.*)$")
_CLOSING = re.compile(r"(?:^|(?<=[ \t]))#+$")
_FENCE = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*+]|\d{1,9}[.)])[ \t]+(?P<text>.*)$")
_TASK = re.compile(r"\[(?P<state>[ xX])\][ \t]+")
_RULE = re.compile(r"[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_SETEXT = re.compile(r" {0,3}(?P<mark>=+|-+)[ \t]*$")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_MAX_RULE = 2_000
_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\]]+\]:[ \t]+\S+")
_QUOTE = re.compile(r" {0,3}(?:> ?)+")
_CELL = re.compile(r"(?<!\\)\|")

_INLINE = (
    (re.compile(r"!\[([^\[\]]{0,500})\]\([^)\s]{0,2000}(?:[ \t]+\"[^\"]{0,500}\")?\)"), r"\1"),
    (
        re.compile(r"\[([^\[\]]+)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:[ \t]+\"[^\"]*\")?\)"),
        r"\1",
    ),
    (re.compile(r"\[([^\[\]^][^\[\]]*)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"\[\^[^\[\]\s]{1,40}\]:?"), ""),
    (re.compile(r"<((?:https?://|mailto:)[^>\s]+)>"), r"\1"),
    (re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>"), " "),
    (re.compile(r"(?<!\w)(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,1000}?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"\*{2}(?=\S)(.{1,500}?)(?<=\S)\*{2}"), r"\1"),
    (re.compile(r"~~(?=\S)(.{1,500}?)(?<=\S)~~"), r"\1"),
)
_MARK = re.compile(r"[*_~`\[<&\\]")
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)(?P<code>.{1,500}?)(?<!`)\1(?!`)")
_KEPT = re.compile(r"\0(\d+)\0")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def parse(data: bytes) -> Parsed:
    """Parse Markdown (CommonMark with tables and front matter)."""
    builder = TextBuilder()
    title = add_markdown(builder, decode(data))
    return builder.build(title)


def add_markdown(builder: TextBuilder, text: str) -> str:
    """Add Markdown to a builder; return the title that its front matter states."""
    text = characters(text)
    title = ""
    if front := _FRONT_MATTER.match(text):
        stated = _FRONT_TITLE.search(front["body"])
        title = stated["title"].strip().strip("\"'") if stated else ""
        text = text[front.end() :]
    _Reader(builder, _without_comments(text).split("\n")).read()
    return title


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        kept.append(text[at:begin])
        at = end + 3
    return "".join([*kept, text[at:]])


def inline(text: str) -> str:
    """Return the text without its inline marks: emphasis, links, code, tags, escapes."""
    if not _MARK.search(text):
        return text
    spans: list[str] = []

    def keep(span: re.Match[str]) -> str:
        spans.append(span["code"].strip())
        return f"\0{len(spans) - 1}\0"

    prose = _prose(_CODE_SPAN.sub(keep, text))
    return _KEPT.sub(lambda kept: spans[int(kept[1])], prose)


def _prose(text: str) -> str:
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return html.unescape(_ESCAPE.sub(r"\1", text))


class _Reader:
    """Walks the lines once; a paragraph is collected until a line of another kind ends it."""

    def __init__(self, builder: TextBuilder, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0
        self._open: list[str] = []
        self._item: tuple[str, int] | None = None
        self._builder = builder
        self._kinds: tuple[Callable[[str], bool], ...] = (
            self._blank, self._fence, self._setext, self._heading, self._rule, self._table,
            self._list_item, self._dropped,
        )  # fmt: skip

    def read(self) -> None:
        while self._at < len(self._lines):
            line = _unquoted(self._lines[self._at])
            self._at += 1
            if not any(kind(line) for kind in self._kinds):
                self._open.append(line.strip().removesuffix("\\"))
        self._close()

    def _close(self) -> None:
        text = inline(" ".join(self._open))
        if self._item and text:
            self._builder.item(text, *self._item)
        elif text:
            self._builder.paragraph(text)
        self._open, self._item = [], None

    def _blank(self, line: str) -> bool:
        if line.strip():
            return False
        self._close()
        return True

    def _fence(self, line: str) -> bool:
        opened = _FENCE.match(line)
        if not opened:
            return False
        self._close()
        begin = self._at
        while self._at < len(self._lines):
            closed = _FENCE.match(self._lines[self._at])
            self._at += 1
            if closed and closed["fence"].startswith(opened["fence"]):
                self._builder.lines("\n".join(self._lines[begin : self._at - 1]))
                return True
        self._builder.lines("\n".join(self._lines[begin:]))
        return True

    def _setext(self, line: str) -> bool:
        mark = _SETEXT.match(line)
        if not mark or not self._open or self._item:
            return False
        text, self._open = " ".join(self._open), []
        self._builder.heading(1 if mark["mark"].startswith("=") else 2, inline(text))
        return True

    def _heading(self, line: str) -> bool:
        found = _HEADING.match(line)
        if not found:
            return False
        self._close()
        self._builder.heading(len(found["marks"]), inline(_CLOSING.sub("", found["text"].rstrip())))
        return True

    def _rule(self, line: str) -> bool:
        if not _RULE.match(line):
            return False
        self._close()
        return True

    def _table(self, line: str) -> bool:
        below = _unquoted(self._lines[self._at]) if self._at < len(self._lines) else ""
        if (
            "|" not in line
            or "|" not in below
            or len(below) > _MAX_RULE
            or not _TABLE_RULE.match(below)
        ):
            return False
        self._close()
        rows = [_cells(line)]
        self._at += 1
        while self._at < len(self._lines) and "|" in (row := _unquoted(self._lines[self._at])):
            rows.append(_cells(row))
            self._at += 1
        self._builder.table(rows, header=True)
        return True

    def _list_item(self, line: str) -> bool:
        found = _ITEM.match(line)
        if not found:
            return False
        self._close()
        depth = len(found["indent"].expandtabs(4)) // 2
        mark = found["mark"] if found["mark"][0].isdigit() else "-"
        self._item = (mark, depth)
        self._open.append(_TASK.sub(_task_word, found["text"], count=1))
        return True

    def _dropped(self, line: str) -> bool:
        """Drop the targets of reference links: they are not text."""
        interrupts = not self._open or self._open[0].startswith("[^")
        return interrupts and _DEFINITION.match(line) is not None


def _task_word(match: re.Match[str]) -> str:
    return "" if match["state"] == " " else "(done) "


def _unquoted(line: str) -> str:
    quote = _QUOTE.match(line)
    return line[quote.end() :] if quote else line


def _cells(row: str) -> list[str]:
    return [inline(cell.replace("\\|", "|")) for cell in _CELL.split(row.strip().strip("|"))]

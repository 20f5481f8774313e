"""Where the sentences of a text begin and end."""

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""Character offsets, end exclusive, without surrounding whitespace."""

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BULLET = re.compile(r"\s*[-*+•‣◦▪–—·]\s+")  # noqa: RUF001
_STRUCTURE = re.compile(r"\s*(?:[-*+•‣◦▪–—·]\s|#{1,6}\s|\(?(?:\d{1,3}|[a-zA-Z])[.)]\s|>|```)")  # noqa: RUF001
_CLOSERS = r"[\"'”’»)\]*_`]*(?:\[\d{1,3}\])*"  # noqa: RUF001
_CJK_CLOSERS = r"[”’」』）]*"  # noqa: RUF001
_END = re.compile(
    rf"(?P<cjk>[。！？｡]+{_CJK_CLOSERS})|(?<![.!?…؟۔।])(?P<stop>[.!?…؟۔।]++){_CLOSERS}(?=\s)"  # noqa: RUF001
)
_TERMINAL = re.compile(rf"[.!?…؟۔।:;。！？｡]{_CLOSERS}{_CJK_CLOSERS}\Z")  # noqa: RUF001
_SPACE = re.compile(r"\s*")
_NEXT = re.compile(r"\s*(?P<open>[\"'“‘„«(\[¿¡*_`]*)(?P<word>[^\W_]+|\S)", re.UNICODE)  # noqa: RUF001
_TOKEN = re.compile(r"[^\s\"'“‘„«(\[]*\Z")  # noqa: RUF001
_ENUMERATOR = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5})\Z")
_WRAP_WIDTH = 45


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BEFORE_A_NAME = _words(
    """dr mr mrs ms mx prof rev hon gen col capt lt sgt cmdr gov sen rep pres messrs st mt ft
    e.g i.e eg ie cf vs viz ca approx resp incl excl esp fig figs tab eq eqs sec sect art para
    ch chap vol pp ext tel ref refs ed eds al z.b bzw d.h ggf inkl usw"""
)
_BEFORE_A_NUMBER = _words(
    """no nos nr p pg jan feb mar apr jun jul aug sep sept oct nov dec max min ver rev"""
)
_MAY_END = _words(
    """inc ltd corp co llc plc bros gmbh etc a.m p.m am pm u.s u.k u.n e.u ph.d m.d b.a m.a b.sc
    m.sc jr sr esq dept est govt assn ave blvd rd mon tue tues wed thu thur thurs fri sat sun
    jan feb mar apr jun jul aug sep sept oct nov dec"""
)
_STARTERS = _words(
    """the a an this that these those there it its he she they we you i his her their our your my
    in on at by for from to with without within after before during since until when where while
    if unless although however therefore otherwise then thus also both each every all any no not
    as and but or so please see use do what which who why how only most some such once"""
)


def sentences(text: str) -> tuple[Span, ...]:
    """Return the spans of the sentences of a text, in order and without overlap.

    A heading, a list item, a table row (`A | B`) and a code line are units of their own; the marker
    of a list item is left out of its span. Lines that were only wrapped belong together. Everything
    else that is not whitespace is inside exactly one span.
    """
    return tuple(
        span
        for start, end in _blocks(text)
        for span in ([(start, end)] if _is_row(text[start:end]) else _split(text, start, end))
    )


def _blocks(text: str) -> Iterator[Span]:
    """Yield runs of lines that belong together, without bullet markers and outer whitespace."""
    begin = end = -1
    last = ""
    for match in _LINE.finditer(text):
        line = match.group().rstrip()
        if not line:
            continue
        joined = begin >= 0 and _is_next_line(text, end, match.start()) and _continues(last, line)
        if not joined:
            if begin >= 0:
                yield begin, end
            begin = match.start() + _marker(line)
        end = match.start() + len(line)
        last = line
    if begin >= 0:
        yield begin, end


def _is_next_line(text: str, end: int, start: int) -> bool:
    return text.count("\n", end, start) <= 1


def _marker(line: str) -> int:
    """Return the length of indentation and bullet; a bullet alone is text."""
    bullet = _BULLET.match(line)
    return bullet.end() if bullet and bullet.end() < len(line) else len(line) - len(line.lstrip())


def _continues(last: str, line: str) -> bool:
    """Tell whether a line is the wrapped rest of the line before it."""
    if _is_row(last) or _is_row(line) or _STRUCTURE.match(line) or last.startswith("#"):
        return False
    if line.lstrip()[0].islower():
        return not _TERMINAL.search(last[-40:]) or len(last) >= _WRAP_WIDTH
    return len(last) >= _WRAP_WIDTH and not last.endswith(":")


def _is_row(line: str) -> bool:
    return " | " in line or line.lstrip().startswith("|")


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for match in _END.finditer(text, start, end):
        if match.start() < begin or match.end() == end:
            continue
        if match["cjk"] or _ends(text, begin, match):
            yield begin, match.end()
            gap = _SPACE.match(text, match.end())
            begin = gap.end() if gap else match.end()
    yield begin, end


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    """Decide whether this full stop, question or exclamation mark ends a sentence."""
    following = _NEXT.match(text, match.end())
    word = following["word"] if following else ""
    if word[:1].islower() and following and "(" not in following["open"]:
        return False
    if match["stop"] != ".":
        return True
    token = _TOKEN.search(text[max(begin, match.start() - 40) : match.start()])
    before = token.group() if token else ""
    if _ENUMERATOR.match(before) and match.start() - len(before) - begin <= 1:
        return False
    return _full_stop_ends(before, word)


def _full_stop_ends(before: str, word: str) -> bool:
    short = before.lower().strip(".")
    if short in _BEFORE_A_NAME:
        return False
    if word[:1].isdigit():
        return short not in _BEFORE_A_NUMBER and not (len(short) == 1 and short.isalpha())
    initial = len(before) == 1 and before.isupper()
    initials = "." in before and all(len(part) == 1 for part in short.split("."))
    if initial or initials or short in _MAY_END:
        return word.lower() in _STARTERS
    return True

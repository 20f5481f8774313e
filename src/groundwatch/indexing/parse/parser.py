"""The one entry to parsing: small plain text here, everything else in child processes."""

import queue
from contextlib import suppress
from dataclasses import replace

from groundwatch.errors import Unavailable
from groundwatch.indexing import media
from groundwatch.indexing.parse import formats
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.parse.process import ParserLimits, ParserProcess

_IN_PROCESS = frozenset({media.MARKDOWN, media.PLAIN, media.CSV})
_IN_PROCESS_BYTES = 512 * 1024
_SPARE_IDLE_SECONDS = 5.0
"""One child stays warm for the next file; the others, some 50 MB each, are for bursts."""


class Parser:
    """Parses files for several threads with a small pool of warm child processes.

    Markdown, plain text and CSV up to half a megabyte are parsed in the caller's thread, in pure
    Python whose time grows with the size alone: a saved note is searchable without a detour.

    Args:
        limits: what one file may take.
        children: how many files are parsed at the same time; each child starts when first needed.
    """

    def __init__(self, limits: ParserLimits | None = None, children: int = 1) -> None:
        self._idle: queue.LifoQueue[ParserProcess] = queue.LifoQueue()
        self._closed = False
        limits = limits or ParserLimits()
        spare = replace(limits, idle_seconds=min(limits.idle_seconds, _SPARE_IDLE_SECONDS))
        for _ in range(1, children):
            self._idle.put(ParserProcess(spare))
        self._idle.put(ParserProcess(limits))

    def parse_file(self, name: str, data: bytes) -> Parsed:
        """Return a file as text with its structure; waits while every child is busy.

        Args:
            name: the file's name or path: its suffix tells the format, its stem may give the title.
            data: the file's bytes.

        Raises:
            DocumentRejected: stage `parse` and a reason; the file is to be quarantined.
            Unavailable: the parser was closed or its process was ended from outside; try again.
        """
        if len(data) <= _IN_PROCESS_BYTES and media.media_type(name, data) in _IN_PROCESS:
            return formats.parse(name, data)
        process = self._idle.get()
        try:
            if self._closed:
                raise Unavailable("The parser is closed.")
            return process.parse(name, data)
        finally:
            if self._closed:
                process.close()
            self._idle.put(process)

    def close(self) -> None:
        """End the child processes; a file that is being parsed is finished first."""
        self._closed = True
        idle: list[ParserProcess] = []
        with suppress(queue.Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for process in idle:
            process.close()
            self._idle.put(process)

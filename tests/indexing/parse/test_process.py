"""The parser process: warm, capped, replaced when it breaks, gone with its parent."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import psutil  # type: ignore[import-untyped]
import pytest
from tests.indexing.parse.pdf_writer import paragraph, pdf
from tests.waiting import until

from groundwatch.errors import DocumentRejected, Unavailable
from groundwatch.indexing.parse.parser import Parser
from groundwatch.indexing.parse.process import ParserLimits, ParserProcess

HTML = b"<html><body><h1>Berths</h1><p>Berth 7 is deep.</p></body></html>"
PAGES = pdf([paragraph(["Berth 7 is deep."], 700)])
SLOW = b"<table>" + b"<tr><td>a</td><td>b</td></tr>" * 400_000 + b"</table>"


@pytest.fixture
def process() -> Iterator[ParserProcess]:
    process = ParserProcess(ParserLimits(seconds=60))
    yield process
    process.close()


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def wait_until_busy(pid: int) -> None:
    """Wait until a child holds more memory than an idle one ever does."""
    until(lambda: bool(psutil.Process(pid).memory_info().rss > 60 << 20))


def test_one_child_parses_many_files_and_survives_bad_ones(process):
    first = process.parse("a.html", HTML)
    pid = process.pid
    assert first.title == "Berths"
    assert first.sections[0].start == 0
    with pytest.raises(DocumentRejected) as caught:
        process.parse("b.pdf", b"%PDF-1.4 and nothing else")
    assert caught.value.reason == "corrupt"
    assert process.parse("c.pdf", PAGES).pages == (0,)
    assert pid == process.pid


def test_a_file_that_takes_too_long_is_rejected_and_the_next_is_parsed():
    process = ParserProcess(ParserLimits(seconds=0.3))
    try:
        with pytest.raises(DocumentRejected) as caught:
            process.parse("folder/slow.html", SLOW)
        assert caught.value.reason == "timeout"
        assert "slow.html" in str(caught.value)
        assert process.pid is None
    finally:
        process.close()


def test_a_file_that_takes_too_much_memory_is_rejected():
    process = ParserProcess(ParserLimits(megabytes=64))
    try:
        with pytest.raises(DocumentRejected) as caught:
            process.parse("big.html", SLOW)
        assert caught.value.reason == "out-of-memory"
        assert process.parse("a.html", HTML).title == "Berths"
    finally:
        process.close()


def test_a_child_that_was_killed_while_idle_is_replaced_unnoticed(process):
    process.parse("a.html", HTML)
    pid = process.pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: is_gone(pid))
    assert process.parse("a.html", HTML).title == "Berths"
    assert process.pid not in (None, pid)


def killed_while_parsing(process: ParserProcess, number: int, times: int) -> Exception | None:
    """Send a signal to each of the first children that parse a slow file."""
    outcome: list[Exception | None] = []

    def parse() -> None:
        try:
            process.parse("slow.html", SLOW)
            outcome.append(None)
        except (DocumentRejected, Unavailable) as error:
            outcome.append(error)

    thread = threading.Thread(target=parse)
    thread.start()
    hit: set[int] = set()
    while len(hit) < times:
        until(lambda: process.pid is not None and process.pid not in hit)
        pid = process.pid
        assert pid is not None
        wait_until_busy(pid)
        os.kill(pid, number)
        hit.add(pid)
        until(lambda: process.pid not in hit)
    thread.join(60)
    return outcome[0]


def test_a_crash_rejects_the_file_as_corrupt_and_says_so(process):
    error = killed_while_parsing(process, signal.SIGSEGV, 1)
    assert isinstance(error, DocumentRejected)
    assert error.reason == "corrupt"
    assert "crash" in str(error)


def test_an_end_from_outside_is_tried_once_more_and_then_not_held_against_the_file(process):
    assert isinstance(killed_while_parsing(process, signal.SIGTERM, 2), Unavailable)


def test_a_child_ends_when_nothing_comes_and_is_started_again():
    process = ParserProcess(ParserLimits(idle_seconds=0.1))
    try:
        process.parse("a.html", HTML)
        pid = process.pid
        assert pid is not None
        until(lambda: is_gone(pid))
        assert process.parse("a.html", HTML).title == "Berths"
    finally:
        process.close()


def test_a_child_that_grew_is_replaced():
    process = ParserProcess(ParserLimits(kept_megabytes=1))
    try:
        process.parse("a.html", HTML)
        assert process.pid is None
    finally:
        process.close()


def test_a_child_ends_with_its_parent_even_while_it_parses():
    script = (
        "import sys, threading, time\n"
        "from groundwatch.indexing.parse.process import ParserLimits, ParserProcess\n"
        "process = ParserProcess(ParserLimits())\n"
        "process.parse('a.html', b'<p>warm</p>')\n"
        "print(process.pid, flush=True)\n"
        "page = b'<p>x</p>' * 3_000_000\n"
        "process.parse('a.html', page)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        wait_until_busy(child)
        parent.kill()
    until(lambda: is_gone(child))


def test_the_child_sees_no_environment(process):
    process.parse("a.html", HTML)
    assert set(psutil.Process(process.pid).environ()) <= {"LC_CTYPE"}


def test_small_plain_text_is_parsed_without_a_child_and_the_rest_in_parallel_children():
    before = set(psutil.Process().children())  # of other tests of this process
    parser = Parser(children=2)
    try:
        assert parser.parse_file("a.md", b"# Berths\n\nText.").title == "Berths"
        assert not set(psutil.Process().children()) - before
        parsed: list[str] = []
        threads = [
            threading.Thread(target=lambda: parsed.append(parser.parse_file("a.html", HTML).title))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert parsed == ["Berths"] * 6
        assert 1 <= len(set(psutil.Process().children()) - before) <= 2
    finally:
        parser.close()
    assert not set(psutil.Process().children()) - before
    with pytest.raises(Unavailable):
        parser.parse_file("a.html", HTML)

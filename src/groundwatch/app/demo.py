"""The sample company: indexed, asked twice, then served."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from groundwatch.app.answering import Answering
from groundwatch.app.ground import Ground
from groundwatch.app.questions.shown import Shown
from groundwatch.app.serving import Running, serve
from groundwatch.app.syncing import sync
from groundwatch.config import Config
from groundwatch.domain.answers import Answer, AnswerDone
from groundwatch.domain.clock import system_clock
from groundwatch.domain.questions import AskOptions


@dataclass(frozen=True, slots=True)
class Expected:
    """A question of the demo and words that its right answer holds."""

    user: str
    question: str
    words: str


QUESTIONS = (
    Expected("elin", "What is the daily meal allowance when I travel in 2025?", "EUR 48"),
    Expected(
        "chioma", "How long does the primary have to be silent before I fail over?", "90 seconds"
    ),
)
SIGNED_IN_AS = "greta"


class _Stop(Exception):
    """The answers were wanted, the server is not."""


def run_demo(
    config: Config,
    config_path: Path,
    *,
    indexing: Callable[[], Shown],
    answered: Callable[[Expected, Answer], None],
    ready: Callable[[str, str], None],
    stop_after_answers: bool,
) -> bool:
    """Run the demo; returns whether both answers are right.

    Args:
        config: of the sample company.
        config_path: its file.
        indexing: makes a progress display.
        answered: shows a question and its answer.
        ready: told the address and a one-time link when pages are served.
        stop_after_answers: do not serve.
    """
    right: list[bool] = []

    def before(_: Ground, answering: Answering) -> None:
        with indexing() as progress:
            sync(config, [], progress.show)
        for each in QUESTIONS:
            answer = _ask(answering, each)
            answered(each, answer)
            right.append(each.words in answer.text)
        if stop_after_answers or not all(right):
            raise _Stop

    def show_link(running: Running) -> None:
        ready(running.url, running.link(SIGNED_IN_AS))

    with contextlib.suppress(_Stop):
        serve(config, config_path, system_clock, before=before, ready=show_link)
    return all(right)


def _ask(answering: Answering, expected: Expected) -> Answer:
    identity = answering.directory.identity(expected.user, "owner")
    options = AskOptions(uuid4().hex, endpoint="demo")
    *_, last = answering.asking.ask(expected.question, identity, options)
    assert isinstance(last, AnswerDone)
    return last.answer

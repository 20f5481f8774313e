"""Closeness comes in one call for several interactions, and scoring does without it."""

from dataclasses import replace

import numpy as np
from tests.scoring.given import interaction

from groundwatch.errors import Unavailable
from groundwatch.scoring.nearness import REST_SECONDS, Nearness
from groundwatch.scoring.relevance import EMBEDDED, LEXICAL, Relevance, compared


class Engine:
    """Gives each text its own direction; may be away."""

    def __init__(self):
        self.calls: list[list[str]] = []
        self.away = False

    def __call__(self, texts):
        self.calls.append(list(texts))
        if self.away:
            raise Unavailable("engine.sock: nobody answers")
        return np.eye(len(texts), dtype=np.float32)


def asked(*queries):
    one = interaction("Berths cost twenty-five euros. " * 40)
    return [replace(one, query=query) for query in queries]


def test_texts_of_several_interactions_go_in_one_call_each_once():
    engine = Engine()
    near = Nearness(engine, lambda: 0.0)
    near.prepare([*asked("What is mooring?", "What is it?"), replace(asked("x")[0], response="")])
    ((question, beginning, other),) = engine.calls
    assert (question, other) == ("What is mooring?", "What is it?")
    assert len(beginning) == 320
    assert near(question, beginning) == 0.0
    assert near(question, question) == 1.0
    assert near("never prepared", beginning) is None


def test_while_the_engine_is_away_words_decide_and_nobody_asks_again_at_once():
    engine, now = Engine(), [100.0]
    near = Nearness(engine, lambda: now[0])
    (one,) = asked("What is the price of mooring?")
    scorer = Relevance(near)
    engine.away = True
    near.prepare([one])
    assert scorer.score(one).scorer == LEXICAL
    engine.away = False
    near.prepare([one])
    assert len(engine.calls) == 1
    now[0] += REST_SECONDS
    near.prepare([one])
    found = scorer.score(one)
    assert found.scorer == EMBEDDED
    assert found.facts["closeness"] == 0.0


def test_what_was_prepared_before_is_forgotten():
    near = Nearness(Engine(), lambda: 0.0)
    (one,) = asked("What is mooring?")
    near.prepare([one])
    texts = compared(one)
    assert texts is not None
    near.prepare([])
    assert near(*texts) is None

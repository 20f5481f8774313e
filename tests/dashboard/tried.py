"""Experiments for their page: one runs, one has a winner, one did harm, one is to come."""

import json
from datetime import timedelta

import numpy as np
from tests.serving.company import NOW

from groundwatch.analytics.experiments import Samples, State, judge
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_effects import Sample
from groundwatch.analytics.experiments_record import consequences
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal
from groundwatch.analytics.experiments_state import restored, stored
from groundwatch.store.database import Database

LOOKS = 30
AGE = timedelta(days=4)


def _settings(**parts: object) -> ExperimentSettings:
    usual = {"usual": {"share": 0.5}}
    new = {
        "share": 0.5,
        "description": "four passages <b>instead</b> of eight",
        "retrieval": {"passages": 4},
    }
    return ExperimentSettings.model_validate(
        {
            "variants": {**usual, "new": new},
            "control": "usual",
            "fewest": 30,
            "planned": 1_200,
            **parts,
        }
    )


CONFIGURED = {
    "fewer-passages": _settings(hypothesis="Fewer passages distract less: quality rises by 2 %."),
    "shorter-answers": _settings(goal="satisfaction", guardrails={"errors": 0.0, "latency": 0.1}),
    "other-model": _settings(goal="quality", guardrails={"errors": 0.0, "cost": 0.2}),
    "weekend": _settings(starts=NOW + timedelta(days=3), hypothesis="Only on weekends."),
}
_EFFECTS = {"fewer-passages": 0.012, "shorter-answers": 0.1, "other-model": 0.01}
_ERRORS = {"other-model": 0.25}


class Clock:
    def __init__(self) -> None:
        self.now = NOW - AGE


def experiments(database: Database) -> ExperimentBook:
    """Experiments that were looked at again and again for some days."""
    clock = Clock()
    book = ExperimentBook(database, lambda: clock.now)
    book.keep_in_line(CONFIGURED)
    for name in _EFFECTS:
        for number in range(1, LOOKS + 1):
            clock.now = NOW - AGE + AGE * number / LOOKS
            run = book.get(name)
            if run.ended_at is not None:
                break
            samples = _samples(run.settings, name, number * 8)
            kept = book.kept(run)
            decision = judge(
                name, run.settings, samples, {"usual": number * 8, "new": number * 8 + number % 5},
                at=clock.now, before=restored(json.loads(kept)) if kept else State(),
            )  # fmt: skip
            look = decision.look(number // 9)
            said = consequences(run, look, decision.state.dropped)
            book.looked(run, look, json.dumps(stored(decision.state)), said)
    return ExperimentBook(database, lambda: NOW)


def _samples(settings: ExperimentSettings, name: str, units: int) -> Samples:
    """The first so many units of an endless row, the same at each look."""
    rng = np.random.default_rng(7)
    most = LOOKS * 8

    def sample(goal: Goal, *, is_new: bool) -> Sample:
        counts, unknown = np.full(units, 3.0), np.full(units, np.nan)
        if goal is Goal.ERRORS:
            share = 0.02 + (_ERRORS.get(name, 0.0) if is_new else 0.0)
            failed = rng.binomial(3, share, most).astype(np.float64)
            return Sample(counts, failed[:units], unknown)
        mean = {Goal.QUALITY: 0.82, Goal.SATISFACTION: 0.6, Goal.LATENCY: 1.4, Goal.COST: 0.003}
        middle = mean[goal] * (1 + (_EFFECTS[name] if is_new and goal is settings.goal else 0.0))
        values = rng.normal(middle, mean[goal] * 0.15, most)
        return Sample(counts, counts * values[:units], unknown)

    goals = (settings.goal, *settings.guardrails)
    return {
        variant: {goal: sample(goal, is_new=variant == "new") for goal in goals}
        for variant in settings.variants
    }

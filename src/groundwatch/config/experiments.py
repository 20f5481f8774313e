"""Experiments whose variants cannot be answered by."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import BaseModel, ValidationError

from groundwatch.analytics.experiments_settings import (
    INSTALLATION,
    ExperimentSettings,
    Overrides,
)
from groundwatch.config.draft import Draft
from groundwatch.config.model import Config
from groundwatch.config.problems import Location, Problem
from groundwatch.config.validation import problems_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NOT_CHANGED = {"llm": ("api_key", "prices")}
"""Settings that a variant takes as they are."""


def changed(config: Config, changes: Mapping[str, Overrides]) -> Config:
    """A configuration with some settings of some parts changed; another installation is none.

    Raises:
        ValidationError: a part does not take them.
    """
    return config.model_copy(
        update={
            name: _changed(getattr(config, name), given)
            for name, given in changes.items()
            if name != INSTALLATION
        }
    )


def _changed(part: BaseModel, given: Overrides) -> BaseModel:
    values = json.dumps({**part.model_dump(mode="json"), **given})
    return type(part).model_validate_json(values, strict=True)


def unusable_names(draft: Draft) -> Iterator[Problem]:
    """Names that fit in no address, or that nobody can tell apart from others."""
    for name, experiment in draft.config.experiments.items():
        for at, said in (
            (("experiments", name), name),
            *((("experiments", name, "variants", each), each) for each in experiment.variants),
        ):
            if not _NAME.fullmatch(said):
                message = "is no name; use letters, digits, `.`, `_` and `-`, at most 64"
                yield Problem(at, message)


def unusable_variants(draft: Draft) -> Iterator[Problem]:
    """Variants that change what is no setting, what they may not, or to what makes no sense."""
    for name, experiment in draft.config.experiments.items():
        for variant, settings in experiment.variants.items():
            at: Location = ("experiments", name, "variants", variant)
            for problem in _of_variant(draft.config, settings.changes):
                yield replace(problem, at=(*at, *problem.at))
            if settings.installation and not settings.installation.is_file():
                message = f"is {settings.installation}, which is no file; name the configuration "
                yield Problem((*at, INSTALLATION), f"{message}of another installation")


def _of_variant(config: Config, changes: Mapping[str, Overrides]) -> Iterator[Problem]:
    for part, given in changes.items():
        if part == INSTALLATION:
            continue
        taken = [name for name in _NOT_CHANGED.get(part, ()) if name in given]
        yield from (Problem((part, name), "cannot be changed by a variant") for name in taken)
        if part == "llm" and config.llm is None:
            yield Problem((part,), "is changed, but there is no `llm:` part to change; add one")
            return
        try:
            _changed(getattr(config, part), given)
        except ValidationError as error:
            yield from problems_of(error, (part,))
            return
    made = changed(config, changes)
    if made.retrieval.passages > made.retrieval.candidates:
        message = f"is {made.retrieval.passages}; must be at most candidates "
        yield Problem(("retrieval", "passages"), f"{message}({made.retrieval.candidates})")
    if made.answers.answerer == "llm" and made.llm is None:
        yield Problem(("answers", "answerer"), 'is "llm", but there is no `llm:` part; add one')
    if made.answers.answerer != "llm" and "llm" in changes:
        message = (
            f"is changed, but answers are {made.answers.answerer}; set answers.answerer to llm"
        )
        yield Problem(("llm",), message)


def meeting_experiments(draft: Draft) -> Iterator[Problem]:
    """Two experiments that change the same setting: neither would show what it does."""
    taken: dict[tuple[str, str], str] = {}
    for name, experiment in draft.config.experiments.items():
        if not experiment.is_running:
            continue
        for part, setting in sorted(_changes(experiment)):
            other = taken.setdefault((part, setting), name)
            if other != name:
                message = f"changes {part}.{setting}, as the experiment {other} does; run one of "
                yield Problem(("experiments", name), f"{message}them at a time")


def _changes(experiment: ExperimentSettings) -> set[tuple[str, str]]:
    return {
        (part, setting)
        for variant in experiment.variants.values()
        for part, given in variant.changes.items()
        for setting in given
    }

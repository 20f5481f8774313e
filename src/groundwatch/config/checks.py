"""Contradictions between parts that are each valid by themselves."""

from collections.abc import Iterator

from groundwatch.config import endpoints, experiments, folders, people, reporting
from groundwatch.config.draft import Check, Draft
from groundwatch.config.problems import Problem
from groundwatch.models.settings import MiniLMSettings

_MINILM_TOKENS = 256
"""What all-MiniLM-L6-v2 was trained to read; it ignores the rest of a longer chunk."""


def missing_llm(draft: Draft) -> Iterator[Problem]:
    """An answerer or a judge that needs a language model without one."""
    if draft.config.answers.answerer == "llm" and draft.raw.get("llm") is None:
        message = 'is "llm", but there is no `llm:` part; add one, or use `extractive`'
        yield Problem(("answers", "answerer"), message)
    if draft.config.judge.enabled and draft.raw.get("llm") is None:
        yield Problem(("judge", "enabled"), "is on, but there is no `llm:` part to ask; add one")


def unreachable_passages(draft: Draft) -> Iterator[Problem]:
    """More passages than there are candidates to choose from."""
    retrieval = draft.config.retrieval
    if retrieval.passages > retrieval.candidates:
        message = f"is {retrieval.passages}; must be at most candidates ({retrieval.candidates})"
        yield Problem(("retrieval", "passages"), message)


def oversized_chunks(draft: Draft) -> Iterator[Problem]:
    """Chunks of which the embedder would read only the beginning."""
    tokens = draft.config.indexing.chunk_tokens
    if isinstance(draft.config.embedder, MiniLMSettings) and tokens > _MINILM_TOKENS:
        message = f"is {tokens}; embedder minilm reads {_MINILM_TOKENS} tokens at most"
        yield Problem(("indexing", "chunk_tokens"), message)


CHECKS: tuple[Check, ...] = (
    people.unusable_names,
    people.unknown_groups,
    people.circular_groups,
    people.wrong_rules,
    people.empty_allows,
    folders.repeated_names,
    folders.unreadable_sources,
    folders.unwritable_data,
    folders.overlaps,
    folders.exposed_secrets,
    folders.unusable_model,
    endpoints.wrong_urls,
    endpoints.wrong_database,
    endpoints.taken_ports,
    missing_llm,
    unreachable_passages,
    oversized_chunks,
    experiments.unusable_names,
    experiments.unusable_variants,
    experiments.meeting_experiments,
    reporting.unusable_channel,
    reporting.unusable_templates,
    reporting.missing_fonts,
)


def contradictions(draft: Draft) -> list[Problem]:
    """Run every check."""
    return [problem for check in CHECKS for problem in check(draft)]

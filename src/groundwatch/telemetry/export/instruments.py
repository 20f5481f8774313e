"""Which of our metrics is which of OpenTelemetry's for generative AI, in its old and new names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from groundwatch.domain import metrics
from groundwatch.domain.answers import Outcome
from groundwatch.domain.metrics import Metric

PROVIDER = "groundwatch"
OPT_IN = "OTEL_SEMCONV_STABILITY_OPT_IN"
SECONDS = tuple(round(0.01 * 2**power, 2) for power in range(14))
"""0.01 to 81.92."""
TOKENS = tuple(float(4**power) for power in range(14))
"""1 to 67108864."""
WORKFLOW = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0)
_OPERATIONS = {"embed": "embeddings", "search": "retrieval", "generate": "chat"}
_ERRORS = {Outcome.TIMED_OUT.value: "timeout", Outcome.FAILED.value: "_OTHER"}
_CHAT = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": PROVIDER}


class Names(StrEnum):
    """Which names are sent: those of v1.41, or those that the conventions have since."""

    STABLE = "v1.41"
    LATEST = "latest"


def names_of(opted_in: str) -> Names:
    """What `OTEL_SEMCONV_STABILITY_OPT_IN` asks for, a list with commas."""
    wanted = {each.strip() for each in opted_in.split(",")}
    return Names.LATEST if "gen_ai_latest_experimental" in wanted else Names.STABLE


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument, filled from one metric.

    Attributes:
        label: the attribute that the value of `dimension` goes to; empty for none.
        values: values of the dimension that are shown, each with what it is called; None for all.
        fixed: further attributes.
    """

    name: str
    unit: str
    metric: Metric
    shape: Literal["histogram", "sum"]
    boundaries: tuple[float, ...]
    dimension: str
    label: str
    values: Mapping[str, str] | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)

    def attributes(self, value: str) -> Mapping[str, str] | None:
        """Attributes of the series of a value of the dimension; None when it is not shown."""
        if self.values is None:
            return {**self.fixed, self.label: value}
        if value not in self.values:
            return None
        return {**self.fixed, self.label: self.values[value]}


def instruments(names: Names, workflow: str) -> tuple[Instrument, ...]:
    """Everything that is sent.

    Args:
        names: which conventions.
        workflow: what answers are called as a whole, the application.
    """
    if names is Names.LATEST:
        return (*_latest(), _workflow("gen_ai.invoke_workflow.duration", workflow))
    return (*_stable(), _workflow("gen_ai.workflow.duration", workflow))


def _stable() -> tuple[Instrument, ...]:
    return (
        _duration("gen_ai.client.operation.duration", *_OPERATIONS),
        _tokens("gen_ai.client.token.usage", metrics.INPUT_TOKENS, "input"),
        _tokens("gen_ai.client.token.usage", metrics.OUTPUT_TOKENS, "output"),
        _first_chunk("gen_ai.client.operation.time_to_first_chunk"),
    )


def _latest() -> tuple[Instrument, ...]:
    inference = "gen_ai.client.inference"
    return (
        _duration(f"{inference}.duration", "generate"),
        _duration("gen_ai.client.operation.duration", "embed", "search"),
        _tokens(f"{inference}.operation.input_tokens", metrics.INPUT_TOKENS),
        _tokens(f"{inference}.operation.output_tokens", metrics.OUTPUT_TOKENS),
        _spent(f"{inference}.usage.input_tokens", metrics.INPUT_TOKENS),
        _spent(f"{inference}.usage.output_tokens", metrics.OUTPUT_TOKENS),
        _first_chunk(f"{inference}.time_to_first_chunk"),
    )


def _duration(name: str, *stages: str) -> Instrument:
    return Instrument(
        name,
        "s",
        metrics.STAGE,
        "histogram",
        SECONDS,
        "stage",
        "gen_ai.operation.name",
        {stage: _OPERATIONS[stage] for stage in stages},
        {"gen_ai.provider.name": PROVIDER},
    )


def _tokens(name: str, metric: Metric, kind: str = "") -> Instrument:
    fixed = {**_CHAT, "gen_ai.token.type": kind} if kind else _CHAT
    return _by_model(name, "{token}", metric, "histogram", TOKENS, fixed)


def _spent(name: str, metric: Metric) -> Instrument:
    return _by_model(name, "{token}", metric, "sum", (), _CHAT)


def _first_chunk(name: str) -> Instrument:
    return _by_model(name, "s", metrics.FIRST_TOKEN, "histogram", SECONDS, _CHAT)


def _by_model(  # noqa: PLR0917  as an instrument
    name: str,
    unit: str,
    metric: Metric,
    shape: Literal["histogram", "sum"],
    boundaries: tuple[float, ...],
    fixed: Mapping[str, str],
) -> Instrument:
    return Instrument(
        name, unit, metric, shape, boundaries, "model", "gen_ai.request.model", None, fixed
    )


def _workflow(name: str, workflow: str) -> Instrument:
    shown = {each.value: _ERRORS.get(each.value, "") for each in Outcome}
    return Instrument(
        name,
        "s",
        metrics.LATENCY,
        "histogram",
        WORKFLOW,
        "outcome",
        "error.type",
        shown,
        {"gen_ai.workflow.name": workflow},
    )

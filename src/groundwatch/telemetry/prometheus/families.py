"""Which metric of ours becomes which family of Prometheus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from groundwatch.domain import metrics
from groundwatch.domain.scores import Dimension
from groundwatch.telemetry.prometheus.requests import OTHER, SECONDS

QUALITY = tuple(round(0.05 * step, 2) for step in range(1, 21))
"""0.05 to 1.0."""
COMMIT_SECONDS = tuple(round(0.0005 * 2**power, 4) for power in range(14))
"""0.0005 to 4.096."""
COMMIT_EVENTS = tuple(float(2**power) for power in range(11))
ERRORS = "rag_errors_total"
_QUERY_TYPES = {
    "/v1/answers": "answers",
    "/v1/chat/completions": "chat",
    "mcp:ask": "mcp",
    "page": "page",
    "cli:ask": "cli",
}


def query_type(endpoint: str) -> str:
    """How a question came."""
    return _QUERY_TYPES.get(endpoint, OTHER)


def same(label: str) -> str:
    return label


@dataclass(frozen=True, slots=True)
class Family:
    """A family, read from one metric.

    Attributes:
        kind: a counter shows the sum of values, a histogram their spread.
        applications: `own` answers only, `each` application by itself in the label `app`, or `all`
            of them summed up.
        dimension: what the metric is split by; its value goes to `label` as `naming` says.
        fixed: further labels that are always the same.
        only: the one value of the dimension that is meant; None for all.
    """

    name: str
    help: str
    metric: metrics.Metric
    kind: Literal["counter", "histogram"]
    applications: Literal["own", "each", "all"]
    dimension: str = ""
    label: str = ""
    naming: Callable[[str], str] = same
    buckets: tuple[float, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    only: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order in which `values` gives them."""
        first = ("app",) if self.applications == "each" else ()
        split = (self.label,) if self.label else ()
        return (*first, *split, *self.fixed)

    def values(self, application: str, label: str) -> tuple[str, ...]:
        first = (application,) if self.applications == "each" else ()
        split = (self.naming(label),) if self.label else ()
        return (*first, *split, *self.fixed.values())


def families(retrieval_method: str) -> tuple[Family, ...]:
    """Everything that is read from cells.

    Args:
        retrieval_method: how this server searches: `hybrid` or `lexical`.
    """
    return (*_own(retrieval_method), *_each(), *_intake(), *_upkeep())


def _own(retrieval_method: str) -> tuple[Family, ...]:
    """Of this server's own answers."""
    return (
        Family(
            "rag_response_quality", "Overall quality of our answers, 0 to 1.",
            metrics.OVERALL, "histogram", "own", "endpoint", "query_type", query_type, QUALITY,
        ),
        Family(
            "rag_retrieval_accuracy", "How much of what was found the answer rests on, 0 to 1.",
            metrics.QUALITY[Dimension.RETRIEVAL], "histogram", "own", buckets=QUALITY,
            fixed={"retrieval_method": retrieval_method},
        ),
        Family(
            ERRORS, "Errors, by kind.",
            metrics.ERRORS, "counter", "own", "error_type", "error_type",
            fixed={"service": "answers"},
        ),
    )  # fmt: skip


def _each() -> tuple[Family, ...]:
    """Of every application, ours too."""
    return (
        Family(
            "groundwatch_requests_total", "Questions, by how they ended.",
            metrics.REQUESTS, "counter", "each", "outcome", "outcome",
        ),
        Family(
            "groundwatch_request_duration_seconds", "Seconds until the last byte of an answer.",
            metrics.LATENCY, "histogram", "each", "outcome", "outcome", buckets=SECONDS,
        ),
        *(
            Family(
                "groundwatch_quality_score", "Scores of answers, 0 to 1.",
                metrics.QUALITY[dimension], "histogram", "each", buckets=QUALITY,
                fixed={"dimension": dimension.value},
            )
            for dimension in Dimension
        ),
        Family(
            "groundwatch_cost_usd_total", "Price of the models' work, in US dollars.",
            metrics.COST, "counter", "each", "model", "model",
        ),
        *(
            Family(
                "groundwatch_tokens_total", "Tokens that models read and wrote.",
                metric, "counter", "each", fixed={"direction": direction},
            )
            for metric, direction in (
                (metrics.INPUT_TOKENS, "input"), (metrics.OUTPUT_TOKENS, "output"),
            )
        ),
    )  # fmt: skip


def _intake() -> tuple[Family, ...]:
    """Of what was sent here."""
    return (
        Family(
            "groundwatch_ingest_spans_total", "Spans, interactions and events that arrived.",
            metrics.INTAKE, "counter", "all", "outcome", "outcome",
        ),
        Family(
            "groundwatch_ingest_rejected_spans_total", "What was not taken, by why.",
            metrics.INTAKE, "counter", "all", "reason", "reason",
        ),
        Family(
            "groundwatch_client_dropped_spans_total", "What clients say they had to drop.",
            metrics.INTAKE, "counter", "each", "outcome", only="dropped",
        ),
    )  # fmt: skip


def _upkeep() -> tuple[Family, ...]:
    """Of the server's own work."""
    return (
        Family(
            "groundwatch_store_commit_seconds", "Seconds of a commit of telemetry.",
            metrics.COMMIT, "histogram", "all", buckets=COMMIT_SECONDS,
        ),
        Family(
            "groundwatch_store_commit_events", "Writes in one commit of telemetry.",
            metrics.COMMIT_SIZE, "histogram", "all", buckets=COMMIT_EVENTS,
        ),
        Family(
            "groundwatch_change_to_searchable_seconds", "Seconds until a change can be found.",
            metrics.FRESHNESS, "histogram", "all", "source", "connector", buckets=SECONDS,
        ),
        Family(
            "groundwatch_delete_to_unsearchable_seconds", "Seconds until a deletion is complete.",
            metrics.DELETION, "histogram", "all", "source", "connector", buckets=SECONDS,
        ),
        Family(
            "groundwatch_revoke_to_hidden_seconds", "Seconds until permissions are in force.",
            metrics.REVOCATION, "histogram", "all", "source", "connector", buckets=SECONDS,
        ),
        Family(
            "groundwatch_probe_success", "Probes that the server answered: 1, or 0.",
            metrics.PROBES, "histogram", "all", buckets=(0.5, 1.0),
        ),
    )  # fmt: skip

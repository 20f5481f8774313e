"""Scores as log events, `gen_ai.evaluation.result`, on the span they judge."""

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, SeverityNumber

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Quality
from groundwatch.telemetry.export.attributes import Value, key_values, span_id, trace_id
from groundwatch.telemetry.export.spans import ROOT

EVENT = "gen_ai.evaluation.result"


def evaluations_of(one: Interaction, quality: Quality) -> list[LogRecord]:
    """One event for each dimension that has a value, and one for the overall quality."""
    records = [
        _record(
            one,
            quality,
            {
                "gen_ai.evaluation.name": score.dimension.value,
                "gen_ai.evaluation.score.value": float(score.value),
                "gen_ai.evaluation.explanation": ", ".join(score.flags),
                "groundwatch.scorer": score.scorer,
                "groundwatch.confidence": score.confidence,
            },
        )
        for score in quality.scores
        if score.value is not None
    ]
    if quality.overall is not None:
        overall: dict[str, Value] = {
            "gen_ai.evaluation.name": "overall",
            "gen_ai.evaluation.score.value": float(quality.overall),
            "gen_ai.evaluation.score.label": quality.status.value,
            "gen_ai.evaluation.explanation": "; ".join(quality.reasons),
        }
        records.append(_record(one, quality, overall))
    return records


def _record(one: Interaction, quality: Quality, values: dict[str, Value]) -> LogRecord:
    scored = int(quality.scored_at.timestamp() * 1e6) * 1000
    return LogRecord(
        time_unix_nano=scored,
        observed_time_unix_nano=scored,
        severity_number=SeverityNumber.SEVERITY_NUMBER_INFO,
        event_name=EVENT,
        attributes=key_values({**values, "gen_ai.response.id": one.id}),
        trace_id=trace_id(one),
        span_id=span_id(one, ROOT),
    )

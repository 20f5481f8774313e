"""Why telemetry was not taken, in words that may be labels: one of a few."""

OTHER = "other"
_LABELS = (
    ("the trace id", "trace_id"),
    ("the span id", "span_id"),
    ("the end time", "time"),
    ("the start time", "time"),
    ("their trace would hold", "trace_size"),
    ("they began before", "expired"),
    ("they begin in the future", "time"),
    ("only events named", "not_genai"),
    ("the event names neither", "no_trace"),
    ("metrics are not kept", "metrics"),
    ("application:", "application"),
    ("id: is taken", "id_taken"),
    ("metrics: there are", "too_many_metrics"),
    ("started_at:", "time"),
    ("at:", "time"),
    ("given_at:", "time"),
    ("interaction_id:", "unknown_interaction"),
    ("malformed", "malformed"),
)
MALFORMED = "malformed"


def reason_of(text: str) -> str:
    """The short name of a reason as it is told to the sender; `other` for an unknown one."""
    return next((label for start, label in _LABELS if text.startswith(start)), OTHER)

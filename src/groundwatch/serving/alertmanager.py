"""The shapes of Alertmanager's API v2, made of ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from groundwatch.alerting.desk import Seen
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.matchers import Matchers, matches
from groundwatch.domain.alerts import Comparison, Condition, Silence
from groundwatch.serving.bodies.alerts import PostableAlertBody, SilenceWantedBody

_KINDS = {
    (False, True): Comparison.EQUAL,
    (False, False): Comparison.NOT_EQUAL,
    (True, True): Comparison.LIKE,
    (True, False): Comparison.NOT_LIKE,
}
_FLAGS = {comparison: flags for flags, comparison in _KINDS.items()}
_ZERO = "0001-01-01T00:00:00"


def posted(one: PostableAlertBody) -> Posted:
    """An alert that was posted; the zero time of Go is none."""
    return Posted(
        one.labels, one.annotations, _given(one.startsAt), _given(one.endsAt), one.generatorURL
    )


def gettable(seen: Seen) -> dict[str, Any]:
    """A `gettableAlert`."""
    alert = seen.alert
    suppressed = bool(seen.silenced_by or seen.inhibited_by)
    return {
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "receivers": [{"name": name} for name in seen.receivers],
        "fingerprint": alert.fingerprint,
        "startsAt": alert.starts_at.isoformat(),
        "updatedAt": alert.updated_at.isoformat(),
        "endsAt": alert.ends_at.isoformat(),
        "generatorURL": alert.generator_url,
        "status": {
            "state": "suppressed" if suppressed else "active",
            "silencedBy": list(seen.silenced_by),
            "inhibitedBy": list(seen.inhibited_by),
            "mutedBy": [],
        },
    }


def groups(found: Sequence[Seen]) -> list[dict[str, Any]]:
    """`alertGroups`: by receiver and group labels."""
    made: dict[tuple[str, tuple[tuple[str, str], ...]], list[dict[str, Any]]] = {}
    for seen in found:
        for receiver, labels in seen.groups:
            key = (receiver, tuple(sorted(labels.items())))
            made.setdefault(key, []).append(gettable(seen))
    return [
        {"labels": dict(labels), "receiver": {"name": receiver}, "alerts": alerts}
        for (receiver, labels), alerts in sorted(made.items())
    ]


def is_wanted(
    seen: Seen, conditions: Matchers, *, active: bool, silenced: bool, inhibited: bool
) -> bool:
    """Whether an alert passes the query of `GET /alerts`."""
    if not matches(conditions, seen.alert.labels):
        return False
    if seen.silenced_by and not silenced:
        return False
    if seen.inhibited_by and not inhibited:
        return False
    return active or bool(seen.silenced_by or seen.inhibited_by)


def silence_of(wanted: SilenceWantedBody, user: str, now: datetime) -> Silence:
    """A silence that was asked for; its author is whoever asks, unless another is named."""
    conditions = tuple(
        Condition(each.name, _KINDS[each.isRegex, each.isEqual], each.value)
        for each in wanted.matchers
    )
    author = wanted.createdBy.strip()
    by = author if author in {"", user} else f"{author} (by {user})"
    starts, ends = wanted.startsAt, wanted.endsAt
    return Silence(wanted.id, conditions, starts, ends, by or user, wanted.comment, now)


def silence(one: Silence, now: datetime) -> dict[str, Any]:
    """A `gettableSilence`."""
    matchers = []
    for each in one.conditions:
        is_regex, is_equal = _FLAGS[each.comparison]
        matchers.append(
            {"name": each.name, "value": each.value, "isRegex": is_regex, "isEqual": is_equal}
        )
    return {
        "id": one.id,
        "matchers": matchers,
        "startsAt": one.starts_at.isoformat(),
        "endsAt": one.ends_at.isoformat(),
        "updatedAt": one.updated_at.isoformat(),
        "createdBy": one.created_by,
        "comment": one.comment,
        "status": {"state": str(one.state(now))},
    }


def _given(at: datetime | None) -> datetime | None:
    return None if at is None or at.isoformat().startswith(_ZERO) else at

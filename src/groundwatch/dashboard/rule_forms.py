"""Rules as the fields of a form, which an address can hold."""

from collections.abc import Mapping

from groundwatch.alerting.rule_settings import RuleSettings

FIELDS = (
    "metric", "of", "by_metric", "window", "application", "split_by", "only", "operator",
    "threshold", "clear", "at_least", "for", "keep_firing_for", "absent", "severity", "message",
    "runbook", "remediation",
)  # fmt: skip
BEGINNING = {"metric": "latency", "of": "p95", "operator": "gt", "threshold": "5"}
_CUT = 200
"""Characters of a text that a page keeps in its address."""


def typed(form: Mapping[str, str]) -> dict[str, object]:
    """What a form says; empty fields say nothing."""
    said: dict[str, object] = {name: text for name, text in form.items() if text.strip()}
    if "absent" in said:
        said["absent"] = said["absent"] == "1"
    return said


def form_of(rule: RuleSettings) -> dict[str, str]:
    """The fields of a form that would make a rule."""
    said = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    said = {"of": rule.of, "severity": str(rule.severity), **said}
    return {name: _text(said[name]) for name in FIELDS if name in said}


def _text(value: object) -> str:
    if value is True:
        return "1"
    return f"{value:g}" if isinstance(value, float) else str(value)


def whole(form: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Texts that are longer than what an address holds, where only their end is missing."""
    return {
        name: known[name]
        for name, text in form.items()
        if len(text) >= _CUT and known.get(name, "").startswith(text)
    }

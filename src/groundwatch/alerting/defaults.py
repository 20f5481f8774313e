"""The rules that come along."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from groundwatch.alerting.rule_settings import RuleSettings


@cache
def default_rules() -> tuple[RuleSettings, ...]:
    """The rules of `default_rules.yaml`."""
    text = (files("groundwatch.alerting") / "default_rules.yaml").read_text(encoding="utf-8")
    value = YAML(typ="safe", pure=True).load(text)
    return TypeAdapter(tuple[RuleSettings, ...]).validate_python(value)


def with_defaults(own: Sequence[RuleSettings], *, use_defaults: bool) -> tuple[RuleSettings, ...]:
    """One's own rules, and those that come along unless one of the same name is there."""
    names = {rule.name for rule in own}
    kept = [rule for rule in default_rules() if rule.name not in names] if use_defaults else []
    return (*kept, *own)

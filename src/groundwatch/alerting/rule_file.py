"""Rules as YAML, and a rule put into the policy file without touching what else stands there."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from groundwatch.alerting.plan import policy_of
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.errors import Conflict, Unusable
from groundwatch.store.files import replace_text

_WIDTH = 100


def written(rule: RuleSettings) -> str:
    """A rule as it stands under `rules:`."""
    return _dumped(CommentedSeq([_plain(rule)]))


def put(path: Path, rule: RuleSettings, check: Callable[[AlertPolicySettings], object]) -> bool:
    """Add a rule to a policy file, or replace the one of its name; comments stay.

    Args:
        path: of the policy; made where there is none.
        rule: what is to stand there.
        check: raises when the policy as a whole does not fit; the file is then left as it is.

    Returns:
        whether there was one of its name.

    Raises:
        ConfigInvalid: the file, or what would become of it, does not fit.
        Conflict: somebody changed the file meanwhile.
        Unusable: it cannot be written.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        policy_of(before, path.name)
        text, was_there = _with(before, rule)
        check(policy_of(text, path.name))
        if path.exists() and path.read_text(encoding="utf-8") != before:
            raise Conflict(f"{path.name} was changed meanwhile; look at the rule again and save")
        replace_text(path, text)
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(
            f"{path.name} cannot be written by the server; paste the rule into it by hand"
        ) from error
    return was_there


def _with(text: str, rule: RuleSettings) -> tuple[str, bool]:
    policy = _yaml().load(text) or CommentedMap()
    rules = policy.setdefault("rules", CommentedSeq())
    for place, each in enumerate(rules):
        if each.get("name") == rule.name:
            rules[place] = _plain(rule)
            return _dumped(policy), True
    rules.append(_plain(rule))
    return _dumped(policy), False


def _plain(rule: RuleSettings) -> CommentedMap:
    """What differs from the defaults, and the condition whole."""
    said = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return CommentedMap(said)


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(value: object) -> str:
    out = StringIO()
    _yaml().dump(value, out)
    return out.getvalue()

"""Rules as YAML, and a rule put into the policy file or taken out; what else stands there stays."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from textwrap import dedent, indent

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from groundwatch.alerting.plan import policy_of
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.errors import ConfigInvalid, Conflict, NotFound, Unusable
from groundwatch.store.files import replace_text

_WIDTH = 100
_DASH = re.compile(r"( *)- ")

Check = Callable[[AlertPolicySettings], object]
"""Raises when a policy as a whole does not fit; the file is then left as it is."""


def written(rule: RuleSettings) -> str:
    """A rule as it stands under `rules:`."""
    return _dumped(CommentedSeq([_plain(rule)]))


def put(path: Path, rule: RuleSettings, check: Check) -> bool:
    """Add a rule to a policy file, or replace the one of its name; comments stay.

    Args:
        path: of the policy; made where there is none.
        rule: what is to stand there.
        check: of what the policy would become.

    Returns:
        whether there was one of its name.

    Raises:
        ConfigInvalid: the file, or what would become of it, does not fit.
        Conflict: somebody changed the file meanwhile.
        Unusable: it cannot be written.
    """
    was_there = False

    def change(text: str) -> str:
        nonlocal was_there
        was_there = rule.name in _names(text)
        return _changed(text, rule.name, rule) if was_there else _added(text, rule)

    _rewrite(path, change, check)
    return was_there


def remove(path: Path, name: str, check: Check) -> None:
    """Take a rule out of a policy file; comments stay.

    Raises:
        NotFound: the file has none of the name.
        ConfigInvalid, Conflict, Unusable: as `put`.
    """

    def change(text: str) -> str:
        if name not in _names(text):
            raise NotFound(f"there is no rule {name[:80]!r} in {path.name}")
        return _changed(text, name, None)

    _rewrite(path, change, check)


def _rewrite(path: Path, change: Callable[[str], str], check: Check) -> None:
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        policy_of(before, path.name)
        text = change(before)
        check(policy_of(text, path.name))
        if path.exists() and path.read_text(encoding="utf-8") != before:
            raise Conflict(f"{path.name} was changed meanwhile; look at the rule again and save")
        replace_text(path, text)
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(
            f"{path.name} cannot be written by the server; paste the rule into it by hand"
        ) from error


def _names(text: str) -> list[str]:
    return [each.name for each in policy_of(text).rules]


def _added(text: str, rule: RuleSettings) -> str:
    policy = _yaml().load(text) or CommentedMap()
    policy.setdefault("rules", CommentedSeq()).append(_plain(rule))
    return _dumped(policy)


def _changed(text: str, name: str, rule: RuleSettings | None) -> str:
    """A policy with a rule in the place of one, or without it.

    Its lines alone are exchanged where rules stand on lines of their own, so that every comment
    stays; otherwise the whole is written anew.
    """
    policy = _yaml().load(text)
    rules, place = policy["rules"], _names(text).index(name)
    before = policy_of(text)
    new = () if rule is None else (rule,)
    wanted = before.model_copy(
        update={"rules": (*before.rules[:place], *new, *before.rules[place + 1 :])}
    )
    spliced = _spliced(text, policy, place, rule)
    try:
        if policy_of(spliced) == wanted:
            return spliced
    except ConfigInvalid:
        pass
    rules[place : place + 1] = [_plain(each) for each in new]
    return _dumped(policy)


def _spliced(text: str, policy: CommentedMap, place: int, rule: RuleSettings | None) -> str:
    """Exchange the lines of a rule; comments and empty lines behind it belong to what follows."""
    lines, rules = text.splitlines(keepends=True), policy["rules"]
    begin = rules.lc.item(place)[0]
    follow = [rules.lc.item(place + 1)[0]] if place + 1 < len(rules) else []
    follow += [line for key in policy if (line := policy.lc.key(key)[0]) > begin]
    end = min(follow, default=len(lines))
    while end > begin + 1 and lines[end - 1].strip()[:1] in {"", "#"}:
        end -= 1
    dash = _DASH.match(lines[begin])
    own = [] if rule is None else [indent(dedent(written(rule)), dash[1] if dash else "")]
    if rule is None and len(rules) == 1:
        head = policy.lc.key("rules")[0]
        return "".join([*lines[:head], *lines[head + 1 : begin], *lines[end:]])
    return "".join([*lines[:begin], *own, *lines[end:]])


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

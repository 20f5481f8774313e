"""An Alertmanager configuration as a policy: what carries over, and what is left to people."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from groundwatch.alerting.plan import policy_of
from groundwatch.errors import InvalidInput

_TAKEN = ("route", "inhibit_rules", "time_intervals")
_TIMEOUT = "resolve_timeout"


def imported(text: str) -> tuple[str, list[str]]:
    """The policy as YAML, and a line for everything that did not carry over.

    Raises:
        InvalidInput: it is no Alertmanager configuration.
        ConfigInvalid: something in it does not fit; says where.
    """
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        raise InvalidInput("the file is not valid YAML") from error
    if not isinstance(value, dict) or not isinstance(value.get("route"), dict):
        raise InvalidInput("the file has no `route:`; is it Alertmanager's configuration?")
    notes: list[str] = []
    policy: dict[str, Any] = {name: value[name] for name in _TAKEN if value.get(name)}
    older = value.get("mute_time_intervals")
    if older:
        policy["time_intervals"] = [*policy.get("time_intervals", []), *older]
    timeout = (value.get("global") or {}).get(_TIMEOUT)
    if timeout:
        policy[_TIMEOUT] = timeout
    policy["receivers"] = [_receiver(each, notes) for each in value.get("receivers") or []]
    left = sorted(value.keys() - {*_TAKEN, "mute_time_intervals", "receivers", "global"})
    notes += [f"{name}: has no meaning here" for name in left]
    others = sorted((value.get("global") or {}).keys() - {_TIMEOUT})
    if others:
        notes.append(f"global: {', '.join(others)} belong to channels; set them there")
    written = _written(policy)
    policy_of(written, "the imported policy")
    return written, notes


def _receiver(said: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    name = str(said.get("name", ""))
    kinds = sorted(key.removesuffix("_configs") for key in said if key.endswith("_configs"))
    if kinds:
        notes.append(
            f"receivers[{name}]: name its channels ({', '.join(kinds)}); addresses and secrets "
            "stand in alerting.channels of the configuration"
        )
    return {"name": name, "channels": []}


def _written(policy: Mapping[str, Any]) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    stream = StringIO()
    yaml.dump(dict(policy), stream)
    return stream.getvalue()

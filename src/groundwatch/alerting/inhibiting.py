"""Alerts that keep others quiet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from groundwatch.alerting.matchers import Matchers, matches
from groundwatch.alerting.policy import InhibitionSettings
from groundwatch.alerting.routing import conditions
from groundwatch.domain.alerts import Alert
from groundwatch.errors import ConfigInvalid, InvalidInput


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While a source fires, targets with the same values of `equal` are not told."""

    source: Matchers
    target: Matchers
    equal: tuple[str, ...]

    def values(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(labels.get(name, "") for name in self.equal)


def inhibitions(settings: Sequence[InhibitionSettings]) -> tuple[Inhibition, ...]:
    """Make the rules ready; raises ConfigInvalid."""
    found, problems = [], []
    for place, each in enumerate(settings):
        try:
            source = conditions(each.source_matchers, each.source_match, each.source_match_re)
            target = conditions(each.target_matchers, each.target_match, each.target_match_re)
        except InvalidInput as error:
            problems.append(f"inhibit_rules[{place}]: {error}")
            continue
        if not source or not target:
            problems.append(
                f"inhibit_rules[{place}]: needs source_matchers and target_matchers, "
                "or everything would keep everything quiet"
            )
        found.append(Inhibition(source, target, each.equal))
    if problems:
        raise ConfigInvalid(problems)
    return tuple(found)


class Inhibitor:
    """Knows the firing sources of each rule; asked once for each alert that is about to be told.

    An alert that matches both sides of a rule is not kept quiet by one that does so too, itself
    included.
    """

    def __init__(self, rules: Sequence[Inhibition], alerts: Iterable[Alert], now: datetime) -> None:
        self._rules = rules
        self._sources: list[dict[tuple[str, ...], list[tuple[str, bool]]]] = [
            defaultdict(list) for _ in rules
        ]
        self._names: dict[str, str] = {}
        for alert in alerts if rules else ():
            if alert.fires(now):
                self._add(alert)

    def inhibited_by(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Fingerprints of the alerts that keep one with these labels quiet; at most one a rule."""
        found: list[str] = []
        for rule, sources in zip(self._rules, self._sources, strict=True):
            if not sources or not matches(rule.target, labels):
                continue
            is_source = matches(rule.source, labels)
            quieting = sources.get(rule.values(labels), ())
            found += [who for who, is_both in quieting if not (is_source and is_both)][:1]
        return tuple(dict.fromkeys(found))

    def name_of(self, fingerprint: str) -> str:
        """The alert name of one that keeps others quiet; its fingerprint where it has none."""
        return self._names.get(fingerprint) or fingerprint

    def _add(self, alert: Alert) -> None:
        for rule, sources in zip(self._rules, self._sources, strict=True):
            if matches(rule.source, alert.labels):
                self._names[alert.fingerprint] = alert.name
                is_both = matches(rule.target, alert.labels)
                sources[rule.values(alert.labels)].append((alert.fingerprint, is_both))

"""Evaluates rules, and raises and ends their alerts."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundwatch.alerting import intake
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.measuring import Measured, Numbers, measure
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.alerting.rules import Progress, RuleState, step
from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import BUILT_IN
from groundwatch.errors import GroundwatchError
from groundwatch.store.alerts import posted, rule_states
from groundwatch.store.alerts.posted import packed
from groundwatch.store.alerts.rule_states import Stored
from groundwatch.store.database import Database

_log = logging.getLogger(__name__)

_LASTS = timedelta(days=7)
_REFRESH = timedelta(minutes=5)
_NAMES = re.compile(r"\{(\w+)\}")
_SUFFIX = "_no_data"
_MOST_SERIES = 200
ORIGIN = "rule"


@dataclass(frozen=True, slots=True)
class Looked:
    """A series of a rule as it was seen.

    Attributes:
        changed: whether its state is another than before.
    """

    rule: RuleSettings
    measured: Measured
    progress: Progress
    changed: bool


class Evaluator:
    """Looks at every rule; states are kept, so that a restart begins no wait anew.

    Args:
        public_url: where people reach the pages, for the graph of a rule; may be empty.
    """

    def __init__(
        self,
        database: Database,
        numbers: Numbers,
        rules: Sequence[RuleSettings],
        clock: Clock,
        public_url: str = "",
    ) -> None:
        self._database = database
        self._numbers = numbers
        self._rules = tuple(rules)
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._posted_at: dict[tuple[str, str], datetime] = {}

    def follow(self, rules: Sequence[RuleSettings]) -> None:
        """Evaluate other rules from now on; alerts of rules that are gone end."""
        self._rules = tuple(rules)

    def evaluate(self) -> list[Looked]:
        """Look once at every rule; returns what was seen.

        A rule that cannot be evaluated is logged and keeps its state; the others go on.

        Raises:
            Unavailable: the store does not answer.
        """
        now = self._clock()
        with self._database.read() as c:
            known = rule_states.every(c)
        looked: list[Looked] = []
        for rule in self._rules:
            try:
                looked += self._look(rule, known, now)
            except GroundwatchError:
                _log.exception("the rule %s could not be evaluated", rule.name)
                looked += _unseen(rule, known)
        self._raise(looked, now)
        self._end_others(known, now)
        with self._database.write() as c:
            rule_states.replace_all(c, [_stored(each, now) for each in looked])
        return looked

    def _look(
        self, rule: RuleSettings, known: Mapping[tuple[str, str], Stored], now: datetime
    ) -> list[Looked]:
        found: dict[str, Measured] = {}
        for each in measure(rule, self._numbers, now):
            found[packed(each.labels)] = each
        for name, series in known:
            if name == rule.name and series not in found and _is_live(known[name, series]):
                found[series] = Measured(rule_states.labels_of(series))
        looked = []
        for series, measured in sorted(found.items())[:_MOST_SERIES]:
            before = known.get((rule.name, series))
            was = _progress(before)
            progress = step(rule, was, measured.value, now)
            changed = was is None or was.state is not progress.state
            looked.append(Looked(rule, measured, progress, changed))
        if len(found) > _MOST_SERIES:
            _log.warning("the rule %s has %d series; %d are looked at", rule.name, len(found),
                         _MOST_SERIES)  # fmt: skip
        return looked

    def _raise(self, looked: Sequence[Looked], now: datetime) -> None:
        said: list[Posted] = []
        for each in looked:
            fires = each.progress.state is RuleState.FIRING
            key = (each.rule.name, packed(each.measured.labels))
            if self._is_said(key, each, now):
                if fires or each.changed:
                    ends = now + _LASTS if fires else now
                    said.append(self._alert(each, ends))
                if each.rule.absent:
                    missing = each.progress.state is RuleState.NO_DATA
                    long = now - each.progress.since >= each.rule.lasts
                    said.append(_absent(each, now + _LASTS if missing and long else now))
        firing = [alert for alert in said if alert.ends_at is not None and alert.ends_at > now]
        over = [alert for alert in said if alert not in firing]
        with self._database.read() as c:
            there = posted.firing(c, now, ORIGIN)
        open_ = {packed(alert.labels) for alert in there}
        over = [alert for alert in over if packed(alert.labels) in open_]
        intake.post(self._database, self._clock, [*firing, *over], origin=ORIGIN)

    def _is_said(self, key: tuple[str, str], each: Looked, now: datetime) -> bool:
        """Whether there is something to post: a change, or it is time to say it again."""
        last = self._posted_at.get(key)
        if not each.changed and last is not None and last <= now < last + _REFRESH:
            return False
        self._posted_at[key] = now
        return True

    def _end_others(self, known: Mapping[tuple[str, str], Stored], now: datetime) -> None:
        """End alerts of rules and series that are not evaluated any more."""
        names = {rule.name for rule in self._rules}
        if not any(name not in names for name, _ in known):
            return
        with self._database.read() as c:
            there = posted.firing(c, now, ORIGIN)
        gone = [
            Posted(alert.labels, alert.annotations, alert.starts_at, now)
            for alert in there
            if alert.name.removesuffix(_SUFFIX) not in names and alert.name not in names
        ]
        intake.post(self._database, self._clock, gone, origin=ORIGIN)

    def _alert(self, each: Looked, ends: datetime) -> Posted:
        rule, value = each.rule, each.progress.value
        labels = {
            "alertname": rule.name,
            "severity": str(rule.severity),
            **rule.labels,
            **each.measured.labels,
        }
        texts = {
            **labels,
            "value": _number(rule, value),
            "threshold": _number(rule, rule.threshold),
        }
        message = rule.message or f"{_measured(rule)} is {{value}}, limit {{threshold}}"
        annotations = {
            "summary": _NAMES.sub(lambda found: texts.get(found[1], found[0]), message),
            "value": texts["value"],
            "threshold": f"{rule.operator} {texts['threshold']}",
            "metric": rule.metric,
            "runbook": rule.runbook,
            "remediation": rule.remediation,
        }
        if each.measured.value is None and each.progress.state is RuleState.FIRING:
            annotations["data"] = "no data now; the last value is shown"
        said = {name: text for name, text in annotations.items() if text}
        return Posted(labels, said, ends_at=ends, generator_url=self._graph(rule))

    def _graph(self, rule: RuleSettings) -> str:
        """The page that draws a rule's past."""
        return f"{self._public_url}/alerts/rules?rule={rule.name}" if self._public_url else ""


def _absent(each: Looked, ends: datetime) -> Posted:
    labels = {
        "alertname": f"{each.rule.name}{_SUFFIX}",
        "severity": "low",
        **each.rule.labels,
        **each.measured.labels,
    }
    summary = f"{each.rule.name} has no data: {each.rule.metric} is not measured"
    return Posted(labels, {"summary": summary, "runbook": "no-data"}, ends_at=ends)


def _unseen(rule: RuleSettings, known: Mapping[tuple[str, str], Stored]) -> list[Looked]:
    return [
        Looked(rule, Measured(rule_states.labels_of(series)), progress, changed=False)
        for (name, series), before in known.items()
        if name == rule.name and (progress := _progress(before)) is not None
    ]


def _is_live(stored: Stored) -> bool:
    return stored.state in {RuleState.FIRING, RuleState.PENDING}


def _progress(stored: Stored | None) -> Progress | None:
    if stored is None:
        return None
    return Progress(RuleState(stored.state), stored.since, stored.last_true, stored.value)


def _stored(each: Looked, now: datetime) -> Stored:
    return Stored(
        each.rule.name,
        packed(each.measured.labels),
        str(each.progress.state),
        each.progress.since,
        each.progress.last_true,
        each.progress.value,
        now,
    )


def _measured(rule: RuleSettings) -> str:
    if rule.of == "ratio":
        return f"{rule.metric} / {rule.by_metric}"
    return f"{rule.of} of {rule.metric}"


def _number(rule: RuleSettings, value: float | None) -> str:
    if value is None:
        return "no data"
    metric = BUILT_IN.get(rule.metric)
    unit = metric.unit if metric else ""
    if rule.of == "ratio" or unit == "ratio":
        return f"{value:.1%}"
    if rule.of == "count" or unit in {"", "1"}:
        return f"{value:g}"
    return f"{value:.3g} {unit}"

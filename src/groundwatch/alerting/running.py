"""Alerting as it runs in the watch: evaluates, decides, delivers, until it is closed."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from groundwatch.alerting import intake
from groundwatch.alerting.channels.select import channel
from groundwatch.alerting.defaults import with_defaults
from groundwatch.alerting.delivering import Deliverer, Way
from groundwatch.alerting.engine import Engine
from groundwatch.alerting.enriching import Changes, Enricher
from groundwatch.alerting.evaluating import Evaluator
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.measuring import Numbers
from groundwatch.alerting.plan import Plan, plan, read_policy
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.alerting.rule_settings import RuleSettings
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.domain.clock import Clock
from groundwatch.errors import ConfigInvalid, GroundwatchError
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database

_log = logging.getLogger(__name__)

_LONGEST_REST = 0.5
_SHORTEST_REST = 0.01
_ORPHANS_SECONDS = 60.0
_REFUSED_FOR = timedelta(days=7)
POLICY_REFUSED = "PolicyRefused"


def plan_of(settings: AlertingSettings) -> Plan:
    """The plan of the configuration: its policy file, or what holds without one.

    Raises:
        ConfigInvalid: something in the policy does not fit.
    """
    policy = read_policy(settings.policy) if settings.policy else AlertPolicySettings()
    return plan(policy, tuple(settings.channels))


def rules_of(made: Plan) -> tuple[RuleSettings, ...]:
    """The rules that are evaluated."""
    return with_defaults(made.settings.rules, use_defaults=made.settings.default_rules)


def way_of(name: str, settings: AlertingSettings, clock: Clock, public_url: str) -> Way:
    """A channel of the configuration, with how it is used."""
    own = settings.channels[name]
    return Way(
        channel(name, own, clock, public_url), own.timeout_seconds, own.per_minute, own.attempts
    )


class Alerting:
    """Rules, engine and delivery on threads of their own; several processes share by lease.

    A policy file that changes is taken over whole, or refused whole; that is an alert of its own.
    One that is refused at the start is replaced by the default policy until it fits.

    Args:
        numbers: what rules read.
        owner: unique among the processes on this store.
        new_id: makes ids of incidents.
        public_url: where people reach the pages; may be empty.
        changes: deploys and the like, to be named beside an incident.
    """

    def __init__(
        self,
        database: Database,
        numbers: Numbers,
        settings: AlertingSettings,
        clock: Clock,
        *,
        owner: str,
        new_id: Callable[[], str],
        public_url: str = "",
        changes: Changes | None = None,
    ) -> None:
        problem = ""
        try:
            made = plan_of(settings)
        except ConfigInvalid as error:
            made, problem = plan(AlertPolicySettings(), tuple(settings.channels)), str(error)
        self._database = database
        self._settings = settings
        self._clock = clock
        self._public_url = public_url
        self._print = _fingerprint(settings.policy)
        self._turn = threading.Lock()
        self._engine = Engine(
            database,
            made,
            clock,
            owner,
            new_id=new_id,
            enrich=Enricher(public_url, changes).details,
        )
        self._evaluator = Evaluator(database, numbers, rules_of(made), clock, public_url)
        self._ways = {name: way_of(name, settings, clock, public_url) for name in settings.channels}
        self._deliverer = Deliverer(database, self._ways, clock, owner)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for name, target in (("alerts", self._decide), ("rules", self._evaluate))
        ]

        self._say(problem)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()
        self._deliverer.start()

    def follow(self, settings: AlertingSettings) -> None:
        """Use other channels or another policy from now on.

        Notices that wait for a changed channel go its new way; those for one that is gone are laid
        aside.

        Raises:
            ConfigInvalid: the policy does not fit the channels; everything stays as it was.
        """
        with self._turn:
            try:
                self._take(settings)
            except ConfigInvalid as error:
                self._say(str(error))
                raise
        self._deliverer.lay_aside_orphans()

    def close(self) -> None:
        """Stop; another process takes over at once."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)
        self._deliverer.close()
        try:
            self._engine.release()
        except GroundwatchError:
            _log.warning("the lease of alerting was not given back; it ends by itself")

    def _decide(self) -> None:
        while not self._stop.is_set():
            rest = _LONGEST_REST
            try:
                due = self._engine.tick()
                self._deliverer.wake()
                rest = _rest(due, self._clock())
            except Exception:  # noqa: BLE001  the thread must outlive whatever happens
                _log.exception("a turn of alerting failed; it is taken again")
            self._stop.wait(rest)

    def _evaluate(self) -> None:
        waited = _ORPHANS_SECONDS
        while not self._stop.is_set():
            try:
                self._reload()
                if self._engine.leads:
                    self._evaluator.evaluate()
                if waited >= _ORPHANS_SECONDS:
                    waited = 0.0
                    self._deliverer.lay_aside_orphans()
            except Exception:  # noqa: BLE001  the thread must outlive whatever happens
                _log.exception("evaluating the rules failed; it is tried again")
            waited += self._settings.evaluate_seconds
            self._stop.wait(self._settings.evaluate_seconds)

    def _reload(self) -> None:
        with self._turn:
            found = _fingerprint(self._settings.policy)
            if found == self._print:
                return
            self._print = found
            try:
                self._take(self._settings)
            except ConfigInvalid as error:
                self._say(str(error))
            else:
                _log.info("the alerting policy was taken over")

    def _take(self, settings: AlertingSettings) -> None:
        printed, made = _fingerprint(settings.policy), plan_of(settings)
        before, self._settings, self._print = self._settings.channels, settings, printed
        self._engine.follow(made)
        self._evaluator.follow(rules_of(made))
        self._ways = {
            name: self._ways[name]
            if before.get(name) == own
            else way_of(name, settings, self._clock, self._public_url)
            for name, own in settings.channels.items()
        }
        self._deliverer.follow(self._ways)
        self._say("")

    def _say(self, problem: str) -> None:
        """Raise an alert about the policy itself, or end it."""
        now = self._clock()
        if problem:
            _log.error("the alerting policy is refused, the one before stays: %s", problem)
        with self._database.read() as c:
            is_said = any(alert.name == POLICY_REFUSED for alert in posted.firing(c, now, "self"))
        if not problem and not is_said:
            return
        texts = {
            "summary": f"The alerting policy is refused, the one before stays: {problem}"[:1000],
            "runbook": "policy-refused",
        }
        labels = {"alertname": POLICY_REFUSED, "severity": "high"}
        ends = now + _REFUSED_FOR if problem else now
        intake.post(
            self._database, self._clock, [Posted(labels, texts, ends_at=ends)], origin="self"
        )


def _rest(due: datetime, now: datetime) -> float:
    return min(_LONGEST_REST, max(_SHORTEST_REST, (due - now).total_seconds()))


def _fingerprint(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        return sha256(path.read_bytes()).digest()
    except OSError:
        return b"gone"

"""The routing tree: which receivers an alert reaches, and how it is grouped there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from groundwatch.alerting.matchers import Matchers, matcher, matches, parse, parse_all
from groundwatch.alerting.policy import RouteSettings
from groundwatch.domain.alerts import Comparison, Condition, fingerprint
from groundwatch.errors import ConfigInvalid, InvalidInput

ALL_LABELS = "..."
GROUP_WAIT = timedelta(seconds=30)
GROUP_INTERVAL = timedelta(minutes=5)
REPEAT_INTERVAL = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Timers:
    """When a group is told: see `RouteSettings`."""

    wait: timedelta = GROUP_WAIT
    interval: timedelta = GROUP_INTERVAL
    repeat: timedelta = REPEAT_INTERVAL


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the tree, with everything it inherits.

    Attributes:
        id: its place and matchers; stays the same when the rest of the tree changes.
        muted_in, active_in: names of time intervals; inherited by no one.
        escalation: name of a policy; empty for none.
    """

    id: str
    receiver: str
    matchers: Matchers
    group_by: tuple[str, ...]
    timers: Timers
    goes_on: bool
    muted_in: tuple[str, ...]
    active_in: tuple[str, ...]
    escalation: str
    children: "tuple[Route, ...]" = ()

    def reached(self, labels: Mapping[str, str]) -> "list[Route]":
        """The routes that take an alert: depth first, the first child unless it says `continue`."""
        if not matches(self.matchers, labels):
            return []
        found: list[Route] = []
        for child in self.children:
            taken = child.reached(labels)
            found += taken
            if taken and not child.goes_on:
                break
        return found or [self]

    def group(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels that tell the alert's group from others."""
        if self.group_by == (ALL_LABELS,):
            return {name: value for name, value in sorted(labels.items()) if value}
        return {name: labels[name] for name in sorted(self.group_by) if labels.get(name)}

    def walk(self) -> "Iterator[Route]":
        """This node and all below."""
        yield self
        for child in self.children:
            yield from child.walk()


def group_key(route: Route, labels: Mapping[str, str]) -> str:
    """Stands for one group on one route."""
    return fingerprint({"": route.id, **route.group(labels)})


def tree(settings: RouteSettings) -> Route:
    """Make the tree ready.

    Raises:
        ConfigInvalid: the root has conditions or no receiver, or a node contradicts itself.
    """
    problems: list[str] = []
    if settings.matchers or settings.match or settings.match_re or settings.goes_on:
        problems.append("route: the root takes everything; move its matchers to a child")
    if settings.mute_time_intervals or settings.active_time_intervals:
        problems.append("route: the root has no time intervals; give them to a child")
    if not settings.receiver:
        problems.append("route.receiver: is missing; name one of receivers")
    root = _Builder(problems).node(settings, "route", None)
    if problems:
        raise ConfigInvalid(problems)
    return root


def conditions(
    matchers: Iterable[str] | str, match: Mapping[str, str], match_re: Mapping[str, str]
) -> Matchers:
    """Matchers of all three spellings; raises InvalidInput."""
    listed = parse(matchers) if isinstance(matchers, str) else parse_all(matchers)
    old = [Condition(name, Comparison.EQUAL, value) for name, value in match.items()]
    old += [Condition(name, Comparison.LIKE, value) for name, value in match_re.items()]
    return (*listed, *(matcher(each) for each in old))


class _Builder:
    """Makes nodes and notes what is wrong with them."""

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems
        self._used: dict[str, int] = {}

    def node(self, settings: RouteSettings, at: str, parent: Route | None) -> Route:
        matchers = self._matchers(settings, at)
        timers = self._timers(settings, at, parent.timers if parent else Timers())
        group_by = settings.group_by
        if group_by is None:
            group_by = parent.group_by if parent else ()
        if ALL_LABELS in group_by and len(group_by) > 1:
            self._problems.append(f"{at}.group_by: `...` stands alone or not at all")
        here = Route(
            id=self._id(parent, matchers),
            receiver=settings.receiver or (parent.receiver if parent else ""),
            matchers=matchers,
            group_by=tuple(group_by),
            timers=timers,
            goes_on=settings.goes_on,
            muted_in=settings.mute_time_intervals,
            active_in=settings.active_time_intervals,
            escalation=self._escalation(settings, parent),
        )
        children = tuple(
            self.node(child, f"{at}.routes[{place}]", here)
            for place, child in enumerate(settings.routes)
        )
        self._unreachable(children, at)
        return Route(
            **{name: getattr(here, name) for name in Route.__slots__ if name != "children"},
            children=children,
        )

    def _matchers(self, settings: RouteSettings, at: str) -> Matchers:
        try:
            return conditions(settings.matchers, settings.match, settings.match_re)
        except InvalidInput as error:
            self._problems.append(f"{at}.matchers: {error}")
            return ()

    def _timers(self, settings: RouteSettings, at: str, inherited: Timers) -> Timers:
        wait, interval, repeat = (
            given if given is not None else other
            for given, other in (
                (settings.group_wait, inherited.wait),
                (settings.group_interval, inherited.interval),
                (settings.repeat_interval, inherited.repeat),
            )
        )
        if not interval or not repeat:
            self._problems.append(f"{at}: group_interval and repeat_interval must be above 0")
        return Timers(wait, interval, repeat)

    def _escalation(self, settings: RouteSettings, parent: Route | None) -> str:
        if settings.escalation is not None:
            return settings.escalation
        return parent.escalation if parent else ""

    def _id(self, parent: Route | None, matchers: Matchers) -> str:
        own = "{" + ",".join(sorted(str(each) for each in matchers)) + "}"
        name = f"{parent.id}/{own}" if parent else own
        times = self._used.get(name, 0)
        self._used[name] = times + 1
        return f"{name}#{times}" if times else name

    def _unreachable(self, children: tuple[Route, ...], at: str) -> None:
        """A child behind one that takes the same, or all, and lets nothing go on."""
        closed: list[frozenset[str]] = []
        for place, child in enumerate(children):
            own = frozenset(str(each) for each in child.matchers)
            shadow = next((taken for taken in closed if taken <= own), None)
            if shadow is not None:
                self._problems.append(
                    f"{at}.routes[{place}]: is never reached, a route before it takes "
                    f"{', '.join(sorted(shadow)) or 'everything'}; add `continue: true` there"
                )
            if not child.goes_on:
                closed.append(own)

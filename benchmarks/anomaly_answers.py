"""Faults in the demo's traffic, judged answer by answer: delays over seeds and rates, false alarms.

As `benchmarks.alarm`, but with cells in memory and the layer of single answers alone, so that many
seeds can be tried; quiet weeks follow the seven days that are learned, and whatever is told of them
is a false alarm. Rates are those of `groundwatch demo traffic`: at 3, the model that gets slow
answers 1.3 questions a minute, at 12 five.
"""

import argparse
import os
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing import get_context
from statistics import mean, median

from benchmarks.alarm import BEGIN, CULPRITS, LASTS, QUIET, STEP
from benchmarks.anomaly_cells import KeptCells
from benchmarks.figures import Figure, at_most, plain, show
from benchmarks.harness import say
from groundwatch.anomaly.settings import AnomalySettings
from groundwatch.anomaly.watched import SHARES, VALUES
from groundwatch.anomaly.watcher import Watcher
from groundwatch.app.traffic.faults import Fault, FaultKind
from groundwatch.app.traffic.making import Plan
from groundwatch.app.traffic.running import Traffic, plan_for
from groundwatch.domain.alerts import rank
from groundwatch.domain.status import Severity

_SETTINGS = AnomalySettings(layers=("answers",))
_AFTER = timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)


@dataclass
class Tried:
    """What came of one fault, in minutes; None where nothing came.

    Attributes:
        named: until a finding that becomes an alert named the culprit.
        over: from the end of the fault until its finding ended.
    """

    named: float | None = None
    over: float | None = None
    quiet: set[str] = field(default_factory=set)


def learned(plan: Plan, days: int) -> tuple[Watcher, KeptCells]:
    """A watcher that knows the days before `BEGIN`."""
    kept = KeptCells()
    Traffic(kept, plan).history(BEGIN - timedelta(days=days), BEGIN, lambda _: None)
    watcher = Watcher(kept, _SETTINGS)
    watcher.turn(BEGIN)
    return watcher, kept


def suffer(watcher: Watcher, kept: KeptCells, plan: Plan, kind: FaultKind) -> Tried:
    """One fault from its beginning until its findings have ended."""
    begin = BEGIN + QUIET + timedelta(seconds=20)
    end, tried, named = begin + LASTS, Tried(), set[str]()
    made = Traffic(kept, replace(plan, fault=Fault(kind, begin, end)))
    now = BEGIN
    while now < end + _AFTER:
        before, now = now, now + STEP
        made.live(before, now)
        for seen in watcher.turn(now):
            one = seen.finding
            if rank(one.severity) < rank(Severity.MEDIUM):
                continue
            if now <= begin:
                tried.quiet.add(one.id)
            elif CULPRITS[kind] in f"{one.labels} {one.description}":
                named.add(one.id)
                tried.named = tried.named or (now - begin) / _MINUTE
                if one.end is not None and now > end:
                    tried.over = (now - end) / _MINUTE
    return tried


def _suffer_apart(watcher: Watcher, kept: KeptCells, plan: Plan, kind: FaultKind) -> Tried:
    """In a process that starts with what was learned, and leaves it as it was."""
    context = get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=lambda: queue.put(suffer(watcher, kept, plan, kind)))
    child.start()
    tried: Tried = queue.get()
    child.join()
    return tried


def on_faults(rate: float, seeds: int, trials: int) -> list[Figure]:
    """Minutes until each culprit is named, over learned weeks and the traffic that follows."""
    found: dict[FaultKind, list[Tried]] = {kind: [] for kind in FaultKind}
    for seed in range(7, 7 + seeds):
        say(f"learning seven days at rate {rate:g}, seed {seed}")
        plan = plan_for(seed, BEGIN, rate)
        watcher, kept = learned(plan, 7)
        for kind in FaultKind:
            for trial in range(trials):
                live = replace(plan, seed=100 * seed + trial)
                tried = _suffer_apart(watcher, kept, live, kind)
                found[kind].append(tried)
                say(f"  {kind}: named after {tried.named}, over after {tried.over}")
    figures: list[Figure] = []
    for kind, all_ in found.items():
        delays = [LASTS / _MINUTE if each.named is None else each.named for each in all_]
        name = f"{kind} at rate {rate:g}"
        figures.append(at_most(f"{name}: culprit named", median(delays), "min", 2.0))
        figures.append(plain(f"{name}: named, longest", max(delays), "min"))
        over = [each.over for each in all_ if each.over is not None]
        figures += [plain(f"{name}: over after", median(over), "min")] if over else []
    return figures


def on_quiet(rate: float, seeds: int, weeks: int) -> list[Figure]:
    """Findings in weeks in which nothing happened, a metric and week."""
    metrics = {split.metric for split in VALUES} | {each.yes.metric for each in SHARES}
    alarms: list[float] = []
    for seed in range(21, 21 + seeds):
        plan = replace(plan_for(seed, BEGIN, rate), incident_at=None)
        watcher, kept = learned(plan, 7)
        made, now, ids = Traffic(kept, plan), BEGIN, set[str]()
        until = BEGIN + timedelta(weeks=weeks)
        while now < until:
            before, now = now, now + _MINUTE
            made.live(before, now)
            ids |= {seen.finding.id for seen in watcher.turn(now)}
        say(f"seed {seed}: {len(ids)} false alarms in {weeks} weeks")
        alarms.append(len(ids) / weeks / len(metrics))
    return [at_most(f"false alarms a metric and week at rate {rate:g}", mean(alarms), "1", 1.0)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, nargs="*", default=[3.0, 12.0])
    parser.add_argument("--seeds", type=int, default=2, help="weeks that are learned")
    parser.add_argument("--trials", type=int, default=4, help="of each fault after each of them")
    parser.add_argument("--weeks", type=int, default=2, help="quiet weeks, at rate 3; 0 for none")
    given = parser.parse_args()
    os.nice(5)
    figures = [one for rate in given.rate for one in on_faults(rate, given.seeds, given.trials)]
    if given.weeks:
        figures += on_quiet(3.0, given.seeds, given.weeks)
    show(figures)


if __name__ == "__main__":
    main()

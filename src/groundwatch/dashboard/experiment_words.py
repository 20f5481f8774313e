"""How experiments read: what a variant does, whether it is safe, and what happens next."""

from collections.abc import Sequence

from markupsafe import Markup

from groundwatch.analytics.experiments_record import Act, Compared, Look, Phase, Run, Verdict
from groundwatch.analytics.experiments_settings import Goal
from groundwatch.dashboard.formatting import NOTHING, measured, percent, plural

LOOKS = {
    Phase.RUNNING: "healthy",
    Phase.PAUSED: "unknown",
    Phase.DECIDABLE: "warning",
    Phase.STOPPED: "degraded",
    Phase.CONCLUDED: "unknown",
}
WORDS = {
    Phase.RUNNING: "running",
    Phase.PAUSED: "paused",
    Phase.DECIDABLE: "to be decided",
    Phase.STOPPED: "stopped",
    Phase.CONCLUDED: "decided",
}
UNITS = {
    Goal.QUALITY: "score",
    Goal.SATISFACTION: "ratio",
    Goal.LATENCY: "s",
    Goal.COST: "USD",
    Goal.ERRORS: "ratio",
    Goal.DECLINED: "ratio",
}
ACTS = {
    Act.BEGAN: "began",
    Act.DROPPED: "dropped for harm",
    Act.JUDGED: "can be decided",
    Act.STOPPED: "stopped",
    Act.WITHDRAWN: "ended",
    Act.CONCLUDED: "decided",
}
_VERDICTS = {
    Verdict.TOO_FEW: "Too few {unit}s were measured to say anything yet.",
    Verdict.RUNNING: "No difference is certain yet.",
    Verdict.WINS: "The winner is {variant}: {goal} is better than with {control}.",
    Verdict.EVEN: "There is no difference that matters.",
    Verdict.INCONCLUSIVE: "As many {unit}s as planned show no difference.",
    Verdict.HARMS: "It did harm; everybody gets {control} again.",
    Verdict.MISMATCH: "{unit}s were not dealt as meant, so nothing can be concluded.",
}
_REACHES = (0.02, 0.04, 0.1, 0.2, 0.4, 1.0, 2.0, 10.0)
_INTERVAL = Markup(
    '<span class="interval {}" role="img" aria-label="{}">'
    '<i style="left:{}%;width:{}%"></i><b style="left:{}%"></b>{}</span>'
)
_LIMIT = Markup('<u style="left:{}%"></u>')


def interval(one: Compared) -> Markup:
    """The interval as a bar around the estimate; no difference is in the middle.

    A small mark is what a guardrail accepts; a bound that is not known reaches to the edge.
    """
    if one.difference is None or not one.control:
        return Markup("")
    low, high = one.relative(one.low), one.relative(one.high)
    accepted, middle = one.relative(one.accepted) or 0.0, one.relative(one.difference) or 0.0
    reach = max(abs(each) for each in (low or 0.0, high or 0.0, middle, accepted, 0.01)) * 1.1
    left, right = _place(low, reach, -1), _place(high, reach, 1)
    worse = -accepted if one.goal.is_better_high else accepted
    limit = _LIMIT.format(_place(worse, reach, 0)) if accepted else ""
    look = "harmed" if one.is_harmed else "better" if one.is_better else ""
    width = max(1.0, round(right - left, 1))
    return _INTERVAL.format(look, effect(one), left, width, _place(middle, reach, 0), limit)


def _place(share: float | None, reach: float, endless: float) -> float:
    """Percent from the left."""
    given = endless if share is None else share / reach
    return round(50 + 50 * max(-1.0, min(1.0, given)), 1)


def shift(one: Compared) -> str:
    """`+2.1 %` alone."""
    has_share = one.difference is not None and one.control
    return _signed(one.relative(one.difference)) if has_share else effect(one)


def effect(one: Compared) -> str:
    """`+2.1 % (-0.4 % to +4.6 %)`: of the control's mean, or in the metric's unit without one."""
    if one.difference is None:
        return "too few yet"
    if not one.control:
        unit = UNITS[one.goal]
        return f"from {measured(one.control, unit)} to {measured(one.treatment, unit)}"
    parts = (one.difference, one.low, one.high)
    middle, low, high = (_signed(one.relative(each)) for each in parts)
    return f"{middle} ({low} to {high})"


def share(part: float) -> str:
    """A share as somebody set it: `5 %`, `0.5 %`."""
    return f"{part * 100:g}\u202f%"


def _signed(share: float | None) -> str:
    if share is None:
        return NOTHING
    sign = "+" if share > 0 else "\u2212" if share < 0 else ""
    return f"{sign}{percent(abs(share))}"


def safety(one: Compared) -> str:
    """Whether a guardrail holds, in words."""
    if one.is_harmed:
        return "harmed"
    if one.difference is None:
        return "not measured yet"
    worst = one.low if one.goal.is_better_high else None if one.high is None else -one.high
    return "safe" if worst is not None and worst >= -one.accepted else "no harm seen"


def standing(one: Compared) -> str:
    """What a comparison says, in a word or two."""
    if one.is_guardrail:
        return safety(one)
    if one.difference is None:
        return "too few yet"
    return "worse" if one.is_harmed else "better" if one.is_better else "open"


def guardrails(look: Look | None) -> list[tuple[str, str]]:
    """Each guardrail with the worst of what it is for any variant."""
    order = ("harmed", "not measured yet", "no harm seen", "safe")
    found: dict[str, str] = {}
    for each in look.comparisons if look else ():
        if each.is_guardrail:
            said = safety(each)
            found[each.goal] = min(found.get(each.goal, said), said, key=order.index)
    return list(found.items())


def verdict(run: Run) -> str:
    """What one run has shown, in a sentence."""
    if run.decision is not None:
        return f"Decided by {run.decision.by}: {run.decision.variant}."
    if run.look is None:
        return "It was not looked at yet; the watch looks every half minute."
    first = run.look.primary()
    if run.look.verdict is Verdict.RUNNING and first is not None and first.is_better:
        return f"{first.variant} is ahead; {run.look.reasons[0]}."
    words = _VERDICTS[run.look.verdict]
    text = words.format(
        variant=run.look.variant,
        control=run.settings.control,
        unit=run.settings.unit,
        goal=run.settings.goal,
    )
    return f"{text[0].upper()}{text[1:]}"


def summary(runs: Sequence[Run]) -> str:
    """How experiments are, in one line."""
    count = {phase: sum(run.phase is phase for run in runs) for phase in Phase}
    troubled = [run.name for run in runs if run.trouble is not None]
    if troubled:
        verb = "needs" if len(troubled) == 1 else "need"
        return f"{' and '.join(troubled)} {verb} a decision: harm or wrong shares stopped it."
    said = []
    if number := count[Phase.DECIDABLE]:
        said.append(f"{plural(number, 'experiment waits', 'experiments wait')} for a decision")
    if number := count[Phase.RUNNING]:
        said.append(plural(number, "experiment runs", "experiments run"))
    if not said:
        return "No experiment runs." if runs else "Nothing is tried at the moment."
    return f"{', '.join(said)}."


def mismatch(look: Look) -> str:
    """Whether units were dealt as meant."""
    if look.mismatch < 0.001:
        return f"not dealt as meant (p {look.mismatch:.1g})"
    return f"dealt as meant (p {look.mismatch:.2g})"


def reach(share: float) -> float:
    """How far an axis goes in both directions, so that its steps are round."""
    return next((each for each in _REACHES if each >= share), _REACHES[-1])

"""Who gets which variant: the same for ever, without keeping a list.

A unit is dealt by a hash of the experiment's salt and the unit's name, so experiments are
independent of each other. Whether it takes part and which variant it gets are two hashes: raising
the traffic adds units and moves none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate

from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.domain.interactions import variants_of

_RANGE = float(2**64)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A unit's variant.

    Attributes:
        is_counted: whether it takes part; others get the control and are not compared.
        reason: why it does not.
    """

    variant: str
    is_counted: bool
    reason: str = ""


def assign(
    name: str,
    experiment: ExperimentSettings,
    unit: str,
    dropped: frozenset[str] = frozenset(),
) -> Assignment:
    """The variant of a user or session.

    Args:
        name: the experiment's.
        experiment: its settings.
        unit: the user's or session's id; empty is nobody, who does not take part.
        dropped: variants that did harm; their units get the control and are not compared.
    """
    if not experiment.is_running:
        return Assignment(experiment.control, is_counted=False, reason="it does not run")
    if not unit:
        reason = f"the {experiment.unit} is not known"
        return Assignment(experiment.control, is_counted=False, reason=reason)
    salt = experiment.salt or name
    if _place(salt, "traffic", unit) >= experiment.traffic:
        return Assignment(experiment.control, is_counted=False, reason="not among its traffic")
    variant = _dealt(experiment, _place(salt, "variant", unit))
    if variant in dropped:
        return Assignment(experiment.control, is_counted=False, reason=f"{variant} was dropped")
    return Assignment(variant, is_counted=True)


def variant_of(name: str, attributes: Mapping[str, str]) -> str:
    """The variant an interaction says it was answered by; empty when it took no part."""
    return variants_of(attributes).get(name, "")


def _dealt(experiment: ExperimentSettings, place: float) -> str:
    names = sorted(experiment.variants)
    bounds = accumulate(experiment.variants[each].share for each in names)
    return next(
        (each for each, bound in zip(names, bounds, strict=True) if place < bound), names[-1]
    )


def _place(salt: str, purpose: str, unit: str) -> float:
    """Evenly spread from 0 to 1."""
    text = "\0".join((salt, purpose, unit))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) / _RANGE

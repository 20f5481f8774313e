"""Series for the tests of detectors, from a seed."""

import numpy as np

START = 1_767_571_200.0
"""A Monday, 00:00 UTC."""
STEP = 300.0
DAY = 86_400.0


def daily(seed=0, days=8, noise=1.0, step=STEP):
    """Times and values with a daily cycle of 100 +- 10 and noise."""
    chance = np.random.default_rng(seed)
    at = START + np.arange(0, days * DAY, step)
    values = 100.0 + 10.0 * np.sin(2 * np.pi * at / DAY) + chance.normal(0.0, noise, len(at))
    return list(zip(at.tolist(), values.tolist(), strict=True))


def with_spike(series, number, height):
    """The same with one value raised."""
    changed = list(series)
    at, value = changed[number]
    changed[number] = (at, value + height)
    return changed


def run(detector, series):
    """Score first, learn after."""
    scores = []
    for at, value in series:
        scores.append(detector.score(at, value))
        detector.learn(at, value)
    return scores

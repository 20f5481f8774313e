"""Prompt injection: text in documents or questions that gives the assistant orders of its own.

Character n-grams of windows of one to three sentences, judged by logistic models fitted in
`tools/fit_injection.py`: one for passages, where any order to an assistant is out of place, and
one for questions, where asking for something is what questions do and only attempts to override
the rules count.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from groundwatch.domain.sentences import Span, sentences
from groundwatch.scoring.injection_cues import CUES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUCKETS = 1 << 14
SIZES = (2, 3, 4, 5)
_WINDOWS = (1, 2)
_LONGEST = 600
_SPACES = re.compile(r"\s")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\U000e0000-\U000e007f]")
_SCALE = 8.0
_LOOKED_AT = 4


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The most suspicious window of a text; `logit` is its log odds."""

    start: int
    end: int
    logit: float


@dataclass(frozen=True)
class Detector:
    """Weights of hashed n-grams."""

    weights: "NDArray[np.float32]"
    cues: "NDArray[np.float32]"
    bias: float
    threshold: float

    def worst(self, text: str) -> Suspicion | None:
        """The window most like an injection; None for a text without words."""
        import numpy as np

        spans = windows(text)
        sums = [np.concatenate(([0.0], np.cumsum(self.weights[hashes(text, n)]))) for n in SIZES]
        judged = [
            Suspicion(start, end, logit)
            for start, end in spans
            if (logit := _density(sums, start, end)) is not None
        ]
        likely = sorted(judged, key=lambda each: -each.logit)[:_LOOKED_AT]
        weighed = [
            Suspicion(
                each.start,
                each.end,
                self.bias + each.logit + float(self.cues @ cues(text[each.start : each.end])),
            )
            for each in likely
        ]
        return max(weighed, key=lambda each: each.logit, default=None)


def cues(text: str) -> "NDArray[np.float32]":
    """Which of `CUES` a window holds."""
    import numpy as np

    return np.array([pattern.search(text) is not None for pattern in CUES], dtype=np.float32)


def _density(sums: "Sequence[NDArray[np.float64]]", start: int, end: int) -> float | None:
    """What the n-grams of a window weigh; None for a window shorter than any."""
    total, count = 0.0, 0
    for size, running in zip(SIZES, sums, strict=True):
        stop = end - size + 1
        if stop > start:
            total += float(running[stop] - running[start])
            count += stop - start
    return _SCALE * total / count**0.5 if count else None


def windows(text: str) -> list[Span]:
    """Runs of one or two sentences, none longer than is judged at once."""
    spans = [part for span in sentences(text) for part in _cut(span)]
    found = []
    for size in _WINDOWS:
        for at in range(len(spans) - size + 1):
            start, end = spans[at][0], spans[at + size - 1][1]
            if end - start <= _LONGEST:
                found.append((start, end))
    return found


def _cut(span: Span) -> list[Span]:
    start, end = span
    return [(at, min(at + _LONGEST, end)) for at in range(start, end, _LONGEST)]


def hashes(text: str, size: int) -> "NDArray[np.int64]":
    """The bucket of the n-gram at each position; case and kind of white space do not count."""
    import numpy as np

    plain = _SPACES.sub(" ", text).lower()
    plain = plain if len(plain) == len(text) else _SPACES.sub(" ", text)
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = codes.astype(np.uint64)
    if len(codes) < size:
        return np.zeros(0, dtype=np.int64)
    mixed = np.full(len(codes) - size + 1, np.uint64(size * 1_000_003), dtype=np.uint64)
    for at in range(size):
        part = codes[at : len(codes) - size + 1 + at]
        mixed = (mixed ^ part) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed % np.uint64(BUCKETS)).astype(np.int64)


def hidden_text(text: str) -> Span | None:
    """Where invisible characters stand that could carry orders."""
    found = _HIDDEN.search(text)
    return found.span() if found else None


@cache
def detector(part: str) -> Detector:
    """The packaged weights for `passage` or `query`, read once."""
    import numpy as np

    data = files("groundwatch.scoring").joinpath("models/injection.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as found:
        bias, threshold = (float(each) for each in found[f"{part}_constants"])
        return Detector(
            found[part].astype(np.float32),
            found[f"{part}_cues"].astype(np.float32),
            bias,
            threshold,
        )

"""Secrets in a text: keys, tokens and passwords, by their known forms."""

import math
import re
from collections import Counter
from collections.abc import Iterator

_FORMS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("private_key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
        ("aws_key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("github_token", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{22,}\b"),
        ("slack_token", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
        ("api_key", r"\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[A-Za-z0-9_-]{20,}"),
        ("google_key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
        ("gitlab_token", r"\bglpat-[\w-]{20,}"),
        ("jwt", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
        ("connection", r"\b[a-z][a-z+]{2,}://[^\s:/@]+:[^\s@/]{3,}@[\w.-]+"),
    )
)
_ASSIGNED = re.compile(
    r"(?i)\b(?:password|passwd|pwd|secret|api[_ -]?key|access[_ -]?token|auth[_ -]?token|"
    r"client[_ -]?secret)\b\s*(?:is\s*|=\s*|:\s*)[\"'`]?([^\s\"'`,;]{8,})"
)
_LEAST_ENTROPY = 2.8
_PLACEHOLDER = re.compile(r"(?i)example|your|xxx|\*\*\*|placeholder|changeme|<|\{|\.\.\.|redacted")


def secrets(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind and offsets of each secret."""
    for name, pattern in _FORMS:
        for match in pattern.finditer(text):
            if not _PLACEHOLDER.search(match.group()):
                yield name, match.start(), match.end()
    for match in _ASSIGNED.finditer(text):
        given = match[1]
        if not _PLACEHOLDER.search(given) and _random(given):
            yield "password", match.start(1), match.end(1)


def _random(given: str) -> bool:
    """Tell whether it looks chosen by chance: digits and letters mixed, or many different ones."""
    counts = Counter(given)
    entropy = -sum(n / len(given) * math.log2(n / len(given)) for n in counts.values())
    mixed = any(c.isdigit() for c in given) and any(c.isalpha() for c in given)
    return mixed and entropy >= _LEAST_ENTROPY

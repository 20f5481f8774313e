"""Measures how often the rules of compliance are right about personal data, and writes that.

    python -m tools.fit_compliance --data ../shared/data

`pii_ids` and `pii_presidio` (see the notice there), the kinds that have a form of their own, with
look-alikes among them. Nothing is fitted.
"""

import argparse
import json
from pathlib import Path

from groundwatch.scoring.compliance import MODEL
from groundwatch.scoring.personal import personal
from tools import fitting

KINDS = {"EMAIL", "CREDIT_CARD", "IBAN", "US_SSN", "PHONE", "IP"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    values, right = [], []
    counts = {(said, true): 0 for said in (False, True) for true in (False, True)}
    for name in ("pii_ids", "pii_presidio"):
        for line in (data / "pii" / f"{name}.jsonl").read_text().splitlines():
            one = json.loads(line)
            labels = {span["label"] for span in one["spans"]}
            if labels and not labels & KINDS:
                continue  # other kinds, which the privacy engine is for
            said, true = bool(list(personal(one["text"]))), bool(labels & KINDS)
            counts[said, true] += 1
            values.append(0.0 if said else 1.0)
            right.append(said == true)
    hit, missed, false = counts[True, True], counts[False, True], counts[True, False]
    print(
        f"recall {hit / (hit + missed):.3f}, precision {hit / (hit + false):.3f} (n={len(values)})"
    )
    fitting.ship(MODEL, {"reliability": fitting.two_sided(values, right, 0.5)})


if __name__ == "__main__":
    main()

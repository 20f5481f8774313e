"""The labelled files of `quality/`: rows with a human label."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One answer; `label` 1 is bad (unfaithful, injected), 0 good."""

    query: str
    contexts: tuple[str, ...]
    response: str
    label: int
    task: str = ""

    @property
    def group(self) -> str:
        """Rows over the same text belong together."""
        return "\n".join(self.contexts)[:400]


def rows(name: str, data: Path) -> list[Row]:
    """Rows of a file with label 0 or 1; generic answers (2) are left out."""
    found = []
    for line in (data / "quality" / f"{name}.jsonl").read_text().splitlines():
        one = json.loads(line)
        if one["label"] in {0, 1}:
            contexts = tuple(one["contexts"])
            found.append(Row(one["query"], contexts, one["response"], one["label"], one["task"]))
    return found


def model_sentences(data: Path, *, held_out: bool) -> list[str]:
    """Sentences of models' answers about anything; one answer in five is held out."""
    from tools.made_answers.passages import whole_sentences

    found = []
    for name in ("halueval_general", "incomplete_ans"):
        lines = (data / "quality" / f"{name}.jsonl").read_text().splitlines()
        for at, line in enumerate(lines):
            if (at % 5 == 0) is held_out:
                found += whole_sentences(json.loads(line)["response"])
    return found

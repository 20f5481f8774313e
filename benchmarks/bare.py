"""The embedding alone, for `index` to compare with: texts on standard input, two threads."""

import json
import sys
from pathlib import Path

from benchmarks.two_threads import timed
from groundwatch.models.embedder import Urgency
from groundwatch.models.minilm import MiniLM
from groundwatch.models.minilm_build import prepare
from groundwatch.models.settings import MiniLMSettings

_AT_ONCE = 8


def main(models: Path) -> None:
    """Embed a JSON list of texts; print seconds and processor seconds."""
    model = MiniLM(prepare(MiniLMSettings(), models))
    texts: list[str] = json.load(sys.stdin)
    print(json.dumps(timed(lambda batch: model.embed(batch, Urgency.BULK), texts, _AT_ONCE)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

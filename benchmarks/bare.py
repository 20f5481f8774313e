"""The embedding alone, for `index` to compare with: texts on standard input, two threads."""

import json
import queue
import sys
import threading
import time
from pathlib import Path

from groundwatch.models.embedder import Urgency
from groundwatch.models.minilm import MiniLM
from groundwatch.models.minilm_build import prepare
from groundwatch.models.settings import MiniLMSettings

THREADS = 2
_AT_ONCE = 8


def main(models: Path) -> None:
    """Embed a JSON list of texts; print seconds and processor seconds."""
    texts: list[str] = json.load(sys.stdin)
    model = MiniLM(prepare(MiniLMSettings(), models))
    model.embed(texts[:_AT_ONCE], Urgency.BULK)
    texts.sort(key=len, reverse=True)
    pieces: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    for first in range(0, len(texts), _AT_ONCE):
        pieces.put(texts[first : first + _AT_ONCE])

    def work() -> None:
        while not pieces.empty():
            try:
                piece = pieces.get_nowait()
            except queue.Empty:
                return
            model.embed(piece, Urgency.BULK)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    began, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Work shared out between two threads, as the benchmarks of embedding do it."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

THREADS = 2


def timed(
    work: Callable[[list[str]], object], texts: Sequence[str], at_once: int
) -> dict[str, float]:
    """Give the texts away in batches, longest first; seconds and processor seconds.

    Args:
        work: what a thread does with a batch; it is called once before the clock starts.
        at_once: texts in a batch.
    """
    longest = sorted(texts, key=len, reverse=True)
    batches = deque(longest[first : first + at_once] for first in range(0, len(longest), at_once))

    def take() -> None:
        while batches:
            try:
                batch = batches.popleft()
            except IndexError:  # the other thread took the last
                return
            work(batch)

    work(longest[:at_once])
    threads = [threading.Thread(target=take) for _ in range(THREADS)]
    began, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}

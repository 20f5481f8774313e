"""What a peer reports; standard library only, since it runs in the peer's environment."""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence


def report(
    documents: Sequence[tuple[str, str]],
    queries: Sequence[tuple[str, str]],
    index: Callable[[Sequence[tuple[str, str]]], Callable[[str], list[str]]],
) -> None:
    """Index, ask every query once after a warm-up, and print one JSON line."""
    began, cpu = time.perf_counter(), time.process_time()
    search = index(documents)
    seconds = time.perf_counter() - began
    index_cpu = time.process_time() - cpu
    search("warm up")
    latencies, ranked = [], {}
    for query_id, text in queries:
        began = time.perf_counter()
        ranked[query_id] = search(text)
        latencies.append(time.perf_counter() - began)
    print(
        json.dumps(
            {
                "documents": len(documents),
                "index_seconds": seconds,
                "index_cpu_seconds": index_cpu,
                "latencies": latencies,
                "ranked": ranked,
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def read_input() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Documents and queries as JSON on standard input: [[id, text], ...] each."""
    given = json.load(sys.stdin)
    return given["documents"], given["queries"]

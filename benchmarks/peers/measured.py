"""What a peer reports; standard library only, since it runs in the peer's environment."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence

Documents = Sequence[tuple[str, str]]
Search = Callable[[str], list[str]]
Index = Callable[[Documents], Search]


def report(load: Callable[[], Index]) -> None:
    """Index, ask every query `rounds` times, and print one JSON line.

    Documents and queries come as JSON on standard input, `[id, text]` each. Imports and the
    model's loading are not counted: one document and one query warm everything up.
    """
    given = json.load(sys.stdin)
    load()([("warm", "warm up")])("warm up")
    index = load()
    began, cpu = time.perf_counter(), time.process_time()
    search = index(given["documents"])
    seconds, index_cpu = time.perf_counter() - began, time.process_time() - cpu
    search("warm up")
    latencies, ranked = [], {}
    cpu = time.process_time()
    for _ in range(given["rounds"]):
        for query_id, text in given["queries"]:
            began = time.perf_counter()
            ranked[query_id] = search(text)
            latencies.append(time.perf_counter() - began)
    print(
        json.dumps(
            {
                "index_seconds": seconds,
                "index_cpu_seconds": index_cpu,
                "latencies": latencies,
                "search_cpu_seconds": time.process_time() - cpu,
                "ranked": ranked,
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def forbid_traffic() -> None:
    """Neither telemetry nor a look for newer models."""
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"

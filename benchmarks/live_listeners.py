"""The listeners of `benchmarks.live`: `live_listeners.py URL COUNT SECONDS`, the key on stdin."""

import asyncio
import json
import sys
from datetime import UTC, datetime

from websockets.asyncio.client import connect


async def main() -> None:
    url, count, seconds = sys.argv[1].replace("http", "ws", 1), int(sys.argv[2]), float(sys.argv[3])
    headers = {"Authorization": f"Bearer {sys.stdin.read().strip()}"}
    late: list[float] = []

    async def listen() -> None:
        async with connect(f"{url}/v1/live", additional_headers=headers) as listener:
            while True:
                data = json.loads(await listener.recv())["data"]
                now = datetime.now(UTC)  # noqa: TID251
                late.append((now - datetime.fromisoformat(data["timestamp"])).total_seconds())

    tasks = [asyncio.create_task(listen()) for _ in range(count)]
    _, pending = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    assert len(pending) == count, "a listener was let go"
    for task in pending:
        task.cancel()
    print(json.dumps(late))


asyncio.run(main())

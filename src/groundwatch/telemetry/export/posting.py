"""One OTLP request to a backend."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backend:
    """Where to send.

    Attributes:
        url: base address; `/v1/traces`, `/v1/logs` and `/v1/metrics` are added.
        headers: sent with each request; never logged.
        timeout: seconds a request may take.
    """

    url: str
    headers: Mapping[str, str]
    timeout: float = 10.0


def post(backend: Backend, path: str, body: bytes) -> int:
    """Send a body as protobuf; the status of the answer, 0 when there was none."""
    request = urllib.request.Request(  # noqa: S310  http or https, checked with the settings
        backend.url.rstrip("/") + path,
        data=body,
        headers={**backend.headers, "Content-Type": "application/x-protobuf"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=backend.timeout) as reply:  # noqa: S310
            return int(reply.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0

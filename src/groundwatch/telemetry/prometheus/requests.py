"""Requests of the server, counted by an ASGI middleware around the whole application."""

import time
from collections import Counter as Tally

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OTHER = "other"
SECONDS = tuple(0.01 * 2**power for power in range(14))
"""0.01 to 81.92, as OpenTelemetry's conventions for generative AI have them."""
_PROBES = frozenset({"/metrics", "/healthz", "/readyz"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_SIGNALS = {
    "/v1/traces": "traces",
    "/otlp/v1/traces": "traces",
    "/v1/logs": "logs",
    "/otlp/v1/logs": "logs",
    "/v1/metrics": "metrics",
    "/otlp/v1/metrics": "metrics",
    "/v1/interactions": "interactions",
    "/v1/events": "events",
    "/v1/feedback": "feedback",
}


class RequestMetrics:
    """What is counted of requests; every label is one of a few."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "rag_requests_total",
            "Requests answered.",
            ("method", "endpoint", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "rag_request_duration_seconds",
            "Seconds until the last byte of an answer.",
            ("method", "endpoint"),
            buckets=SECONDS,
            registry=registry,
        )
        self.active = Gauge(
            "rag_active_connections",
            "Requests and websockets that are open.",
            ("service",),
            registry=registry,
        )
        self._failed: Tally[tuple[str, str]] = Tally()
        self.ingest = Counter(
            "groundwatch_ingest_requests_total",
            "Requests that brought telemetry.",
            ("signal", "code"),
            registry=registry,
        )
        self.ack = Histogram(
            "groundwatch_ingest_ack_seconds",
            "Seconds until telemetry was committed and acknowledged.",
            buckets=SECONDS,
            registry=registry,
        )

    def failed(self) -> dict[tuple[str, ...], float]:
        """How many requests failed in the server, by kind and service."""
        return {key: float(count) for key, count in self._failed.items()}

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answered request."""
        method = scope["method"] if scope["method"] in _METHODS else OTHER
        endpoint = endpoint_of(scope)
        self.requests.labels(method, endpoint, str(status)).inc()
        self.seconds.labels(method, endpoint).observe(seconds)
        if status >= 500:
            self._failed[f"http_{status}", service_of(scope)] += 1  # in the event loop only
        signal = _SIGNALS.get(endpoint) if method == "POST" else None
        if signal:
            self.ingest.labels(signal, str(status)).inc()
            self.ack.observe(seconds)


class MeasuredRequests:
    """Wraps an application; counts whatever goes through it, and changes none of it."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        active = self._metrics.active.labels(service_of(scope))
        active.inc()
        started = time.perf_counter()
        try:
            await self._app(scope, receive, noted)
        finally:
            active.dec()
            if scope["type"] == "http":  # 499: the caller left before there was a status
                self._metrics.answered(scope, status or 499, time.perf_counter() - started)


def endpoint_of(scope: Scope) -> str:
    """The template of the route that answered; whatever is none collapses into one."""
    path = scope["path"]
    if path == "/mcp":
        return "/mcp"
    if path.startswith("/_nicegui"):
        return "/_nicegui"
    template = getattr(scope.get("route"), "path", None)
    return template if isinstance(template, str) and template else OTHER


def service_of(scope: Scope) -> str:
    """The part of the server that answers: `api`, `mcp`, `telemetry`, `probes` or `pages`."""
    path = scope["path"]
    if path in _PROBES:
        return "probes"
    if path in _SIGNALS:
        return "telemetry"
    if path == "/mcp":
        return "mcp"
    return "api" if path.startswith("/v1/") else "pages"

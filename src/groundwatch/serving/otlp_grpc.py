"""OTLP over gRPC, for senders that know no other way; off unless a port is set.

Messages are handed on as bytes: only the watch process reads them.
"""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from groundwatch.domain.access import Authenticate
from groundwatch.errors import (
    GroundwatchError,
    NotAuthenticated,
    NotPermitted,
    Unavailable,
    Unusable,
)
from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.delivery import Delivery, Reply
from groundwatch.telemetry.otlp.edge import OtlpEdge
from groundwatch.telemetry.otlp.sender import Sender
from groundwatch.telemetry.otlp.status import message_of, refusal, retry_details

if TYPE_CHECKING:
    import grpc  # type: ignore[import-untyped]

PERMISSION = "telemetry:write"
_THREADS = 8
_MOST_CALLS = 64
_PACKAGE = "opentelemetry.proto.collector"
_SERVICES = {
    Signal.TRACES: f"{_PACKAGE}.trace.v1.TraceService",
    Signal.LOGS: f"{_PACKAGE}.logs.v1.LogsService",
    Signal.METRICS: f"{_PACKAGE}.metrics.v1.MetricsService",
}
_CODES = {
    400: "INVALID_ARGUMENT",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    429: "UNAVAILABLE",  # as OTLP says of overload
    503: "UNAVAILABLE",
}


@contextmanager
def grpc_listening(
    edge: OtlpEdge, authenticate: Authenticate, host: str, port: int
) -> Generator[int]:
    """Take OTLP over gRPC until the block ends; yields the port.

    Args:
        edge: keeps what comes.
        authenticate: takes an API key, sent as metadata `authorization: Bearer KEY`.
        host: to listen on.
        port: 0 takes a free one.

    Raises:
        Unusable: gRPC is not installed.
        Unavailable: the port is taken.
    """
    try:
        import grpc
    except ImportError as error:
        raise Unusable(
            "otlp.grpc_port is set, and gRPC is not installed: pip install groundwatch[otlp-grpc]"
        ) from error
    options = [
        ("grpc.max_receive_message_length", edge.most_bytes),
        ("grpc.so_reuseport", 0),
    ]
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="otlp-grpc")
    server = grpc.server(pool, options=options, maximum_concurrent_rpcs=_MOST_CALLS)
    for signal, service in _SERVICES.items():
        call = grpc.unary_unary_rpc_method_handler(_export(signal, edge, authenticate))
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, {"Export": call}),)
        )
    try:
        bound = server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    except RuntimeError as error:
        raise Unavailable(
            f"{host}:{port} cannot be used for gRPC; choose another otlp.grpc_port"
        ) from error
    server.start()
    try:
        yield bound
    finally:
        server.stop(5).wait()
        pool.shutdown()


def _export(
    signal: Signal, edge: OtlpEdge, authenticate: Authenticate
) -> Callable[[bytes, "grpc.ServicerContext"], bytes]:
    def export(data: bytes, context: "grpc.ServicerContext") -> bytes:
        metadata = {key: value for key, value in context.invocation_metadata()}  # noqa: C416
        user = ""
        try:
            user = _authorized(str(metadata.get("authorization", "")), authenticate)
        except NotAuthenticated:
            _abort(context, "UNAUTHENTICATED", "Send a valid API key: authorization: Bearer gw_...")
        except NotPermitted as error:
            _abort(context, "PERMISSION_DENIED", str(error))
        sender = Sender(str(metadata.get("x-project-name", "")), user=user)
        reply = _delivered(edge, Delivery(signal, Encoding.PROTOBUF, "", sender, data))
        if reply.status == 200:
            return reply.body
        if reply.retry_after:
            details = retry_details(reply)
            context.set_trailing_metadata((("grpc-status-details-bin", details),))
        return _abort(context, _CODES[reply.status], message_of(reply))

    return export


def _authorized(header: str, authenticate: Authenticate) -> str:
    scheme, _, credential = header.partition(" ")
    if scheme.lower() != "bearer" or not credential:
        raise NotAuthenticated("no key was sent")
    identity = authenticate(credential.strip())
    if identity.via != "key":
        raise NotAuthenticated("a session is no key")
    if not identity.may(PERMISSION):
        raise NotPermitted(f"This needs the permission {PERMISSION}.")
    return identity.user


def _delivered(edge: OtlpEdge, delivery: Delivery) -> Reply:
    try:
        with edge.admission.admit(len(delivery.data)):
            return edge.deliver(delivery)
    except GroundwatchError as error:
        return refusal(delivery.encoding, error)


def _abort(context: "grpc.ServicerContext", code: str, message: str) -> bytes:
    import grpc

    context.abort(getattr(grpc.StatusCode, code), message)
    raise AssertionError("abort raises")

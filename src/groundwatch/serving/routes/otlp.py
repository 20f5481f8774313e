"""`/v1/traces`, `/v1/logs`, `/v1/metrics`: OpenTelemetry's own way in (OTLP over HTTP)."""

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response

from groundwatch.domain.access import Identity
from groundwatch.errors import GroundwatchError, Unavailable
from groundwatch.serving.routes.dependencies import MaySendTelemetry, TheServices
from groundwatch.serving.services import Services
from groundwatch.telemetry.otlp.body import (
    Encoding,
    Signal,
    TooLarge,
    compression_of,
    encoding_of,
)
from groundwatch.telemetry.otlp.delivery import Delivery, Reply
from groundwatch.telemetry.otlp.sender import Sender
from groundwatch.telemetry.otlp.status import refusal

router = APIRouter(tags=["telemetry"])
_THREADS = CapacityLimiter(8)
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            each.value: {"schema": {"type": "string", "format": "binary"}} for each in Encoding
        },
    }
}


@router.post("/v1/traces", openapi_extra=_BODY)
@router.post("/otlp/v1/traces", openapi_extra=_BODY, include_in_schema=False)
async def traces(request: Request, identity: MaySendTelemetry, services: TheServices) -> Response:
    """Take spans; what is answered with 200 is durable, less what `partial_success` names."""
    return await _taken(Signal.TRACES, request, identity, services)


@router.post("/v1/logs", openapi_extra=_BODY)
@router.post("/otlp/v1/logs", openapi_extra=_BODY, include_in_schema=False)
async def logs(request: Request, identity: MaySendTelemetry, services: TheServices) -> Response:
    """Take log events that belong to traces: scores, and what was asked and answered."""
    return await _taken(Signal.LOGS, request, identity, services)


@router.post("/v1/metrics", openapi_extra=_BODY)
@router.post("/otlp/v1/metrics", openapi_extra=_BODY, include_in_schema=False)
async def metrics(request: Request, identity: MaySendTelemetry, services: TheServices) -> Response:
    """Take no metrics, and say how many points were left out: numbers come from spans."""
    return await _taken(Signal.METRICS, request, identity, services)


async def _taken(
    signal: Signal, request: Request, identity: Identity, services: Services
) -> Response:
    encoding = Encoding.JSON
    try:
        encoding = encoding_of(request.headers.get("content-type", ""))
        compression = compression_of(request.headers.get("content-encoding", ""))
        if services.otlp is None:
            raise Unavailable("this server does not take telemetry")
        most = services.otlp.most_bytes
        with services.otlp.admission.admit(_announced(request, most)):
            data = await _body(request, most)
            delivery = Delivery(signal, encoding, compression, _sender(request, identity), data)
            deliver = services.otlp.deliver
            reply = await to_thread.run_sync(deliver, delivery, limiter=_THREADS)
    except GroundwatchError as error:
        reply = refusal(encoding, error)
    return _response(reply)


def _announced(request: Request, most: int) -> int:
    """How large the body is; as large as may be where it does not say."""
    announced = request.headers.get("content-length", "")
    if not announced.isdecimal():
        return most
    if int(announced) > most:
        raise _too_large(most)
    return int(announced)


async def _body(request: Request, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"The body is larger than {most >> 20} MiB; send smaller batches.")


def _sender(request: Request, identity: Identity) -> Sender:
    experiment = request.headers.get("x-mlflow-experiment-id", "")
    return Sender(
        request.headers.get("x-project-name", ""),
        f"experiment-{experiment}" if experiment else "",
        identity.user,
    )


def _response(reply: Reply) -> Response:
    headers = {"Retry-After": str(reply.retry_after)} if reply.retry_after else {}
    return Response(
        reply.body, status_code=reply.status, media_type=reply.encoding.value, headers=headers
    )

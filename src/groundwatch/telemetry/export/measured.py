"""Numbers of our own answers as OTLP metrics, made of cells."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from groundwatch.domain.clock import Clock
from groundwatch.telemetry.export.attributes import key_values
from groundwatch.telemetry.export.instruments import Instrument
from groundwatch.telemetry.export.posting import Backend, post
from groundwatch.telemetry.intake import OWN
from groundwatch.telemetry.prometheus.growing import Growing, Totals, spread_of

PATH = "/v1/metrics"
_CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
_SCOPE = InstrumentationScope(name="groundwatch")
_Key = tuple[str, tuple[tuple[str, str], ...]]


class Measured:
    """Sends what our answers came to since the start; each time all of it, so nothing is repeated.

    What could not be sent is in what is sent next. A number never shrinks, though a cell may.

    Args:
        growing: totals since the start.
        instruments: what is sent.
        backend: where to.
        clock: tells the time.
    """

    def __init__(
        self,
        growing: Growing,
        instruments: Sequence[Instrument],
        backend: Backend,
        clock: Clock,
    ) -> None:
        self._growing = growing
        self._instruments = instruments
        self._backend = backend
        self._clock = clock
        self._sent: dict[_Key, list[float]] = {}
        self._log = structlog.get_logger("export")

    def send(self) -> bool:
        """Send once; False when there was nothing to say, or it was not taken."""
        body = self.body()
        if body is None:
            return False
        status = post(self._backend, PATH, body)
        if not 200 <= status < 300:
            self._log.warning("metrics were not taken", status=status)
        return 200 <= status < 300

    def body(self) -> bytes | None:
        """The request; None without a number."""
        now = self._clock()
        found: dict[str, Metric] = {}
        for instrument in self._instruments:
            self._fill(found, instrument, _nanoseconds(now))
        if not found:
            return None
        resource = Resource(attributes=key_values({"service.name": OWN}))
        scope = ScopeMetrics(scope=_SCOPE, metrics=list(found.values()))
        request = ExportMetricsServiceRequest(
            resource_metrics=[ResourceMetrics(resource=resource, scope_metrics=[scope])]
        )
        return bytes(request.SerializeToString())

    def _fill(self, found: dict[str, Metric], instrument: Instrument, now: int) -> None:
        for attributes, totals in self._series(instrument).items():
            metric = found.setdefault(instrument.name, _empty(instrument))
            if instrument.shape == "sum":
                metric.sum.data_points.append(self._number(instrument, attributes, totals, now))
            else:
                point = self._histogram(instrument, attributes, totals, now)
                metric.histogram.data_points.append(point)

    def _series(self, instrument: Instrument) -> Mapping[tuple[tuple[str, str], ...], Totals]:
        """Totals by attributes; values that are called the same are one series."""
        rows: dict[tuple[tuple[str, str], ...], Totals] = {}
        read = self._growing.read(instrument.metric.name, OWN, instrument.dimension)
        for value, totals in read.items():
            attributes = instrument.attributes(value)
            if attributes is not None and totals.weight > 0:
                rows.setdefault(tuple(attributes.items()), Totals()).add(totals)
        return rows

    def _number(
        self,
        instrument: Instrument,
        attributes: tuple[tuple[str, str], ...],
        totals: Totals,
        now: int,
    ) -> NumberDataPoint:
        (value,) = self._grown((instrument.name, attributes), [totals.total])
        return NumberDataPoint(
            attributes=key_values(dict(attributes)),
            start_time_unix_nano=_nanoseconds(self._growing.began),
            time_unix_nano=now,
            as_int=round(value),
        )

    def _histogram(
        self,
        instrument: Instrument,
        attributes: tuple[tuple[str, str], ...],
        totals: Totals,
        now: int,
    ) -> HistogramDataPoint:
        below = totals.below(instrument.boundaries, spread_of(instrument.metric.name))
        shown = self._grown((instrument.name, attributes), [*below, totals.weight, totals.total])
        upto = [round(each) for each in shown[:-1]]
        counts = [after - before for before, after in zip([0, *upto], upto, strict=False)]
        return HistogramDataPoint(
            attributes=key_values(dict(attributes)),
            start_time_unix_nano=_nanoseconds(self._growing.began),
            time_unix_nano=now,
            count=upto[-1],
            sum=shown[-1],
            bucket_counts=counts,
            explicit_bounds=instrument.boundaries,
        )

    def _grown(self, key: _Key, now: list[float]) -> list[float]:
        before = self._sent.get(key, [0.0] * len(now))
        self._sent[key] = [max(pair) for pair in zip(before, now, strict=True)]
        return self._sent[key]


def _empty(instrument: Instrument) -> Metric:
    metric = Metric(
        name=instrument.name, unit=instrument.unit, description=instrument.metric.description
    )
    if instrument.shape == "sum":
        metric.sum.CopyFrom(Sum(aggregation_temporality=_CUMULATIVE, is_monotonic=True))
    else:
        metric.histogram.CopyFrom(Histogram(aggregation_temporality=_CUMULATIVE))
    return metric


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1e6) * 1000

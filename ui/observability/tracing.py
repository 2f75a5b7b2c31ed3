"""Traces: OpenTelemetry's SDK, with our own provider, sent to one collector. No variable of the environment counts.

The provider is never made the process's own: what libraries instrument themselves with finds none, and stays silent.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import requests
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Status, Tracer

from ui.observability.words import ATTRIBUTES, SCOPE, SPANS

PATH = "/v1/traces"

# A collector that is away keeps so many spans waiting, and loses the rest.
QUEUE = 4_096
EVERY_MS = 2_000
PATIENCE_S = 5.0

LIMITS = SpanLimits(
    max_span_attributes=16,
    max_events=0,
    max_links=1,
    max_event_attributes=0,
    max_link_attributes=0,
    max_attribute_length=200,
    max_span_attribute_length=200,
)


class ClosedExporter(SpanExporter):
    """Lets through spans of ours by their names alone, with the attributes of the closed list and nothing besides."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Those that are ours."""
        ours = [_closed(span) for span in spans if _is_ours(span)]
        return self._inner.export(ours) if ours else SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """End."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Whether all that there was has gone."""
        return self._inner.force_flush(timeout_millis)


def _is_ours(span: ReadableSpan) -> bool:
    return span.instrumentation_scope is not None and span.instrumentation_scope.name == SCOPE and span.name in SPANS


def _closed(span: ReadableSpan) -> ReadableSpan:
    """Without events, in which messages of errors would stand, nor the words of its status."""
    kept = {name: value for name, value in (span.attributes or {}).items() if name in ATTRIBUTES}
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=kept,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def provider(service: str, version: str, exporter: SpanExporter) -> TracerProvider:
    """What makes spans; end it by `shutdown`, which sends what is left."""
    made = TracerProvider(
        sampler=ALWAYS_ON,
        resource=Resource({"service.name": service, "service.version": version}),
        shutdown_on_exit=False,
        span_limits=LIMITS,
    )
    made.add_span_processor(
        BatchSpanProcessor(
            ClosedExporter(exporter),
            max_queue_size=QUEUE,
            schedule_delay_millis=EVERY_MS,
            max_export_batch_size=512,
            export_timeout_millis=PATIENCE_S * 1000,
        )
    )
    return made


def exporter(collector: str, ca: str = "") -> SpanExporter:
    """Sends to the collector of that address, past every proxy that the environment names."""
    session = requests.Session()
    session.trust_env = False
    return OTLPSpanExporter(
        endpoint=f"{collector.removesuffix(PATH)}{PATH}",
        certificate_file=ca or ssl.get_default_verify_paths().cafile,
        headers={},
        timeout=PATIENCE_S,
        compression=Compression.Gzip,
        session=session,
    )


@asynccontextmanager
async def open_tracer(service: str, version: str, collector: str, ca: str = "") -> AsyncIterator[Tracer | None]:
    """What makes spans that go to the collector; None where no address is given, and then nothing is done at all."""
    if not collector:
        yield None
        return
    made = provider(service, version, exporter(collector, ca))
    try:
        yield made.get_tracer(SCOPE)
    finally:
        await asyncio.to_thread(made.shutdown)

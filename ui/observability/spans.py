"""Spans as the edge makes them: begun, noted on, ended; children of the one that is current."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, SpanContext, SpanKind, TraceFlags, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

Value = str | bool | int | float

NO_SPAN: Span = trace.INVALID_SPAN

TRACEPARENT = "traceparent"

_W3C = TraceContextTextMapPropagator()


def started(tracer: Tracer | None, name: str, kind: SpanKind = SpanKind.INTERNAL, parent: str = "") -> Span:
    """A span below the current one, or below a `parent` elsewhere (W3C's traceparent)."""
    if tracer is None:
        return NO_SPAN
    context = _W3C.extract({TRACEPARENT: parent}) if parent else None
    return tracer.start_span(name, context, kind, record_exception=False, set_status_on_exception=False)


def past(
    tracer: Tracer | None, above: Span, name: str, began_ns: int, seconds: float, noted: Mapping[str, Value]
) -> None:
    """A span of what is over, below another."""
    if tracer is not None:
        span = tracer.start_span(
            name, trace.set_span_in_context(above), attributes=dict(noted), start_time=began_ns, record_exception=False
        )
        span.end(began_ns + round(seconds * 1e9))


@contextmanager
def current(span: Span) -> Iterator[None]:
    """What is begun in the block stands below it."""
    if span is NO_SPAN:
        yield
        return
    with trace.use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False):
        yield


def failed(span: Span, error: BaseException) -> None:
    """Note that it came to nothing, by the kind of error: its words may be somebody's."""
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(trace.StatusCode.ERROR)


def headers() -> dict[str, str]:
    """What tells another server of ours which span it works for; empty where there is none."""
    context = trace.get_current_span().get_span_context()
    return {TRACEPARENT: _written(context)} if context.is_valid else {}


def trace_id() -> str:
    """Of the current span; empty where there is none."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def _written(context: SpanContext) -> str:
    sampled = int(context.trace_flags & TraceFlags.SAMPLED)
    return f"00-{trace.format_trace_id(context.trace_id)}-{trace.format_span_id(context.span_id)}-{sampled:02x}"


def epoch_ns() -> int:
    """Now, as spans count time."""
    return time.time_ns()

"""What a process watches of itself: one object, handed down to whatever works, that feeds metrics and traces."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType

from opentelemetry.trace import Span, SpanKind, Tracer, get_current_span

from retrieval.watch import UNWATCHED, Step, Watch
from ui.observability.metrics import Metrics
from ui.observability.spans import NO_SPAN, current, failed, started
from ui.observability.words import STEP


class Watching:
    """Without metrics and without a tracer it does nothing."""

    def __init__(self, metrics: Metrics | None = None, tracer: Tracer | None = None) -> None:
        self.metrics = metrics
        self.tracer = tracer

    @property
    def on(self) -> bool:
        """Whether anybody is told."""
        return self.metrics is not None or self.tracer is not None

    @property
    def steps(self) -> Watch:
        """What is told of steps: this, or nobody."""
        return self if self.on else UNWATCHED

    def step(self, step: Step) -> AbstractContextManager[None]:
        """The step is what happens in the block. Its span is current for nobody: a block may end in another task."""
        return _Step(self, step) if self.on else nullcontext()

    def deferred(self, job: int) -> None:
        """A job is left to a worker: whoever looks finds its trace by the job's number."""
        if self.tracer is not None:
            get_current_span().set_attribute("assistant.job.id", job)

    def span(self, name: str, kind: SpanKind = SpanKind.INTERNAL, parent: str = "") -> Span:
        """A span that whoever asked for it ends."""
        return started(self.tracer, name, kind, parent)

    @contextmanager
    def within(self, name: str) -> Iterator[Span]:
        """A span that is current in the block, and ends with it."""
        span = self.span(name)
        if span is NO_SPAN:
            yield span
            return
        try:
            with current(span):
                yield span
        except BaseException as error:
            failed(span, error)
            raise
        finally:
            span.end()


class _Step:
    __slots__ = ("_began", "_span", "_step", "_watching")

    def __init__(self, watching: Watching, step: Step) -> None:
        self._watching = watching
        self._step = step

    def __enter__(self) -> None:
        self._span = self._watching.span(f"{STEP}{self._step.value}")
        self._began = time.perf_counter()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._watching.metrics is not None:
            self._watching.metrics.steps.labels(self._step.value).observe(time.perf_counter() - self._began)
        if error is not None:
            failed(self._span, error)
        self._span.end()


NOT_WATCHING = Watching()

"""A collector and a model's server, on this machine: what they were sent is kept."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

FAILS = "panne-voulue"


@dataclass
class Collector:
    """What came by OTLP over HTTP; `raw` is every byte of it, unpacked."""

    address: str = ""
    spans: list[Span] = field(default_factory=list)
    raw: bytes = b""
    more: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes) -> None:
        """Keep a request."""
        told = ExportTraceServiceRequest.FromString(body)
        with self.more:
            self.raw += body
            self.spans += [span for one in told.resource_spans for scope in one.scope_spans for span in scope.spans]
            self.more.notify_all()

    def until(self, name: str, count: int = 1) -> list[Span]:
        """Wait for so many spans of that name."""
        with self.more:
            found: list[Span] = []
            while len(found) < count:
                found = [span for span in self.spans if span.name == name]
                if len(found) < count:
                    assert self.more.wait(20), f"{name}: {len(found)} of {count}"
            return found

    def of_trace(self, trace: bytes) -> list[Span]:
        """All spans of one trace."""
        return [span for span in self.spans if span.trace_id == trace]


@dataclass
class Model:
    """An OpenAI-compatible server: it says one sentence, or fails and repeats what it was told."""

    address: str = ""
    says: str = ""
    headers: list[dict[str, str]] = field(default_factory=list)


def attributes(span: Span) -> dict[str, Any]:
    """What is noted on it."""
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in span.attributes}


@contextmanager
def collecting(*, keep: bool = True) -> Iterator[Collector]:
    """A collector that answers; one that does not `keep` what comes costs next to nothing."""
    collector = Collector()

    class Handler(_Quiet):
        def do_POST(self) -> None:
            body = self.body()
            if keep:
                collector.take(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.answer(200, b"", "application/x-protobuf")

    with _serving(Handler) as collector.address:
        yield collector


@contextmanager
def speaking(says: str) -> Iterator[Model]:
    """A model's server that answers."""
    model = Model(says=says)

    class Handler(_Quiet):
        def do_GET(self) -> None:
            self.answer(200, b'{"object": "list", "data": []}')

        def do_POST(self) -> None:
            body = self.body()
            model.headers.append({name.lower(): value for name, value in self.headers.items()})
            if FAILS.encode() in body:
                self.answer(500, b'{"error": {"message": "I was told ' + body.replace(b'"', b"'") + b'"}}')
                return
            events = [_event({"content": f"{word} "}) for word in model.says.split()] + [_event({}, "stop")]
            said = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
            self.answer(200, said.encode(), "text/event-stream")

    with _serving(Handler) as address:
        model.address = f"{address}/v1"
        yield model


def _event(delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "1", "object": "chat.completion.chunk", "model": "essai", "choices": [choice]}


class _Quiet(BaseHTTPRequestHandler):
    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

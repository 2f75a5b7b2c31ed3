"""The parts: what is counted of requests, whose trace is taken over, what a trace may hold, what a listener answers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import get_tracer_provider
from prometheus_client import CollectorRegistry

from retrieval.watch import Step
from ui.database import DatabaseSettings, Pool, open_pool
from ui.errors import PortTaken, SettingsInvalid
from ui.observability import state as states
from ui.observability.environment import require_own_export
from ui.observability.listener import listening_for_operators
from ui.observability.metrics import Metrics
from ui.observability.rapl import Rapl, readable
from ui.observability.requests import Requests, Routed
from ui.observability.spans import trace_id
from ui.observability.state import State
from ui.observability.tracing import ClosedExporter
from ui.observability.watching import NOT_WATCHING, Watching
from ui.observability.words import SCOPE, SPANS, STEP
from ui.server import port_bound
from ui.trusted_proxy import trusting

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Kept(SpanExporter):
    """Keeps spans as they come."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans += spans
        return SpanExportResult.SUCCESS


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def watching(kept: Kept) -> Watching:
    """Metrics, and spans that are kept once they have passed the closed list."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(ClosedExporter(kept)))
    return Watching(Metrics(CollectorRegistry()), provider.get_tracer(SCOPE))


@pytest.fixture
async def http(watching: Watching) -> AsyncIterator[httpx.AsyncClient]:
    """A client at 10.0.0.7 of an application whose proxies are 10.0.0.0/24."""
    pages = FastAPI()

    @pages.get("/passage/{link}")
    async def passage(link: str) -> str:
        return trace_id()

    @pages.get("/panne")
    async def breaks() -> None:
        raise RuntimeError("secret")

    application = Requests(Routed(pages), watching, trusting(["10.0.0.0/24"]))
    transport = httpx.ASGITransport(application, raise_app_exceptions=False, client=("10.0.0.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://essai") as http:
        yield http


def counted(watching: Watching, **labels: str) -> float | None:
    assert watching.metrics is not None
    return watching.metrics.registry.get_sample_value("assistant_http_requests_total", labels)


async def test_requests_are_counted_by_their_template_and_never_by_their_address(
    http: httpx.AsyncClient, watching: Watching, kept: Kept
) -> None:
    for link in ("un", "deux"):
        await http.get(f"/passage/{link}?q=secret")
    await http.get("/secret")
    await http.request("SECRET", "/passage/x")
    await http.get("/panne")
    assert counted(watching, method="GET", route="/passage/{link}", status="200") == 2
    assert counted(watching, method="GET", route="other", status="404") == 1
    assert counted(watching, method="other", route="/passage/{link}", status="405") == 1
    assert counted(watching, method="GET", route="/panne", status="500") == 1
    told = repr([(span.name, dict(span.attributes or {}), span.events, span.status) for span in kept.spans])
    assert "secret" not in told.lower()
    assert kept.spans[-1].attributes == {
        "http.request.method": "GET",
        "http.route": "/panne",
        "http.response.status_code": 500,
        "error.type": "RuntimeError",
    }


async def test_the_word_of_a_trusted_proxy_on_the_trace_counts_and_nobody_elses(watching: Watching) -> None:
    pages = FastAPI()

    @pages.get("/")
    async def home() -> str:
        return trace_id()

    application = Requests(Routed(pages), watching, trusting(["10.0.0.0/24", "::1"]))
    for client, trusted in (("10.0.0.7", True), ("::1", True), ("::ffff:10.0.0.7", True), ("10.0.1.7", False)):
        transport = httpx.ASGITransport(application, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://essai") as http:
            answer = (await http.get("/", headers={"traceparent": PARENT})).json()
            assert (answer == TRACE) is trusted, client
            assert len((await http.get("/", headers={"traceparent": "rubbish"})).json()) == 32
            twice = [("traceparent", PARENT), ("traceparent", PARENT)]
            assert (await http.get("/", headers=twice)).json() != TRACE


def test_a_span_that_is_not_ours_or_holds_more_than_the_list_does_not_get_through(kept: Kept) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(ClosedExporter(kept)))
    for scope, name in (("opentelemetry.instrumentation.langchain", "question"), (SCOPE, "autre")):
        provider.get_tracer(scope).start_span(name).end()
    span = provider.get_tracer(SCOPE).start_span(
        "question", attributes={"gen_ai.prompt": "secret", "assistant.act": "a"}
    )
    span.record_exception(RuntimeError("secret"))
    span.add_event("secret")
    span.end()
    (told,) = kept.spans
    assert (dict(told.attributes or {}), told.events) == ({"assistant.act": "a"}, ())


def test_every_step_has_its_span_and_nothing_makes_a_provider_for_libraries() -> None:
    assert {f"{STEP}{step.value}" for step in Step} <= SPANS
    assert type(get_tracer_provider()).__name__ == "ProxyTracerProvider"


def test_without_metrics_and_traces_nothing_is_made() -> None:
    with NOT_WATCHING.step(Step.SEARCH), NOT_WATCHING.within("job") as span:
        assert not span.is_recording()
    assert NOT_WATCHING.steps is not NOT_WATCHING


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "otel_traces_sampler", "PROMETHEUS_MULTIPROC_DIR"])
def test_no_variable_of_the_environment_opens_another_export(name: str) -> None:
    with pytest.raises(SettingsInvalid, match=name):
        require_own_export(["PATH", name])
    require_own_export(["PATH", "ASSISTANT_TRACES", "HOSTEL_X"])


async def _nothing() -> None:
    return


async def _ready() -> bool:
    return False


async def test_a_listener_of_its_own_answers_scrapes_and_probes_and_nothing_else() -> None:
    with port_bound("127.0.0.1", 0) as free:
        at = free.getsockname()
    registry = CollectorRegistry()
    Metrics(registry)
    async with listening_for_operators(at, registry, _nothing, _ready) as address:
        async with httpx.AsyncClient(base_url=address) as http:
            told = await http.get("/metrics")
            assert told.headers["content-type"].startswith("text/plain")
            assert 'assistant_answers_total{kind="question",outcome="answered"} 0.0' in told.text
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 503
            for path in ("/", "/metrics/", "/console"):
                assert (await http.get(path)).status_code == 404
            assert (await http.post("/metrics")).status_code == 404
        with pytest.raises(PortTaken, match="ASSISTANT_METRICS"):
            async with listening_for_operators(at, registry, _nothing, _ready):
                pass
    async with listening_for_operators(None, registry, _nothing, _ready) as address:
        assert address == ""


async def test_what_the_whole_is_at_is_asked_once_however_many_scrape_and_told_no_more_without_the_database(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, postgres: DatabaseSettings
) -> None:
    state, registry = State(pool), CollectorRegistry()
    registry.register(state)
    before = pool.get_stats().get("requests_num", 0)
    await asyncio.gather(*(state.look() for _ in range(20)))
    await state.look()
    assert pool.get_stats().get("requests_num", 0) - before == 1
    assert registry.get_sample_value("assistant_state_up") == 1
    assert registry.get_sample_value("assistant_documents", {"state": "failed"}) == 0
    assert registry.get_sample_value("assistant_ledger_records") == 0
    monkeypatch.setattr(states, "EVERY_S", 0)
    monkeypatch.setattr(states, "PATIENCE_S", 0.01)
    async with open_pool(postgres.url, 2) as small:
        state.pool = small
        async with small.connection(), small.connection():  # nobody else gets one
            await state.look()
    assert registry.get_sample_value("assistant_state_up") == 0
    assert registry.get_sample_value("assistant_ledger_records") is None


def test_processors_counters_are_read_where_they_may_be_and_begin_anew_at_their_end(tmp_path: Path) -> None:
    def counter(name: str, joules: float, whole: float = 100) -> Path:
        zone = tmp_path / name
        zone.mkdir(exist_ok=True)
        (zone / "energy_uj").write_text(f"{round(joules * 1e6)}\n")
        (zone / "max_energy_range_uj").write_text(f"{round(whole * 1e6)}\n")
        return zone

    assert readable(tmp_path) == []
    package = counter("intel-rapl:0", 90)
    counter("intel-rapl:0:0", 5)  # a part of it, which counts already
    (tmp_path / "intel-rapl:1").mkdir()  # nothing that may be read
    assert readable(tmp_path) == [package]
    now: list[Any] = [0.0]
    rapl = Rapl([package], lambda: now[0])
    assert rapl.watts(10) is None
    for at, joules in ((1.0, 95), (2.0, 5), (4.0, 65)):  # its end lies between the first two
        now[0] = at
        counter("intel-rapl:0", joules)
        rapl.look()
    assert rapl.joules == pytest.approx(75)
    assert rapl.watts(2) == pytest.approx(30)
    assert rapl.watts(100) == pytest.approx(75 / 4)

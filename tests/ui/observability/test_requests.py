"""Requests are counted by the template of their route, and only proxies have a say in which trace they are part of."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.ui.observability.conftest import Kept
from ui.observability.requests import Requests, Routed
from ui.observability.spans import trace_id
from ui.observability.watching import Watching
from ui.trusted_proxy import trusting

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


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

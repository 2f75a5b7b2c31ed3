"""One server, two doors."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from ui.errors import PortTaken
from ui.home import address_of, listening
from ui.server import Doors, GuestServer, port_bound, settle


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """A server on both doors; the number of the one for people."""
    doors = Doors(web=PlainTextResponse("web"), control=PlainTextResponse("control"))
    server = GuestServer(doors)
    with port_bound("127.0.0.1", 0) as web, listening(tmp_path) as control:
        running = asyncio.create_task(server.serve(sockets=[web, control]))
        yield web.getsockname()[1]
        server.should_exit = True
        await running


@pytest.fixture
def address(tmp_path: Path, port: int) -> Iterator[str]:
    with address_of(tmp_path) as address:
        yield address


async def test_the_socket_leads_to_the_control_application(address: str) -> None:
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=address)) as client:
        assert (await client.get("http://assistant/collections")).text == "control"


@pytest.mark.parametrize("path", ["/collections", "//collections", "/../collections", "/search", "/health"])
async def test_the_port_never_leads_to_the_control_application(port: int, path: str) -> None:
    feigned = {"host": "assistant", "x-forwarded-for": "unix:", "x-forwarded-port": "", "forwarded": "for=unix:"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for headers in ({}, feigned):
            assert (await client.get(path, headers=headers)).text == "web"


def test_a_port_that_is_taken_is_named_with_a_way_out() -> None:
    with port_bound("127.0.0.1", 0) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {number} .*déjà pris.*--port"), port_bound("127.0.0.1", number):
            pass


def test_what_is_there_when_it_opens_is_looked_through_no_more() -> None:
    before = gc.get_freeze_count()
    kept: list[list[int]] = [[] for _ in range(1_000)]
    try:
        settle()
        assert gc.get_freeze_count() >= before + len(kept)
        assert not any(one is kept for one in gc.get_objects())
    finally:
        gc.unfreeze()

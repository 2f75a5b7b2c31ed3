"""A server that is told to end loses nothing of what people have under way."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.uri import parse_uri

from ui import parting
from ui.leaving import OPEN, Leaving, PatientServer
from ui.parting import COME_BACK
from ui.server import configuration, port_bound


class Served:
    """A server whose pages and requests wait for what the test does; `answers` are the pages' answers under way."""

    def __init__(self, leaving: Leaving) -> None:
        self.leaving = leaving
        self.written = asyncio.Event()
        self.asked = asyncio.Event()
        self.answers: list[asyncio.Task[None]] = []
        leaving.works = lambda: self.answers
        routes = [WebSocketRoute("/page", self._page), Route("/question", self._question, methods=["POST"])]
        self.server = PatientServer(configuration(leaving.watched(Starlette(routes=routes))), leaving)
        self.url = ""

    async def page(self, *, asks: bool) -> ClientConnection:
        """A page that is open, and has asked, or waits for nothing."""
        page = await connect(f"{self.url.replace('http', 'ws')}/page")
        if asks:
            await page.send("?")
            await page.recv()
        return page

    async def _page(self, page: WebSocket) -> None:
        await page.accept()
        async for _ in page.iter_text():
            answer = asyncio.create_task(self._write(page))
            self.answers.append(answer)
            page.scope[OPEN].work = partial(self.answers.__getitem__, -1)
            await page.send_text("begun")

    async def _write(self, page: WebSocket) -> None:
        await self.written.wait()
        await page.send_text("the answer")

    async def _question(self, _: Request) -> PlainTextResponse:
        self.asked.set()
        await self.written.wait()
        return PlainTextResponse("the answer")


Serve = Callable[[Leaving], Awaitable[Served]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    running: list[tuple[Served, asyncio.Task[None]]] = []

    async def start(leaving: Leaving) -> Served:
        served = Served(leaving)
        listener = listening.enter_context(port_bound("127.0.0.1", 0))
        served.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        running.append((served, asyncio.create_task(served.server._serve(sockets=[listener]))))
        await until(lambda: served.server.started)
        return served

    with ExitStack() as listening:
        yield start
        for served, task in running:
            served.written.set()
            served.server.should_exit = True
            await task


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0)


async def closed(page: ClientConnection) -> tuple[int | None, list[Any]]:
    """With which status the page is closed, and what it was told before."""
    told = []
    try:
        while True:
            told.append(await page.recv())
    except ConnectionClosed as gone:
        return gone.rcvd.code if gone.rcvd else None, told


async def test_a_page_that_waits_for_nothing_comes_back_at_once_and_another_gets_its_answer_first(serve: Serve) -> None:
    served = await serve(Leaving(60))
    waiting, asking = await served.page(asks=False), await served.page(asks=True)
    served.server.handle_exit(signal.SIGTERM, None)
    assert await closed(waiting) == (COME_BACK, [])
    assert asking.close_code is None
    served.written.set()
    assert await closed(asking) == (COME_BACK, ["the answer"])


async def test_what_a_page_sent_before_it_heard_that_it_is_to_come_back_is_taken(serve: Serve) -> None:
    served = await serve(Leaving(60))
    page = ClientProtocol(parse_uri(f"{served.url.replace('http', 'ws')}/page"))
    reader, writer = await asyncio.open_connection(*served.url.removeprefix("http://").split(":"))
    page.send_request(page.connect())
    writer.write(b"".join(page.data_to_send()))
    page.receive_data(await reader.readuntil(b"\r\n\r\n"))
    served.server.handle_exit(signal.SIGTERM, None)
    goodbye = await reader.read(100)
    page.send_text(b"?")
    writer.write(b"".join(page.data_to_send()))
    page.receive_data(goodbye)  # only now it hears
    writer.write(b"".join(page.data_to_send()))
    await until(lambda: len(served.answers) == 1)
    writer.close()


async def test_a_page_that_does_not_agree_to_go_is_cut(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parting, "AGREES_S", 0.0)
    served = await serve(Leaving(60))
    page = ClientProtocol(parse_uri(f"{served.url.replace('http', 'ws')}/page"))
    reader, writer = await asyncio.open_connection(*served.url.removeprefix("http://").split(":"))
    page.send_request(page.connect())
    writer.write(b"".join(page.data_to_send()))
    await reader.readuntil(b"\r\n\r\n")
    served.server.handle_exit(signal.SIGTERM, None)
    await reader.read()  # to the end, which this side has not agreed to
    writer.close()


async def test_a_request_is_answered_before_the_server_ends(serve: Serve) -> None:
    served = await serve(Leaving(60))
    async with httpx.AsyncClient() as client:
        question = asyncio.create_task(client.post(f"{served.url}/question"))
        await served.asked.wait()
        waiting = await served.page(asks=False)
        served.server.handle_exit(signal.SIGTERM, None)
        await closed(waiting)
        served.written.set()
        assert (await question).text == "the answer"


async def test_nobody_new_comes_in_while_the_last_answers_are_written(serve: Serve) -> None:
    served = await serve(Leaving(60))
    waiting, asking = await served.page(asks=False), await served.page(asks=True)
    served.server.handle_exit(signal.SIGTERM, None)
    await closed(waiting)
    with pytest.raises(OSError, match="Connect call failed"):
        await served.page(asks=False)
    assert asking.close_code is None


async def test_until_the_balancer_knows_all_is_served_as_before(serve: Serve) -> None:
    leaving = Leaving(60, notice_s=3600)
    served = await serve(leaving)
    served.server.handle_exit(signal.SIGTERM, None)
    await until(lambda: leaving.begun)
    served.written.set()
    page = await served.page(asks=True)
    assert await page.recv() == "the answer"
    assert page.close_code is None


@pytest.mark.parametrize("again", [False, True], ids=["after its time", "at a second request"])
async def test_an_answer_that_does_not_end_is_stopped(serve: Serve, again: bool) -> None:
    served = await serve(Leaving(3600 if again else 0))
    asking = await served.page(asks=True)
    served.server.handle_exit(signal.SIGTERM, None)
    if again:
        await until(lambda: served.server.should_exit)
        served.server.handle_exit(signal.SIGTERM, None)
    assert (await closed(asking))[1] == []
    [answer] = served.answers
    assert answer.cancelled()

"""Clients who are slow, silent or without end: each is let go in bounded time, and nobody else waits for them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import slow_clients
from ui.server import GuestServer, port_bound
from ui.slow_bodies import BodyPace, SlowBodies

STUCK_S = 30  # within which everything here ends by itself

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times that a test can wait for."""
    monkeypatch.setattr(slow_clients, "HEAD_S", 0.3)
    monkeypatch.setattr(slow_clients, "READING_S", 0.3)


@asynccontextmanager
async def served(application: ASGIApp) -> AsyncIterator[Callable[[], Awaitable[Client]]]:
    """Opens connections to a server of this application."""
    server = GuestServer(application)
    opened: list[asyncio.StreamWriter] = []

    async def connect() -> Client:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**10)
        opened.append(writer)
        return reader, writer

    with port_bound("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(STUCK_S):
                yield connect
        finally:
            for writer in opened:
                writer.transport.abort()
            server.should_exit = True
            await running


async def _cut(reader: asyncio.StreamReader) -> bytes:
    """What came before the connection was cut."""
    said = b""
    try:
        while piece := await reader.read(2**16):
            said += piece
    except ConnectionError:
        pass
    return said


@pytest.mark.parametrize(
    ("before", "sent"),
    [(b"", b""), *((before, sent) for before in (b"", GET) for sent in (b"GET / HT", b"\r\n", GET[:-2]))],
    ids=["nothing", *(f"{sent}{after}" for after in ("", " after one") for sent in ("half a line", "blank", "half"))],
)
async def test_who_does_not_end_the_head_of_a_request_is_cut(before: bytes, sent: bytes) -> None:
    async with served(PlainTextResponse("bonjour")) as connect:
        reader, writer = await connect()
        if before:
            writer.write(before)
            await reader.readuntil(b"bonjour")
        writer.write(sent)
        assert await _cut(reader) == b""


async def test_one_byte_after_the_other_buys_no_time() -> None:
    async with served(PlainTextResponse("bonjour")) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nX-A: ")
        ended = asyncio.create_task(_cut(reader))
        while not ended.done():
            writer.write(b"a")
            await asyncio.wait([ended], timeout=0.05)
        assert await ended == b""


@pytest.mark.parametrize("line", [b"X-A: b\r\n", b"b"], ids=["lines", "one line"])
async def test_a_head_without_end_is_cut_long_before_it_fills_the_memory(
    line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "HEAD_S", STUCK_S)
    sent = 0
    async with served(PlainTextResponse("bonjour")) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nX-B: ")
        ended = asyncio.create_task(_cut(reader))
        while not ended.done():
            try:
                writer.write(line * (2**12 // len(line)))
                await writer.drain()
            except ConnectionError:
                break
            sent += 2**12
        assert b"bonjour" not in await ended
    assert sent < 2**23  # what the kernel holds on both sides included


async def test_who_does_not_read_the_answer_ends_it() -> None:
    left = asyncio.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        leaving = asyncio.ensure_future(receive())
        while not leaving.done():
            await send({"type": "http.response.body", "body": b"x" * 2**16, "more_body": True})
        left.set()

    async with served(endless) as connect:
        _, writer = await connect()
        writer.write(GET)
        await left.wait()


async def test_an_answer_that_came_before_its_body_reaches_a_client_who_goes_on_sending() -> None:
    async with served(JSONResponse({"message": "non"}, 413)) as connect:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 500_000)
        assert b"413" in await reader.readline()
        assert b"non" in await _cut(reader)  # and who never ends is cut in the end


async def test_others_are_served_meanwhile() -> None:
    async with served(PlainTextResponse("bonjour")) as connect:
        for _ in range(50):
            _, writer = await connect()
            writer.write(b"GET / HT")
        reader, writer = await connect()
        writer.write(GET)
        assert b"200" in await reader.readline()


async def _reading(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


async def _told_of_by(pieces: list[tuple[float, Message]], app: ASGIApp, pace: BodyPace) -> tuple[int, str]:
    """Status and body of what is answered to a body that comes like this: a wait, then a piece."""
    coming = iter(pieces)

    async def receive() -> Message:
        wait, message = next(coming, (STUCK_S, {"type": "http.disconnect"}))
        await asyncio.sleep(wait)
        return message

    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await SlowBodies(app, pace)(scope, receive, send)
    start, *bodies = told
    return start["status"], b"".join(one["body"] for one in bodies).decode()


def _piece(size: int, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def test_a_body_that_comes_at_the_least_pace_is_read_whole_however_long_it_takes() -> None:
    pieces = [(0.02, _piece(10)) for _ in range(20)] + [(0.02, _piece(0, more=False))]
    assert await _told_of_by(pieces, _reading, BodyPace(grace=0.2, rate=200)) == (200, "200")


@pytest.mark.parametrize("wait", [0.02, STUCK_S], ids=["a byte at a time", "nothing"])
async def test_a_slower_one_is_broken_off_and_its_sender_told(wait: float) -> None:
    pieces = [(wait, _piece(1)) for _ in range(1_000)]
    status, said = await _told_of_by(pieces, _reading, BodyPace(grace=0.2, rate=200))
    assert (status, "interrompu" in said) == (408, True)


async def test_what_takes_long_on_our_side_is_not_the_senders_fault() -> None:
    async def thinking(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.sleep(0.3)
        await _reading(scope, receive, send)

    pieces = [(0.0, _piece(1)), (0.0, _piece(1, more=False))]
    assert await _told_of_by(pieces, thinking, BodyPace(grace=0.2, rate=1)) == (200, "1")


async def test_whoever_waits_for_the_client_to_leave_is_not_hurried() -> None:
    async def attending(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        leaving = asyncio.ensure_future(receive())
        done, _ = await asyncio.wait([leaving], timeout=0.2)
        leaving.cancel()
        await PlainTextResponse("parti" if done else "là")(scope, receive, send)

    pieces = [(0.0, _piece(1, more=False))]
    assert await _told_of_by(pieces, attending, BodyPace(grace=0.05, rate=1)) == (200, "là")


async def test_a_client_who_left_by_itself_is_no_slow_one() -> None:
    gone: list[tuple[float, Message]] = [(0.0, {"type": "http.disconnect"})]
    with pytest.raises(ClientDisconnect):
        await _told_of_by(gone, _reading, BodyPace())


async def test_a_real_upload_that_stalls_is_answered() -> None:
    async with served(SlowBodies(_reading, BodyPace(grace=0.2, rate=1_000))) as connect:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
        assert b"408" in await reader.readline()


async def test_one_that_does_not_is_read() -> None:
    transport = httpx.ASGITransport(SlowBodies(_reading))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        assert (await client.post("/", content=b"x" * 10**6)).text == "1000000"

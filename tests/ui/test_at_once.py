"""What one person has under way is bounded; what ends makes room; others never notice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from policies import Act, PostgresLedger, Principal
from ui.at_once import AtOnce, AtOnceLimits, Held, Turnstile
from ui.database import Pool
from ui.errors import TooManyAtOnce, TooManyRefusals
from ui.paced_socket import paced
from ui.sign_in.refusals import RefusalLimits, Refusals

LIMITS = AtOnceLimits(requests=3, pages=2)


@pytest.fixture
def at_once(pool: Pool) -> AtOnce:
    return AtOnce(LIMITS, Refusals(pool, PostgresLedger(), RefusalLimits()))


class Signed:
    """Behind a sign-in that knows whoever is named in the address; each request lasts until it is let go."""

    def __init__(self, at_once: AtOnce, agent: Principal) -> None:
        self.let_go = asyncio.Event()
        self.begun = asyncio.Semaphore(0)
        self._app = Turnstile(self._lasting, at_once)
        self._agent = agent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        person = replace(self._agent, subject=scope["query_string"].decode(), origin="192.0.2.1")
        await self._app({**scope, "state": {"principal": person}}, receive, send)

    async def _lasting(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.release()
        await self.let_go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"fait"})


@pytest.fixture
def signed(at_once: AtOnce, agent: Principal) -> Signed:
    return Signed(at_once, agent)


@asynccontextmanager
async def asking(signed: Signed, *queries: str) -> AsyncIterator[tuple[httpx.AsyncClient, list[asyncio.Task[Any]]]]:
    """A client, and requests that are under way."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(signed), base_url="http://x") as client:
        tasks = [asyncio.create_task(client.get(f"/recherche?{query}")) for query in queries]
        for _ in tasks:
            await signed.begun.acquire()
        yield client, tasks
        signed.let_go.set()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _refusals(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    return [body["details"] for body in bodies if body["act"] == Act.REFUSED]


async def test_beyond_the_limit_a_person_reads_why_and_the_refusal_is_recorded(signed: Signed, pool: Pool) -> None:
    async with asking(signed, *["alice"] * LIMITS.requests) as (client, _):
        refused = await client.get("/recherche?alice")
        assert (refused.status_code, "déjà 3 demandes en cours" in refused.json()["message"]) == (429, True)
        assert await _refusals(pool) == [{"reason": "requests-at-once", "limit": 3}]


async def test_nobody_else_is_concerned_and_what_pages_look_like_is_not_counted(signed: Signed) -> None:
    async with asking(signed, *["alice"] * LIMITS.requests) as (client, _):
        others = [asyncio.create_task(client.get(path)) for path in ("/recherche?bob", "/assets/x.js?alice")]
        for _ in others:
            await signed.begun.acquire()
        signed.let_go.set()
        assert [(await one).status_code for one in others] == [200, 200]


async def test_a_request_that_is_broken_off_makes_room(signed: Signed) -> None:
    async with asking(signed, *["alice"] * LIMITS.requests) as (client, tasks):
        tasks[0].cancel()
        await asyncio.wait([tasks[0]])
        another = asyncio.create_task(client.get("/recherche?alice"))
        await signed.begun.acquire()
        signed.let_go.set()
        assert (await another).status_code == 200


async def test_pages_have_a_limit_of_their_own_and_one_too_many_is_closed_before_it_opens(signed: Signed) -> None:
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    scope: Scope = {"type": "websocket", "path": "/ws/socket.io/", "query_string": b"alice", "headers": []}
    async with asking(signed, *["alice"] * LIMITS.requests):
        open_pages = [asyncio.create_task(signed(scope, receive, send)) for _ in range(LIMITS.pages)]
        for _ in open_pages:
            await signed.begun.acquire()
        await signed(scope, receive, send)
        assert told == [{"type": "websocket.close", "code": 1008}]
        signed.let_go.set()
        await asyncio.gather(*open_pages)


async def test_a_flood_leaves_few_records_and_one_that_counts_the_rest(pool: Pool, agent: Principal) -> None:
    refusals = Refusals(pool, PostgresLedger(), RefusalLimits(budget=2))
    at_once = AtOnce(AtOnceLimits(requests=1), refusals)
    person = replace(agent, origin="192.0.2.1")
    async with at_once.held(Held.REQUEST, person):
        for _ in range(10):
            with pytest.raises((TooManyAtOnce, TooManyRefusals)):
                async with at_once.held(Held.REQUEST, person):
                    pytest.fail("one too many")
    await refusals.sum_up()
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    assert [body["act"] for body in bodies] == [Act.REFUSED, Act.REFUSED, Act.REFUSALS_SUMMED]
    assert bodies[-1]["details"]["refusals"] == 8


class Uncounted(Refusals):
    """Records nothing."""

    def __init__(self) -> None:
        pass

    async def record(self, event: Any, peer: str) -> None:
        pass


@given(st.lists(st.tuples(st.sampled_from(["alice", "bob"]), st.sampled_from(Held), st.booleans()), max_size=30))
async def test_whatever_comes_and_goes_exactly_as_much_passes_as_may(comings: list[tuple[str, Held, bool]]) -> None:
    at_once = AtOnce(LIMITS, Uncounted())
    most = {Held.REQUEST: LIMITS.requests, Held.PAGE: LIMITS.pages}
    held: list[tuple[str, Held, AsyncExitStack]] = []
    for subject, what, leaves in comings:
        mine = [one for one in held if one[:2] == (subject, what)]
        if leaves and mine:
            held.remove(mine[0])
            await mine[0][2].aclose()
            continue
        stack = AsyncExitStack()
        person = Principal(subject, subject, frozenset(), frozenset())
        try:
            await stack.enter_async_context(at_once.held(what, person))
        except TooManyAtOnce:
            assert len(mine) == most[what]
        else:
            assert len(mine) < most[what]
            held.append((subject, what, stack))
    for *_, stack in held:
        await stack.aclose()


async def test_a_page_that_floods_is_read_no_faster_than_it_may() -> None:
    async def receive() -> Message:
        return {"type": "websocket.receive", "text": "x"}

    loop, slowed = asyncio.get_running_loop(), paced(receive, burst=10, a_second=100)
    began = loop.time()
    for _ in range(10):
        await slowed()
    assert loop.time() - began < 0.1
    for _ in range(20):
        await slowed()
    assert loop.time() - began >= 0.18

"""What a program asks over `/v1`, with real search, rules and ledger: the same as for a person."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx
import pytest
from fastapi import FastAPI

from assistant.ask import Ask
from policies import Act, PostgresLedger, Principal
from retrieval import Search
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from ui.at_once import AtOnce, AtOnceLimits
from ui.database import Pool
from ui.identity import LocalIdentity
from ui.server import GuestServer, port_bound
from ui.sign_in.refusals import RefusalLimits, Refusals
from ui.v1.routes import V1Services, v1_router

QUESTION = "Combien de semaines dure le congé de maternité ?"
SENTENCE = "Le congé de maternité dure seize semaines"
ASKED: dict[str, Any] = {"messages": [{"role": "user", "content": QUESTION}]}


class Gate(asyncio.Event):
    """A gate that tells when somebody waits at it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()

    async def wait(self) -> Literal[True]:
        self.reached.set()
        return await super().wait()


@pytest.fixture
async def corpus(corpus: Corpus) -> Corpus:
    """One collection for every agent, and one on the same subject for another group."""
    await corpus.collection("Santé", {"Congé de maternité": f"{SENTENCE}."})
    await corpus.collection("Secret", {"Congé secret": f"{SENTENCE}, et vingt en secret."}, frozenset({"/DAJ"}))
    return corpus


@asynccontextmanager
async def api(search: Search, pool: Pool, principal: Principal, model: Scripted) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server where every token is that principal's."""
    ledger = PostgresLedger()
    ask = Ask(search, engines(model), ledger, pool)
    refusals = Refusals(pool, ledger, RefusalLimits())
    application = FastAPI(openapi_url=None)
    at_once = AtOnce(AtOnceLimits(), refusals)
    services = V1Services(LocalIdentity(principal), ask, search, refusals, at_once, lambda: "essai")
    application.include_router(v1_router(services))
    server = GuestServer(application)
    with port_bound("127.0.0.1", 0) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1") as client:
            yield client
        server.should_exit = True
        await running


async def acts(pool: Pool) -> list[str]:
    async with pool.connection() as connection:
        return [json.loads(record.body)["act"] async for record in PostgresLedger().records(connection)]


@pytest.mark.parametrize("stream", [True, False])
async def test_question_and_answer_are_recorded(search: Search, pool: Pool, agent: Principal, stream: bool) -> None:
    async with api(search, pool, agent, Scripted(pieces=(SENTENCE, "."))) as client:
        response = await client.post("/chat/completions", json=ASKED | {"stream": stream})
    assert f"{SENTENCE} [1]" in response.text
    assert await acts(pool) == [Act.QUESTION_ASKED, Act.ANSWER_GIVEN]


@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_that_nobody_waits_for_is_recorded_as_abandoned(
    search: Search, pool: Pool, agent: Principal, stream: bool
) -> None:
    gate = Gate()
    async with api(search, pool, agent, Scripted(pieces=(SENTENCE, ". "), gate=gate)) as client:
        asking = asyncio.create_task(client.post("/chat/completions", json=ASKED | {"stream": stream}))
        await gate.reached.wait()
        asking.cancel()
        await asyncio.wait([asking])
    assert await acts(pool) == [Act.QUESTION_ASKED, Act.ANSWER_ABANDONED]


async def test_nothing_of_a_collection_that_is_not_open_leaves(search: Search, pool: Pool, agent: Principal) -> None:
    async with api(search, pool, agent, Scripted(pieces=(SENTENCE, "."))) as client:
        given = [
            await client.post("/search", json={"question": QUESTION, "k": 100}),
            await client.post("/chat/completions", json=ASKED),
            await client.post("/chat/completions", json=ASKED | {"stream": True}),
        ]
        shut = [
            await client.post("/search", json={"question": QUESTION, "collections": ["Secret"]}),
            await client.post("/chat/completions", json=ASKED | {"collections": ["Secret"]}),
            await client.post("/chat/completions", json=ASKED | {"collections": ["Secret"], "stream": True}),
        ]
        unknown = await client.post("/search", json={"question": QUESTION, "collections": ["Inconnu"]})
    assert [response.status_code for response in given] == [200, 200, 200]
    assert all("ecret" not in response.text for response in given)
    assert [response.status_code for response in shut] == [404, 404, 404]
    assert {response.text.replace("Secret", "Inconnu") for response in shut} == {unknown.text}
    assert (await acts(pool))[-3:] == [Act.REFUSED] * 3

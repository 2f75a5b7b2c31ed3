"""The API alone, over a real server on this machine, and clients with a token that holds."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import openai
import pytest
from fastapi import FastAPI

from policies.audit.postgres import PostgresLedger
from tests.ui.v1.scripted import Script
from tests.ui.v1.tokens import Tokens
from ui.at_once import AtOnce, AtOnceLimits
from ui.database import Pool
from ui.server import GuestServer, port_bound
from ui.sign_in.refusals import RefusalLimits, Refusals
from ui.v1.routes import V1Services, v1_router

AT_ONCE = 3  # requests of one program


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
async def address(script: Script, pool: Pool, ledger: PostgresLedger) -> AsyncIterator[str]:
    """A server with the API alone."""
    refusals = Refusals(pool, ledger, RefusalLimits())
    application = FastAPI(openapi_url=None)
    at_once = AtOnce(AtOnceLimits(requests=AT_ONCE), refusals)
    application.include_router(v1_router(V1Services(Tokens(), script, script, refusals, at_once, lambda: "essai")))
    server = GuestServer(application)
    with port_bound("127.0.0.1", 0) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        server.should_exit = True
        await running


@pytest.fixture
async def client(address: str) -> AsyncIterator[openai.AsyncOpenAI]:
    """OpenAI's client with a token that holds."""
    async with openai.AsyncOpenAI(api_key="programme", base_url=address, max_retries=0) as client:
        yield client


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A plain client with the same token."""
    headers = {"Authorization": "Bearer programme"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as http:
        yield http

"""A peer whose tokens are refused again and again is turned away, and nobody else is."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from policies.audit.event import Act
from policies.audit.postgres import PostgresLedger
from tests.ui.v1.tokens import Tokens
from ui.database import Pool
from ui.sign_in.refusals import RefusalLimits, Refusals
from ui.v1.routes import V1Services, v1_router

BUDGET = 3
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def refusals(pool: Pool, ledger: PostgresLedger) -> Refusals:
    return Refusals(pool, ledger, RefusalLimits(BUDGET))


@pytest.fixture
def app(refusals: Refusals) -> FastAPI:
    """The API, of which the tests ask no more than the name of the model."""
    nothing: Any = None
    app = FastAPI(openapi_url=None)
    app.include_router(v1_router(V1Services(Tokens(), nothing, nothing, refusals, nothing, lambda: "essai")))
    return app


async def _models(app: FastAPI, token: str, peer: str = HERE) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, client=(peer, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
        return await client.get("/v1/models", headers={"Authorization": f"Bearer {token}"})


async def _acts(pool: Pool, ledger: PostgresLedger) -> list[tuple[str, dict[str, Any]]]:
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in ledger.records(connection)]
    return [(body["act"], body["details"]) for body in bodies]


@pytest.mark.parametrize(("token", "status"), [("a.b.c", 401), ("sans-role", 403)])
async def test_beyond_the_budget_a_refusal_says_when_to_come_again(app: FastAPI, token: str, status: int) -> None:
    assert [(await _models(app, token)).status_code for _ in range(BUDGET)] == [status] * BUDGET
    turned_away = await _models(app, token)
    assert turned_away.status_code == 429
    assert turned_away.headers["retry-after"] == "60"
    error = turned_away.json()["error"]
    assert (error["type"], error["code"]) == ("rate_limit_error", "too_many_refusals")
    assert "Attendez une minute" in error["message"]


async def test_who_is_turned_away_is_counted_in_one_record(
    app: FastAPI, pool: Pool, ledger: PostgresLedger, refusals: Refusals
) -> None:
    for _ in range(BUDGET + 4):
        await _models(app, "a.b.c")
    await refusals.sum_up()
    singly = [(Act.SERVICE_REFUSED, {"reason": "exp"})] * BUDGET
    assert await _acts(pool, ledger) == [*singly, (Act.REFUSALS_SUMMED, {"peer": HERE, "refusals": 4})]


async def test_a_good_token_is_served_beside_any_number_of_refused_ones(app: FastAPI) -> None:
    for _ in range(BUDGET + 1):
        await _models(app, "a.b.c")
    assert (await _models(app, "programme")).status_code == 200


async def test_another_address_is_refused_as_ever(app: FastAPI) -> None:
    for _ in range(BUDGET + 1):
        await _models(app, "a.b.c", HERE)
    assert (await _models(app, "a.b.c", THERE)).status_code == 401

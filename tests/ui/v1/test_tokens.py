"""Nothing is answered without a token that holds."""

import json
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from policies.audit.event import Act
from policies.audit.postgres import PostgresLedger
from tests.ui.v1.scripted import Script
from tests.ui.v1.tokens import Tokens
from ui.database import Pool
from ui.v1.routes import V1Services, v1_router


async def _recorded(pool: Pool, ledger: PostgresLedger) -> list[tuple[str, dict[str, Any]]]:
    """Who was refused, and the details."""
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in ledger.records(connection)]
    return [(body["principal"]["subject"], body["details"]) for body in bodies if body["act"] == Act.SERVICE_REFUSED]


ROUTES = [
    (method, route.path.replace("{address:path}", "chat/inconnu"))
    for route in v1_router(V1Services(Tokens(), Script(), Script(), *[None] * 3)).routes  # type: ignore[arg-type]
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]


def test_the_matrix_has_every_route() -> None:
    assert len(ROUTES) == 10


@pytest.mark.parametrize(
    ("authorization", "status", "recorded"),
    [
        ("", 401, ("", {"reason": "missing"})),
        ("Basic cHJvZ3JhbW1lOg==", 401, ("", {"reason": "missing"})),
        ("Bearer n’importe quoi", 401, ("", {"reason": "missing"})),
        ("Bearer a.b.c", 401, ("", {"reason": "exp"})),
        ("Bearer sans-role", 403, ("s-sans-role", {"reason": "no-role"})),
        ("Bearer panne", 503, None),
    ],
)
async def test_nothing_is_answered_without_a_token_that_holds(
    address: str,
    script: Script,
    pool: Pool,
    ledger: PostgresLedger,
    authorization: str,
    status: int,
    recorded: tuple[str, dict[str, Any]] | None,
) -> None:
    headers = {b"Authorization": authorization.encode(), b"Cookie": b"__Host-assistant=programme"}
    async with httpx.AsyncClient(base_url=address.removesuffix("/v1")) as http:
        for method, path in ROUTES:
            response = await http.request(method, path, headers=headers, content=b"{ pas du JSON")
            assert response.status_code == status
            assert ("www-authenticate" in response.headers) is (status == 401)
            if method != "HEAD":
                error = response.json()["error"]
                assert error.keys() == {"message", "type", "code"}
                assert "programme" not in error["message"]
    assert script.asked == []
    assert await _recorded(pool, ledger) == [recorded] * len(ROUTES if recorded else ())


async def test_a_missing_token_is_asked_for_and_a_wrong_one_is_named(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as http:
        missing = await http.get("/models")
        wrong = await http.get("/models", headers={"Authorization": "Bearer a.b.c"})
    assert missing.headers["www-authenticate"] == 'Bearer realm="assistant"'
    assert wrong.headers["www-authenticate"] == 'Bearer realm="assistant", error="invalid_token"'
    assert wrong.json()["error"] == {
        "message": "Ce jeton a expiré. Demandez-en un autre.",
        "type": "authentication_error",
        "code": "invalid_token",
    }

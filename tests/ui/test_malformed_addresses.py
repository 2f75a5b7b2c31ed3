"""What no address can carry, on every route of the console and of the review: a page says so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute, iter_route_contexts

from tests.ui.route_table import TABLE, Row, Who
from tests.ui.two_people import Things, Web
from ui.failing_routes import failing_as_page
from ui.failures import failure_of

READER = {Who.AUDITOR: "claire", Who.KEEPER: "gustave", Who.ADMINISTRATOR: "adele"}
WRONG = "pas-un-identifiant%00"  # no number, no identifier, and no text that a database holds


@dataclass(frozen=True)
class Asked:
    """A route of pages, with what FastAPI itself reads from its path and its query."""

    method: str
    pattern: str
    in_path: tuple[str, ...]
    in_query: tuple[str, ...]

    @property
    def row(self) -> Row:
        return TABLE[self.method, self.pattern]

    def spoilt(self, name: str, wrong: str, things: Things) -> str:
        """Its path, for these things but for one wrong value."""
        real = self.row.path(things).partition("?")[0].split("/")
        named = [f"{{{name}}}" in part for part in self.pattern.split("/")]
        return "/".join(wrong if here else part for part, here in zip(real, named, strict=True))


def asked(application: FastAPI) -> Iterator[Asked]:
    for context in iter_route_contexts(application.routes):
        route = context.original_route
        path = re.sub(r":\w+(?=})", "", context.path or "")
        if isinstance(route, APIRoute) and path.startswith(("/console", "/audit")):
            dependant = route.dependant
            for method in route.methods or ():
                names = (tuple(one.alias for one in held) for held in (dependant.path_params, dependant.query_params))
                yield Asked(method, path, *names)


async def _answer(http: httpx.AsyncClient, web: Web, one: Asked, path: str) -> httpx.Response:
    headers = web.headers(READER[one.row.who])
    if one.row.file:
        return await http.request(one.method, path, files={"file": ("n.txt", b"x")}, headers=headers)
    return await http.request(one.method, path, data=one.row.body(web.theirs), headers=headers)


def _is_page(answer: httpx.Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html") and '<html lang="fr"' in answer.text


async def test_what_cannot_stand_in_a_path_is_a_page_that_there_is_not(web: Web, http: httpx.AsyncClient) -> None:
    routes = [one for one in asked(web.application) if one.in_path]
    assert len(routes) > 50
    for one in routes:
        for name in one.in_path:
            answer = await _answer(http, web, one, one.spoilt(name, WRONG, web.theirs))
            # The review says what a number must be.
            status = (404, 422) if one.pattern.startswith("/audit") else (404,)
            assert answer.status_code in status, (one.method, one.pattern, name)
            assert _is_page(answer), (one.method, one.pattern, name)


async def test_what_a_page_does_not_understand_in_a_query_is_said_on_a_page(web: Web, http: httpx.AsyncClient) -> None:
    for one in asked(web.application):
        address = one.row.path(web.theirs).partition("?")[0]
        for name in one.in_query:
            answer = await _answer(http, web, one, f"{address}?{name}={WRONG}")
            assert answer.status_code in (200, 404, 422), (one.method, one.pattern, name)
            assert _is_page(answer) or answer.status_code == 200, (one.method, one.pattern, name)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/page/x?nombre=1", 404, "Cette page n’existe pas"),
        ("/page/1?nombre=x", 422, "la valeur de «\u202fnombre\u202f»"),
        ("/page/1", 422, "la valeur de «\u202fnombre\u202f»"),
    ],
)
async def test_what_a_route_cannot_read_is_told_by_its_name_alone(address: str, status: int, said: str) -> None:
    def failed(error: Exception, _: str) -> HTMLResponse:
        failure = failure_of(error)
        return HTMLResponse(failure.message, failure.status)

    router = APIRouter(route_class=failing_as_page(failed))

    @router.get("/page/{number}")
    async def page(number: int, nombre: int) -> str:
        return f"{number}, {nombre}"

    application = FastAPI(openapi_url=None)
    application.include_router(router)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
        answer = await client.get(address)
    assert (answer.status_code, said in answer.text) == (status, True)

"""`/v1`, for programs: answers and passages over an API that OpenAI's clients speak.

    GET  /v1/models             the model that answers
    POST /v1/chat/completions   an answer from the documents, with its citations
    POST /v1/search             passages

1. Every address, known or not, asks for a bearer token first, before the body is read; a session's cookie
   counts for nothing here, so no page of another site can use one.
2. A program is a principal like any other: the same rules, the same queue, the same records.
3. A token that does not hold, and one without a role, are recorded; the token itself never is. Beyond a
   peer's budget of them the answer is 429.
"""

import datetime as dt
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from assistant.answer import Answer, Answered, AskEvent
from policies.audit.event import Act, Event
from policies.principal import Principal
from retrieval.results import Found
from retrieval.within import EVERYTHING, Filters
from ui.ai_mark import HEADERS
from ui.at_once import AtOnce, Held
from ui.chat.ports import Asker
from ui.errors import AddressUnknown, RequestMalformed, RoleMissing, TokenRefused
from ui.french import value_reason
from ui.identity import NOBODY, Identity
from ui.personal_data import warnings
from ui.request_body import request_body
from ui.sign_in.refusals import Refusals
from ui.trusted_proxy import peer_of
from ui.v1.attended import attended
from ui.v1.errors import NO_STORE, error_response
from ui.v1.stream import ChunkedCompletion
from ui.v1.wire import ChatRequest, Completion, models_json
from ui.wire import SearchRequest, found_json

LONGEST_BODY = 2**20  # bytes; a question has 4,000 characters, the rest is what was said before
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
CLIENT_LEFT = 499  # nobody reads it; nginx writes it so

Handle = Callable[[Request, Principal], Awaitable[Response]]
Body = TypeVar("Body", bound=BaseModel)


class Searcher(Protocol):
    """Finds passages; `retrieval.search.Search` does."""

    async def search(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        limit: int = 10,
        on: dt.date | None = None,
        filters: Filters = EVERYTHING,
        context: int = 0,
    ) -> Found:
        """The best documents that the principal may read, recorded before they are given back."""


@dataclass(frozen=True, slots=True)
class V1Services:
    """What the API stands on; `model` tells the name of the model that answers."""

    identity: Identity
    asker: Asker
    search: Searcher
    refusals: Refusals
    at_once: AtOnce
    model: Callable[[], str]


def v1_router(services: V1Services) -> APIRouter:
    """The addresses above; any other below `/v1` is answered in the same form."""
    api = _V1(services)
    router = APIRouter(prefix="/v1")
    router.add_api_route("/models", api.endpoint(api.models), methods=["GET"])
    router.add_api_route("/chat/completions", api.endpoint(api.chat), methods=["POST"])
    router.add_api_route("/search", api.endpoint(api.search), methods=["POST"])
    router.add_api_route("/{address:path}", api.endpoint(api.unknown), methods=METHODS)
    return router


class _V1:
    def __init__(self, services: V1Services) -> None:
        self._services = services
        self._since = int(time.time())

    def endpoint(self, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
        """Asks for the token, then does the work; what goes wrong is told in OpenAI's form."""

        async def answer(request: Request) -> Response:
            try:
                return await handle(request, await self._principal(request))
            except ClientDisconnect:
                return Response(status_code=CLIENT_LEFT)
            except Exception as error:  # noqa: BLE001 (it is logged, and the client told)
                return error_response(error)

        return answer

    async def models(self, request: Request, principal: Principal) -> Response:
        """The model that answers, under the name that its answers carry."""
        return JSONResponse(models_json(self._services.model(), self._since), headers=NO_STORE)

    async def chat(self, request: Request, principal: Principal) -> Response:
        """An answer, whole or in chunks."""
        asked = await _body(request, ChatRequest)
        events = self._held(
            principal,
            self._services.asker.ask(principal, asked.question, asked.collections, asked.history, asked.on),
        )
        completion = Completion(self._services.model(), tuple(warnings(asked.question)))
        if asked.stream:
            return ChunkedCompletion(events, completion)
        answer = await attended(request.receive, _answer(events))
        return JSONResponse(completion.whole(answer), headers=NO_STORE | HEADERS)

    async def search(self, request: Request, principal: Principal) -> Response:
        """Passages, best first."""
        asked = await _body(request, SearchRequest)
        async with self._services.at_once.held(Held.REQUEST, principal):
            finding = self._services.search.search(
                principal,
                asked.question,
                asked.collections,
                asked.k,
                asked.on,
                filters=asked.filters,
                context=asked.context,
            )
            found = await attended(request.receive, finding)
        return JSONResponse(found_json(found), headers=NO_STORE)

    async def unknown(self, request: Request, principal: Principal) -> Response:
        """Any other address."""
        raise AddressUnknown

    async def _held(
        self, principal: Principal, events: AsyncGenerator[AskEvent, None]
    ) -> AsyncGenerator[AskEvent, None]:
        """The events, of one more request under way."""
        async with self._services.at_once.held(Held.REQUEST, principal), aclosing(events):
            async for event in events:
                yield event

    async def _principal(self, request: Request) -> Principal:
        """Who calls. Raises what `Identity` does, `RoleMissing`, `TooManyRefusals`, `LedgerUnavailable`."""
        try:
            principal = await self._services.identity.of_service(request.headers.get("authorization", ""))
        except TokenRefused as refusal:
            await self._record(request, replace(NOBODY, origin=peer_of(request.client)), refusal.reason)
            raise
        principal = replace(principal, origin=peer_of(request.client))
        if not principal.roles:
            await self._record(request, principal, "no-role")
            raise RoleMissing
        return principal

    async def _record(self, request: Request, principal: Principal, reason: str) -> None:
        event = Event(Act.SERVICE_REFUSED, principal, {"reason": reason})
        await self._services.refusals.record(event, peer_of(request.client))


async def _answer(events: AsyncGenerator[AskEvent, None]) -> Answer:
    async with aclosing(events):
        *_, answer = [event.answer async for event in events if isinstance(event, Answered)]
    return answer


async def _body(request: Request, kind: type[Body]) -> Body:
    """What the request asks. Raises `RequestTooLarge`, `RequestMalformed`."""
    body = await request_body(request, LONGEST_BODY)
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}\u202f: {value_reason(first)}" if where else value_reason(first)
        raise RequestMalformed(f"Demande mal formée\u202f: {what}.") from error

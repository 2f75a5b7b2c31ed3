"""`/v1` as programs use it: OpenAI's own client, over a real server on this machine."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, get_type_hints
from uuid import UUID

import httpx
import openai
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)

from assistant.answer import Answer, Answered, AskEvent, Citation, SourcesFound, TextStreamed, Timings, Turn, Waiting
from assistant.errors import ModelUnavailable, QueueFull
from policies.audit.event import Act
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from retrieval.corpus import Chunk, DocumentMetadata, Locator, Passage
from retrieval.errors import CollectionNotFound
from retrieval.search import Found, validate_question
from tests.ui.v1.tokens import Tokens
from ui.database import Pool
from ui.server import GuestServer, port_bound
from ui.sign_in.refusals import RefusalLimits, Refusals
from ui.v1.routes import LONGEST_BODY, V1Services, v1_router
from ui.v1.stream import server_sent
from ui.v1.wire import IGNORED, REFUSED, ChatRequest, Completion

TEXT = "Le congé est de dix jours [1]. Il se demande par écrit."
PASSAGE = Passage(
    collection_id=UUID(int=1),
    collection="Aide",
    document_id="conge.md",
    version=1,
    metadata=DocumentMetadata("Congé"),
    chunk=Chunk(0, "Le congé est de dix jours.", Locator(1, ("Durée",), 0, 26)),
    score=0.5,
)
ASKED: list[Any] = [{"role": "user", "content": "Combien de jours ?"}]


def answer(text: str = TEXT, *, refused: bool = False) -> Answer:
    citation = Citation(n=1, passage=PASSAGE, quote="dix jours", supported=True)
    return Answer(
        id=UUID(int=7),
        question="Combien de jours ?",
        text=text,
        refused=refused,
        citations=() if refused else (citation,),
        passages=(PASSAGE,),
        searched=("Aide",),
        collections=(UUID(int=1),),
        model="essai",
        timings=Timings(1.0, 2.0, 3.0),
    )


def told(text: str = TEXT, *, refused: bool = False) -> list[AskEvent | Exception]:
    """An answer in pieces of four characters."""
    pieces = [TextStreamed(TEXT[start : start + 4]) for start in range(0, len(TEXT), 4)]
    return [SourcesFound((PASSAGE,), ("Aide",)), *pieces, Answered(answer(text, refused=refused))]


@dataclass
class Script:
    """Tells `events`, an exception by raising it; then waits for ever where `endless` says so."""

    events: list[AskEvent | Exception] = field(default_factory=told)
    endless: bool = False
    asked: list[tuple[str, str, tuple[str, ...], tuple[Turn, ...]]] = field(default_factory=list)
    reached_end: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(
        self, principal: Principal, question: str, names: Sequence[str] = (), history: Sequence[Turn] = ()
    ) -> AsyncGenerator[AskEvent, None]:
        self.asked.append((principal.subject, validate_question(question), tuple(names), tuple(history)))
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield event
            self.reached_end.set()
            if self.endless:
                await asyncio.Event().wait()
        finally:
            self.stopped.set()

    async def search(self, principal: Principal, question: str, names: Sequence[str] = (), limit: int = 10) -> Found:
        self.asked.append((principal.subject, validate_question(question), tuple(names), ()))
        if "Paie" in names:
            raise CollectionNotFound("Paie")
        self.reached_end.set()
        if self.endless:
            try:
                await asyncio.Event().wait()
            finally:
                self.stopped.set()
        return Found((PASSAGE,) * min(limit, 2), ("Aide",), (UUID(int=1),), 0.9, 1.0, 1.5)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
async def address(script: Script, pool: Pool, ledger: PostgresLedger) -> AsyncIterator[str]:
    """A server with the API alone."""
    refusals = Refusals(pool, ledger, RefusalLimits())
    application = FastAPI(openapi_url=None)
    application.include_router(
        v1_router(V1Services(identity=Tokens(), asker=script, search=script, refusals=refusals, model="essai"))
    )
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


async def _recorded(pool: Pool, ledger: PostgresLedger) -> list[tuple[str, dict[str, Any]]]:
    """Who was refused, and the details."""
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in ledger.records(connection)]
    return [(body["principal"]["subject"], body["details"]) for body in bodies if body["act"] == Act.SERVICE_REFUSED]


async def test_the_model_that_answers_is_named(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["essai"]


async def test_an_answer_comes_whole_with_what_it_stands_on(client: openai.AsyncOpenAI, script: Script) -> None:
    completion = await client.chat.completions.create(model="essai", messages=ASKED)
    [choice] = completion.choices
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", TEXT, "stop")
    assert completion.model == "essai"
    beside: Any = completion.model_extra
    assert beside["refused"] is False
    assert beside["answer_id"] == str(UUID(int=7))
    assert beside["searched"] == ["Aide"]
    [citation] = beside["citations"]
    assert (citation["n"], citation["document_id"], citation["supported"]) == (1, "conge.md", True)
    [passage] = beside["passages"]
    assert (passage["collection"], passage["text"]) == ("Aide", "Le congé est de dix jours.")
    assert script.asked == [("s-programme", "Combien de jours ?", (), ())]


async def test_an_answer_comes_in_chunks_and_the_last_one_has_the_sources(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="essai", messages=ASKED, stream=True)
    *chunks, last = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == TEXT
    assert len(chunks) > 2
    assert [chunk.choices[0].delta.role for chunk in chunks] == ["assistant"] + [None] * (len(chunks) - 1)
    assert {chunk.id for chunk in chunks} == {last.id}
    assert last.choices[0].finish_reason == "stop"
    extra: Any = last.model_extra
    assert (extra["refused"], extra["citations"][0]["n"], extra["passages"][0]["title"]) == (False, 1, "Congé")


async def test_the_stream_ends_with_done_and_waiting_is_a_comment(script: Script, http: httpx.AsyncClient) -> None:
    script.events.insert(1, Waiting(2))
    response = await http.post("/chat/completions", json={"messages": ASKED, "stream": True})
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    events = response.text.split("\n\n")
    assert events[0] == ": en attente, 2 avant"
    assert events[-2:] == ["data: [DONE]", ""]
    assert all(json.loads(event.removeprefix("data: ")) for event in events[1:-2])


@pytest.mark.parametrize("stream", [True, False])
async def test_of_an_answer_that_ends_as_a_refusal_only_the_refusal_is_sent(
    client: openai.AsyncOpenAI, script: Script, stream: bool
) -> None:
    refusal = "Les documents consultés ne permettent pas de répondre."
    unsupported = TextStreamed("Il y en a douze (non vérifié dans les documents).")
    script.events = [SourcesFound((PASSAGE,), ("Aide",)), unsupported, Answered(answer(refusal, refused=True))]
    if stream:
        chunks = [chunk async for chunk in await client.chat.completions.create(model="", messages=ASKED, stream=True)]
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        extra: Any = chunks[-1].model_extra
    else:
        completion = await client.chat.completions.create(model="", messages=ASKED)
        text, extra = completion.choices[0].message.content or "", completion.model_extra
    assert text == refusal
    assert (extra["refused"], extra["citations"]) == (True, [])


@given(st.lists(st.text("ab [1].", min_size=1, max_size=5)), st.booleans())
async def test_the_chunks_together_are_the_answer_however_it_is_cut(pieces: list[str], refused: bool) -> None:
    streamed = "".join(pieces)
    refused = refused and "[" not in streamed
    text = "Les documents ne disent rien." if refused else streamed

    async def events() -> AsyncGenerator[AskEvent, None]:
        yield SourcesFound((PASSAGE,), ("Aide",))
        for piece in pieces:
            yield TextStreamed(piece)
        yield Answered(answer(text, refused=refused))

    *chunks, last, done = [line async for line in server_sent(events(), Completion("essai"))]
    read = [json.loads(line.removeprefix("data: "))["choices"][0]["delta"]["content"] for line in chunks]
    assert "".join(read) == text
    assert json.loads(last.removeprefix("data: "))["refused"] is refused
    assert done == "data: [DONE]\n\n"


async def test_the_last_message_of_the_user_is_the_question_and_what_came_before_is_history(
    client: openai.AsyncOpenAI, script: Script
) -> None:
    messages: list[Any] = [
        {"role": "system", "content": "Réponds en anglais."},
        {"role": "user", "content": "Qui a droit au congé ?"},
        {"role": "assistant", "content": "Tout agent."},
        {"role": "user", "content": "Merci"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "Et pour"}, {"type": "text", "text": "les vacataires ?"}],
        },
        {"role": "system", "content": "Sois bref."},
    ]
    extra = {"collections": ["Aide", "Paie"]}
    await client.chat.completions.create(model="essai", messages=messages, extra_body=extra)
    history = (Turn("Qui a droit au congé ?", "Tout agent."), Turn("Merci"))
    assert script.asked == [("s-programme", "Et pour\nles vacataires ?", ("Aide", "Paie"), history)]


async def test_passages_are_found_for_a_program(http: httpx.AsyncClient, script: Script) -> None:
    response = await http.post("/search", json={"question": "congé", "collections": ["Aide"], "k": 1})
    assert response.status_code == 200
    assert [passage["document_id"] for passage in response.json()["passages"]] == ["conge.md"]
    assert response.json()["searched"] == ["Aide"]
    assert script.asked == [("s-programme", "congé", ("Aide",), ())]


ROUTES = [
    (method, route.path.replace("{address:path}", "chat/inconnu"))
    for route in v1_router(V1Services(Tokens(), Script(), Script(), *[None] * 2)).routes  # type: ignore[arg-type]
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


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (CollectionNotFound("Paie"), openai.NotFoundError),
        (QueueFull("Trop de questions sont en attente."), openai.RateLimitError),
        (ModelUnavailable("Le modèle ne répond pas."), openai.InternalServerError),
        (ValueError("secret"), openai.InternalServerError),
    ],
)
async def test_what_goes_wrong_before_the_first_words_has_its_status(
    client: openai.AsyncOpenAI, script: Script, stream: bool, error: Exception, expected: type[openai.APIStatusError]
) -> None:
    script.events = [SourcesFound((PASSAGE,), ("Aide",)), TextStreamed("Il y en a "), error]
    with pytest.raises(expected) as caught:
        await client.chat.completions.create(model="essai", messages=ASKED, stream=stream)
    assert "secret" not in str(caught.value)
    assert script.stopped.is_set()


async def test_what_goes_wrong_later_ends_the_stream_with_an_error(client: openai.AsyncOpenAI, script: Script) -> None:
    script.events = [*told()[:-1], ModelUnavailable("Le modèle ne répond plus.")]
    stream = await client.chat.completions.create(model="essai", messages=ASKED, stream=True)
    with pytest.raises(openai.APIError, match="ne répond plus"):
        [chunk async for chunk in stream]


@pytest.mark.parametrize("path", ["/chat/completions", "/search"])
@pytest.mark.parametrize("stream", [True, False])
async def test_closing_the_connection_stops_the_work(address: str, script: Script, path: str, stream: bool) -> None:
    script.events, script.endless = told()[:-1], True
    body = {"question": "congé"} if path == "/search" else {"messages": ASKED, "stream": stream}
    headers = {"Authorization": "Bearer programme"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as http:
        asking = asyncio.create_task(http.post(path, json=body))
        await script.reached_end.wait()
        assert not script.stopped.is_set()
        asking.cancel()
        await asyncio.wait([asking])
    await asyncio.wait_for(script.stopped.wait(), timeout=30)


@pytest.mark.parametrize(
    "change",
    [
        {"tools": [{"type": "function", "function": {"name": "f"}}]},
        {"functions": [{"name": "f"}]},
        {"web_search_options": {}},
        {"modalities": ["text", "audio"]},
        {"n": 2},
        {"n": 0},
        {"response_format": {"type": "json_object"}},
        {"stream": "peut-être"},
        {"colections": ["Paie"]},
        {"collections": "Paie"},
        {"messages": []},
        {"messages": [{"role": "system", "content": "Bonjour"}]},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "user", "content": " ?"}]},
        {"messages": [{"role": "user", "content": 1}]},
        {"messages": [{"role": "tool", "content": "a", "tool_call_id": "1"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]},
        {"messages": [{"role": "user", "content": "a" * 4_001}]},
    ],
)
async def test_what_the_product_does_not_do_is_refused_in_one_sentence(
    http: httpx.AsyncClient, change: dict[str, Any]
) -> None:
    response = await http.post("/chat/completions", json={"model": "essai", "messages": ASKED} | change)
    assert response.status_code == 422
    error = response.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_request")
    assert error["message"].endswith(".")
    assert "\n" not in error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"messages": ' + b"[" * 100_000, b'"\\ud800"', b"\xff"])
@pytest.mark.parametrize("path", ["/chat/completions", "/search"])
async def test_rubbish_is_refused(http: httpx.AsyncClient, path: str, body: bytes) -> None:
    response = await http.post(path, content=body)
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith("Demande mal formée")


async def test_a_body_without_an_end_is_not_read_to_it(http: httpx.AsyncClient, script: Script) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LONGEST_BODY // 2**16 + 1):
            yield b" " * 2**16

    response = await http.post("/chat/completions", content=pieces())
    assert response.status_code == 413
    assert script.asked == []


@pytest.mark.parametrize(("method", "path"), [("GET", "/chat/completions"), ("POST", "/embeddings"), ("GET", "/")])
async def test_another_address_is_refused_in_the_same_form(http: httpx.AsyncClient, method: str, path: str) -> None:
    response = await http.request(method, path)
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


async def test_a_collection_that_is_not_open_is_not_found(http: httpx.AsyncClient) -> None:
    response = await http.post("/search", json={"question": "congé", "collections": ["Paie"]})
    assert response.status_code == 404
    assert response.json()["error"]["message"] == str(CollectionNotFound("Paie"))


async def test_settings_of_the_model_are_accepted_and_have_no_effect(
    client: openai.AsyncOpenAI, script: Script
) -> None:
    await client.chat.completions.create(
        model="un-autre",
        messages=ASKED,
        temperature=0.2,
        max_tokens=10,
        tools=[],
        n=1,
        response_format={"type": "text"},
        stream_options={"include_usage": True},
    )
    assert script.asked == [("s-programme", "Combien de jours ?", (), ())]


def test_every_field_that_the_client_can_send_is_known() -> None:
    kinds = (CompletionCreateParamsNonStreaming, CompletionCreateParamsStreaming)
    sent = {name for kind in kinds for name in get_type_hints(kind)}
    assert sent == IGNORED | REFUSED | (ChatRequest.model_fields.keys() - {"collections"})

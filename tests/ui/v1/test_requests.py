"""Requests that cannot be met, or that nobody waits for any more."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import openai
import pytest

from assistant.answer import SourcesFound, TextStreamed
from assistant.errors import ModelUnavailable, QueueFull
from retrieval.errors import CollectionNotFound
from tests.ui.v1.scripted import ASKED, PASSAGE, Script, told
from ui.v1.routes import LONGEST_BODY


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

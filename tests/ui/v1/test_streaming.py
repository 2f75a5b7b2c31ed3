"""Answers in chunks."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answered, AskEvent, SourcesFound, TextStreamed, Waiting
from assistant.errors import ModelUnavailable
from tests.ui.v1.scripted import ASKED, PASSAGE, TEXT, Script, answer, told
from ui.v1.stream import server_sent
from ui.v1.wire import Completion


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


async def test_what_goes_wrong_later_ends_the_stream_with_an_error(client: openai.AsyncOpenAI, script: Script) -> None:
    script.events = [*told()[:-1], ModelUnavailable("Le modèle ne répond plus.")]
    stream = await client.chat.completions.create(model="essai", messages=ASKED, stream=True)
    with pytest.raises(openai.APIError, match="ne répond plus"):
        [chunk async for chunk in stream]

"""Answers as programs ask for them, whole: OpenAI's own client, over a real server."""

from typing import Any, get_type_hints
from uuid import UUID

import openai
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)

from assistant.answer import Turn
from tests.ui.v1.scripted import ASKED, TEXT, Script
from ui.v1.wire import IGNORED, REFUSED, ChatRequest


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


async def test_an_answer_is_marked_as_a_machines_for_programs(client: openai.AsyncOpenAI) -> None:
    response = await client.chat.completions.with_raw_response.create(model="essai", messages=ASKED)
    assert response.headers["ai-generated"] == "true"
    assert response.headers["digital-source-type"].endswith("/trainedAlgorithmicMedia")
    beside: Any = response.parse().model_extra
    assert beside["mark"] == {
        "AIGenerated": "true",
        "DigitalSourceType": response.headers["digital-source-type"],
        "AIModel": "essai",
    }


async def test_personal_data_in_a_question_is_told_beside_its_answer(client: openai.AsyncOpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "Qui appelle le 01 23 45 67 89 ?"}]
    beside: Any = (await client.chat.completions.create(model="essai", messages=asked)).model_extra
    assert [warning.split("\u202f")[0] for warning in beside["warnings"]] == [
        "La question semble contenir un numéro de téléphone"
    ]
    beside = (await client.chat.completions.create(model="essai", messages=ASKED)).model_extra
    assert beside["warnings"] == []


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
    assert sent == IGNORED | REFUSED | (ChatRequest.model_fields.keys() - {"collections", "on"})

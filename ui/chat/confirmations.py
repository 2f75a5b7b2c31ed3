"""A question that seems to hold somebody's data waits on its author's page: until a yes nothing of it is kept."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import chainlit as cl

from ui.chat.steps import answer_id, notice_step
from ui.personal_data import NOT_SENT, doubt

SEND = "send_anyway"
EDIT = "edit_question"

_LABELS = {SEND: "Envoyer quand même", EDIT: "Modifier la question"}


async def ask_whether(
    conversation_id: UUID, exchange_id: UUID, message_id: str, question: str, found: Sequence[str], edited: str = ""
) -> None:
    """Say what was found, in the place of the answer, with a button for each way to go on.

    `edited` is the exchange whose question it would take the place of; without it, the question is a new one.
    """
    await _say(conversation_id, exchange_id, doubt(found))
    payload = {"exchange": str(exchange_id), "question": message_id, "text": question, "edited": edited}
    for button in _buttons(exchange_id, payload):
        await button.send(for_id=answer_id(exchange_id))


async def settle(conversation_id: UUID, exchange_id: UUID, *, sent: bool) -> None:
    """Take the buttons off, and what was said where the answer is to come."""
    for button in _buttons(exchange_id, {}):
        await button.remove()
    if sent:
        await cl.context.emitter.delete_step({"id": answer_id(exchange_id)})  # the sources come first
    else:
        await _say(conversation_id, exchange_id, NOT_SENT)


def _buttons(exchange_id: UUID, payload: dict[str, str]) -> list[Any]:
    return [
        cl.Action(id=f"{name}-{exchange_id}", name=name, label=label, payload=payload)
        for name, label in _LABELS.items()
    ]


async def _say(conversation_id: UUID, exchange_id: UUID, text: str) -> None:
    emitter: Any = cl.context.emitter
    await emitter.send_step(notice_step(conversation_id, exchange_id, text))

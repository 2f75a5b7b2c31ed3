"""The buttons under an answer, and which exchange each message of the page belongs to."""

from typing import Any
from uuid import UUID

import chainlit as cl

from ui.chat.steps import answer_id

REGENERATE = "regenerate"
EXPORT = "export"
ASKED = "asked"


async def offer(exchange_id: UUID, question: str) -> None:
    """The buttons under an answer; `question` is the id of the question's message on this screen."""
    asked()[question] = str(exchange_id)
    for name, label, icon in ((REGENERATE, "Régénérer", "refresh-cw"), (EXPORT, "Exporter", "download")):
        action: Any = cl.Action(
            id=f"{name}-{exchange_id}",
            name=name,
            payload={"exchange": str(exchange_id), "question": question},
            label=label,
            icon=icon,
        )
        await action.remove()  # the page may have it already
        await action.send(for_id=answer_id(exchange_id))


def asked() -> dict[str, str]:
    """The exchanges of this page, by the ids of their questions' messages; empty for one that was never sent."""
    page: Any = cl.user_session
    if page.get(ASKED) is None:
        page.set(ASKED, {})
    return page.get(ASKED)  # type: ignore[no-any-return]

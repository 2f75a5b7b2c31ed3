"""Files that come with a message: attached to the conversation, and listed in it with buttons to take them away."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import chainlit as cl
from chainlit.types import FileDict

from ingestion import AttachedFile, Notice, Offered
from ingestion.attachments import AttachEvent
from policies.principal import Principal
from ui.chat.attached_files import FileList, files_id, files_step
from ui.chat.steps import Step, notice_step, question_step
from ui.chat.uploads import discard
from ui.failures import EXPECTED, failure_of

DETACH = "detach"
WHAT = "Que voulez-vous savoir de ces fichiers\u202f?"


class ConversationFiles(Protocol):
    """Keeps the files of conversations; `ingestion.Attachments` does, and says what each method raises."""

    def add(
        self, principal: Principal, conversation_id: UUID, files: Sequence[Offered]
    ) -> AsyncGenerator[AttachEvent, None]:
        """Attach these."""

    async def files(self, principal: Principal, conversation_id: UUID) -> list[AttachedFile]:
        """Those that are attached."""

    async def remove(self, principal: Principal, conversation_id: UUID, file_id: UUID) -> None:
        """Take one away."""

    async def erase(self) -> None:
        """Finish what the deletion of a conversation has begun."""


class Attaching:
    """Each method draws on the page whose event it is."""

    def __init__(self, attachments: ConversationFiles) -> None:
        self._attachments = attachments

    async def attach(
        self, person: Principal, conversation_id: UUID, exchange_id: UUID, sent: Sequence[FileDict]
    ) -> None:
        """Attach these, and draw how far each is until all are dealt with, above the answer of the exchange.

        One that cannot serve says why in its line, and so does the list where none can be attached: what was asked
        is answered all the same. What the page has sent is removed as soon as it is received.
        """
        offered = [Offered(file["name"], Path(file["path"])) for file in sent]
        held = await self._attachments.files(person, conversation_id)
        known = FileList.of(held, [one.name for one in offered])
        await _take_off(conversation_id, held)
        await _draw(files_step(conversation_id, known, exchange_id))
        try:
            async with aclosing(self._attachments.add(person, conversation_id, offered)) as events:
                async for event in events:
                    known.learn(event)
                    await _draw(files_step(conversation_id, known, exchange_id))
                    if not known.coming:
                        discard(sent)
        except EXPECTED as error:
            known.learn(Notice(failure_of(error).message))
        finally:
            discard(sent)
            known.coming = []
            await _draw(files_step(conversation_id, known, exchange_id))
            await _offer(conversation_id, known.files.values())

    async def listed(self, person: Principal, conversation_id: UUID) -> Step | None:
        """The list, for who opens the conversation again, whose buttons are drawn; None where there are no files."""
        files = await self._attachments.files(person, conversation_id)
        await _offer(conversation_id, files)
        return files_step(conversation_id, FileList.of(files)) if files else None

    async def show(self, person: Principal, conversation_id: UUID) -> None:
        """Draw the list at the end of the page: what stood above it may have gone, and the list with it."""
        await _take_off(conversation_id, await self._attachments.files(person, conversation_id))
        if step := await self.listed(person, conversation_id):
            await _draw(step)

    async def detach(self, person: Principal, conversation_id: UUID, file_id: UUID) -> None:
        """Take a file away. Raises `AttachmentNotFound`, `IndexUnavailable`."""
        await self._attachments.remove(person, conversation_id, file_id)
        await _button(file_id).remove()
        await self.show(person, conversation_id)


async def ask_what(conversation_id: UUID, exchange_id: UUID, message: cl.Message) -> None:
    """Files came without a word: show their names where the question would stand, and ask for it."""
    emitter: Any = cl.context.emitter
    await emitter.update_step(question_step(conversation_id, message.id, message.content))
    await _draw(notice_step(conversation_id, exchange_id, WHAT))


async def _draw(step: Step) -> None:
    emitter: Any = cl.context.emitter
    await emitter.send_step(step)


async def _take_off(conversation_id: UUID, files: Iterable[AttachedFile]) -> None:
    """The list and its buttons: it is to stand elsewhere, or to change."""
    emitter: Any = cl.context.emitter
    await emitter.delete_step({"id": files_id(conversation_id)})
    for file in files:
        await _button(file.id).remove()


async def _offer(conversation_id: UUID, files: Iterable[AttachedFile]) -> None:
    for file in files:
        button = _button(file.id, file.name)
        await button.remove()  # the page may have it already
        await button.send(for_id=files_id(conversation_id))


def _button(file_id: UUID, name: str = "") -> Any:
    return cl.Action(
        id=f"{DETACH}-{file_id}", name=DETACH, payload={"file": str(file_id)}, label=f"Retirer {name}", icon="x"
    )

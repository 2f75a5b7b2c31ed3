"""Tasks of a conversation, done as they were ordered there.

A text that was pasted is kept with its exchange alone. Its passages belong to no collection (`GIVEN`) and name the
exchange, so that a citation opens it for the conversation's owner, as long as there is the exchange.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from assistant.tasks.filling import filled_in
from assistant.tasks.order import OrderedText, TaskOrder
from assistant.tasks.request import GIVEN, Material, TaskEvent, TaskRequest
from assistant.tasks.template import Template
from ingestion import Block
from policies.principal import Principal
from retrieval.corpus import Chunk, DocumentMetadata, DocumentText
from retrieval.search import today
from ui.chat.passage_text import lines
from ui.chat.ports import Doer
from ui.database import Pool
from ui.task_texts import Points, chunks_of, cut, material

CONVERSATION = "Cette conversation"  # where a pasted text is said to stand
FILES = "Fichiers joints"


class Files(Protocol):
    """Knows the files of conversations; `ingestion.Attachments` does."""

    async def texts(self, principal: Principal, conversation_id: UUID) -> list[DocumentText]:
        """The texts of those that can be read; none where the conversation is someone else's."""


class Blocks(Protocol):
    """Knows headings, tables and pages of originals; `ingestion.Originals` does."""

    async def blocks(self, text: DocumentText) -> tuple[Block, ...] | None:
        """None where only the text itself is known."""


@dataclass(frozen=True, slots=True)
class TaskOrders:
    """Makes the engine's requests of orders."""

    tasks: Doer
    files: Files
    originals: Blocks
    conversations: Conversations
    pool: Pool
    index: Points | None = None

    async def run(
        self, person: Principal, conversation_id: UUID, exchange_id: UUID, order: TaskOrder
    ) -> AsyncGenerator[TaskEvent, None]:
        """What happens while it is done; by the template as it is now. Raises what `assistant.Tasks.run` does."""
        request = await self._request(person, conversation_id, exchange_id, order)
        async with aclosing(self.tasks.run(person, request)) as events:
            async for event in events:
                yield event

    async def check(self, person: Principal, conversation_id: UUID, template: Template, order: TaskOrder) -> None:
        """Raises `FieldsInvalid`, with a sentence for each field that does not fit."""
        files = await self.files.texts(person, conversation_id)
        known = {file.document_id for file in files}
        materials = {
            name: [Material(text.title, ()) for text in texts if text.pasted or text.document in known]
            for name, texts in order.texts.items()
        }
        filled_in(template, TaskRequest(order.task, order.values, materials), today())

    async def pasted(self, person: Principal, document_id: str) -> DocumentText:
        """The pasted text that a passage names. Raises `ConversationNotFound`."""
        exchange, _, rest = document_id.partition("/")
        field, _, number = rest.rpartition("/")
        try:
            async with self.pool.connection() as connection:
                order = await self.conversations.task(connection, person, UUID(exchange))
            text = order.texts[field][int(number)]
        except (ValueError, KeyError, IndexError) as error:
            raise ConversationNotFound from error
        return DocumentText(GIVEN, document_id, 1, DocumentMetadata(text.title), text.pasted)

    async def _request(
        self, person: Principal, conversation_id: UUID, exchange_id: UUID, order: TaskOrder
    ) -> TaskRequest:
        files = {file.document_id: file for file in await self.files.texts(person, conversation_id)}
        materials = {
            name: [
                made
                for n, text in enumerate(texts)
                if (made := await self._material(files, f"{exchange_id}/{name}/{n}", text))
            ]
            for name, texts in order.texts.items()
        }
        return TaskRequest(order.task, order.values, materials, order.collections, conversation_id=conversation_id)

    async def _material(self, files: Mapping[str, DocumentText], pasted_id: str, text: OrderedText) -> Material | None:
        """None for a file that is no longer there."""
        if text.pasted:
            given = DocumentText(GIVEN, pasted_id, 1, DocumentMetadata(text.title), text.pasted)
            return material(given, CONVERSATION, cut(given.metadata, lines(text.pasted, ())))
        if file := files.get(text.document):
            return material(file, FILES, await self._chunks(file))
        return None

    async def _chunks(self, file: DocumentText) -> Sequence[Chunk]:
        """With their pages, as the index has them; else as they are read again."""
        if self.index is not None and (chunks := await chunks_of(self.index, file)):
            return chunks
        return cut(file.metadata, await self.originals.blocks(file) or lines(file.text, ()))

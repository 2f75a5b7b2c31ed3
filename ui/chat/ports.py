"""What the chat and its pages need of the steps below."""

import datetime as dt
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol
from uuid import UUID

from assistant.answer import AskEvent, Turn
from assistant.tasks.order import TaskOrder
from assistant.tasks.request import TaskEvent, TaskRequest
from assistant.tasks.template import Template
from ingestion import Block, SheetView, SheetWanted
from policies.principal import Principal
from retrieval.corpus import Collection, DocumentText


class Asker(Protocol):
    """Answers questions; `assistant.ask.Ask` does."""

    def ask(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        history: Sequence[Turn] = (),
        on: dt.date | None = None,
        conversation_id: UUID | None = None,
    ) -> AsyncGenerator[AskEvent, None]:
        """The answer as it is made; closing the generator ends the work."""


class Doer(Protocol):
    """Does tasks; `assistant.Tasks` does."""

    async def offered(self) -> Sequence[Template]:
        """The templates in force, by title."""

    async def template(self, name: str) -> Template:
        """The one of that name. Raises `TaskNotFound`."""

    def run(self, principal: Principal, request: TaskRequest) -> AsyncGenerator[TaskEvent, None]:
        """The task as it is done; closing the generator ends the work."""


class Orders(Protocol):
    """Does tasks of a conversation as they were ordered there; `ui.chat.tasks.orders.TaskOrders` does."""

    def run(
        self, person: Principal, conversation_id: UUID, exchange_id: UUID, order: TaskOrder
    ) -> AsyncGenerator[TaskEvent, None]:
        """The task as it is done; closing the generator ends the work."""


class Readable(Protocol):
    """Knows what a person may read; `retrieval.search.Search` does."""

    async def permitted(self, principal: Principal, names: Sequence[str]) -> list[Collection]:
        """These collections, or all that are open to the person. Raises `CollectionNotFound`."""

    async def open_to(self, principal: Principal) -> frozenset[UUID]:
        """All that is open to the person, archived or not."""

    async def attached(self, principal: Principal, conversation_id: UUID) -> Collection | None:
        """The files of a conversation, where it is the person's and has any."""

    async def opened(self, principal: Principal, collection_id: UUID, name: str) -> Collection:
        """The collection of something that was found once, if the person may read it now.

        Raises `CollectionNotFound`.
        """


class Glossary(Protocol):
    """Knows what acronyms stand for; `retrieval.Lexicons` does."""

    async def acronyms(self, text: str, collections: Sequence[UUID]) -> tuple[tuple[str, str], ...]:
        """Those of the text, in its order, with what they stand for in the texts of these collections."""


class GivenTexts(Protocol):
    """Knows the texts that people pasted for a task; `ui.chat.tasks.orders.TaskOrders` does."""

    async def pasted(self, person: Principal, document_id: str) -> DocumentText:
        """The text, for whoever pasted it. Raises `ConversationNotFound`."""


class Emitter(Protocol):
    """The reader's screen; Chainlit's emitter is one. Steps are drawn, or drawn anew where the id is known."""

    async def send_step(self, step_dict: Any) -> None:
        """Draw a step."""

    async def stream_start(self, step_dict: Any) -> None:
        """Draw a step whose text is to come."""

    async def send_token(self, step_id: str, token: str, /) -> None:
        """Add to the text of a step."""

    async def delete_step(self, step_dict: Any) -> None:
        """Take a step off, by its id."""

    async def send_toast(self, message: str, type: Any = "info") -> None:  # noqa: A002  # Chainlit's name
        """Say something over the page; the type is Chainlit's: info, success, warning or error."""


class DocumentOriginals(Protocol):
    """The originals of documents; `ingestion.Originals` has them."""

    async def sheet(self, text: DocumentText, wanted: SheetWanted) -> SheetView | None:
        """A page, with the place of a passage; None where there is none that can be drawn."""

    async def blocks(self, text: DocumentText) -> tuple[Block, ...] | None:
        """The text with its headings and tables; None where only the text itself is known."""

"""Chainlit's history, read from and written to our conversations.

Exchanges are kept by the chat itself, as whole questions and answers; the steps that Chainlit would
store one by one are therefore let go, and made again from the exchange when a conversation is opened.
"""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from chainlit.data.base import BaseDataLayer
from chainlit.types import Feedback as ChainlitFeedback
from chainlit.types import PageInfo, PaginatedResponse, Pagination, ThreadDict, ThreadFilter
from chainlit.user import PersistedUser, User

from assistant.conversation import Conversation, Exchange, Feedback
from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from policies.guardrails.personal_data import masked
from policies.principal import Principal
from ui.chat.attaching import ConversationFiles
from ui.chat.exchanges import ReadableExchanges
from ui.chat.passage_links import PassageLinks
from ui.chat.steps import Step, steps_of
from ui.database import Pool
from ui.failures import EXPECTED
from ui.identity import Caller

UNTITLED = "Conversation sans titre"

log = structlog.get_logger(__name__)


class ChatHistory(BaseDataLayer):
    """`caller` tells for whom the current request acts."""

    def __init__(
        self,
        pool: Pool,
        conversations: Conversations,
        exchanges: ReadableExchanges,
        links: PassageLinks,
        caller: Caller,
        files: ConversationFiles,
    ) -> None:
        self._pool = pool
        self._conversations = conversations
        self._exchanges = exchanges
        self._links = links
        self._caller = caller
        self._files = files

    # People: known from elsewhere, nothing is stored.

    async def get_user(self, identifier: str) -> PersistedUser | None:
        person = await self._caller()
        return _user(person) if identifier == person.subject else None

    async def create_user(self, user: User) -> PersistedUser | None:
        return await self.get_user(user.identifier)

    # Conversations.

    async def list_threads(self, pagination: Pagination, filters: ThreadFilter) -> PaginatedResponse[ThreadDict]:
        person = await self._caller()
        after = UUID(pagination.cursor) if pagination.cursor else None
        async with self._pool.connection() as connection:
            page = await self._conversations.page(connection, person, pagination.first + 1, after, filters.search or "")
        shown = page[: pagination.first]
        threads = [self._thread(person, conversation, []) for conversation in shown]
        ends = (threads[0]["id"], threads[-1]["id"]) if threads else (None, None)
        return PaginatedResponse(PageInfo(len(page) > len(shown), *ends), threads)

    async def get_thread(self, thread_id: str) -> ThreadDict | None:
        return await self._kept(thread_id, self._exchanges.of)

    async def opened(self, thread_id: str) -> ThreadDict | None:
        """The same, once it is recorded that its owner reads it again. Raises `LedgerUnavailable`."""
        return await self._kept(thread_id, self._exchanges.opened)

    async def _kept(
        self, thread_id: str, exchanges_of: Callable[[Principal, UUID], Awaitable[list[Exchange]]]
    ) -> ThreadDict | None:
        person = await self._caller()
        try:
            conversation_id = UUID(thread_id)
            async with self._pool.connection() as connection:
                conversation = await self._conversations.conversation(connection, person, conversation_id)
            exchanges = await exchanges_of(person, conversation_id)
        except (ConversationNotFound, ValueError):
            return None
        steps = [step for exchange in exchanges for step in steps_of(conversation_id, exchange, self._links)]
        return self._thread(person, conversation, steps)

    async def get_thread_author(self, thread_id: str) -> str:
        """The owner's subject, or nothing: Chainlit answers 404 then."""
        person = await self._caller()
        try:
            async with self._pool.connection() as connection:
                await self._conversations.conversation(connection, person, UUID(thread_id))
        except (ConversationNotFound, ValueError):
            return ""
        return person.subject

    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        """Chainlit calls this with a user to begin a conversation, and with a name alone to rename one."""
        if name is None:
            return
        person = await self._caller()
        async with self._pool.connection() as connection:
            if user_id is not None:
                await self._conversations.start(connection, person, UUID(thread_id), masked(name) or UNTITLED)
            else:
                await self._conversations.rename(connection, person, UUID(thread_id), name or UNTITLED)

    async def delete_thread(self, thread_id: str) -> None:
        person = await self._caller()
        async with self._pool.connection() as connection:
            await self._conversations.delete(connection, person, UUID(thread_id))
        try:
            await self._files.erase()
        except EXPECTED as error:  # the conversation is gone; what its files have left is erased in the night
            log.warning("files not erased yet", error=type(error).__name__)

    # Feedback: one for each exchange, so it has the exchange's id.

    async def upsert_feedback(self, feedback: ChainlitFeedback) -> str:
        given = Feedback(useful=feedback.value == 1, reason=(feedback.comment or "").strip())
        person = await self._caller()
        async with self._pool.connection() as connection:
            await self._conversations.rate(connection, person, UUID(feedback.forId), given)
        return feedback.forId

    async def delete_feedback(self, feedback_id: str) -> bool:
        person = await self._caller()
        async with self._pool.connection() as connection:
            await self._conversations.rate(connection, person, UUID(feedback_id), None)
        return True

    # What the chat keeps by itself, and what it does not have.

    async def create_step(self, step_dict: Any) -> None: ...

    async def update_step(self, step_dict: Any) -> None: ...

    async def delete_step(self, step_id: str) -> None: ...

    async def create_element(self, element: Any) -> None: ...

    async def get_element(self, thread_id: str, element_id: str) -> None: ...

    async def delete_element(self, element_id: str, thread_id: str | None = None) -> None: ...

    async def get_favorite_steps(self, user_id: str) -> list[Any]:
        return []

    async def build_debug_url(self) -> str:
        return ""

    async def close(self) -> None: ...

    def _thread(self, person: Principal, conversation: Conversation, steps: list[Step]) -> ThreadDict:
        return {
            "id": str(conversation.id),
            "createdAt": conversation.updated_at.astimezone(dt.UTC).isoformat(),  # the list is by last use
            "name": conversation.title,
            "userId": person.subject,
            "userIdentifier": person.subject,
            "tags": [],
            "metadata": {},
            "steps": steps,  # type: ignore[typeddict-item]  # a plain dictionary of the same keys
            "elements": [],
        }


def _user(person: Principal) -> PersistedUser:
    return PersistedUser(id=person.subject, createdAt="", identifier=person.subject, display_name=person.username)

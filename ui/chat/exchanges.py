"""What was said in a conversation, as far as the person may still read it."""

from uuid import UUID

from assistant.conversation import Exchange
from assistant.conversations import Conversations
from policies.principal import Principal
from ui.chat.ports import Readable
from ui.database import Pool


class ReadableExchanges:
    """Rights are asked anew each time: what was withdrawn since is gone from old conversations, too."""

    def __init__(self, pool: Pool, conversations: Conversations, search: Readable) -> None:
        self._pool = pool
        self._conversations = conversations
        self._search = search

    async def of(self, person: Principal, conversation_id: UUID) -> list[Exchange]:
        """In order. Raises `ConversationNotFound`."""
        permitted = {collection.id for collection in await self._search.permitted(person, [])}
        async with self._pool.connection() as connection:
            return await self._conversations.exchanges(connection, person, conversation_id, permitted)

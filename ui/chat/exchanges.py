"""What was said in a conversation, as far as the person may still read it."""

from uuid import UUID

from assistant.conversation import Exchange
from assistant.conversations import Conversations
from policies.principal import Principal
from retrieval.catalog import Catalog
from ui.chat.ports import Readable
from ui.database import Pool


class ReadableExchanges:
    """Rights are asked anew each time: what was withdrawn since is gone from old conversations, too.

    So is an answer that stands on a file of the conversation which was removed since.
    """

    def __init__(self, pool: Pool, conversations: Conversations, search: Readable) -> None:
        self._pool = pool
        self._conversations = conversations
        self._search = search
        self._catalog = Catalog()

    async def opened(self, person: Principal, conversation_id: UUID) -> list[Exchange]:
        """The same, once it is recorded that its owner reads them again. Raises `LedgerUnavailable` besides."""
        exchanges = await self.of(person, conversation_id)
        async with self._pool.connection() as connection:
            await self._conversations.open(connection, person, conversation_id)
        return exchanges

    async def of(self, person: Principal, conversation_id: UUID) -> list[Exchange]:
        """In order. Raises `ConversationNotFound`."""
        permitted = await self._search.open_to(person)
        attached = await self._search.attached(person, conversation_id)
        files = frozenset() if attached is None else {attached.id}
        async with self._pool.connection() as connection:
            exchanges = await self._conversations.exchanges(connection, person, conversation_id, permitted | files)
            if attached is None:
                return exchanges
            named = {identifier for one in exchanges for identifier in _named(one, attached.id)}
            held = await self._catalog.documents(connection, attached.id, sorted(named))
        gone = named - held.keys()
        return [one.readable(permitted) if _named(one, attached.id) & gone else one for one in exchanges]


def _named(exchange: Exchange, collection_id: UUID) -> set[str]:
    """The documents of that collection on which the answer stands."""
    sources = exchange.reply.sources if exchange.reply else ()
    return {source.document_id for source in sources if source.collection_id == collection_id}

"""A question or a task of a conversation, answered on its reader's screen and kept as it was answered."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

import structlog

from assistant.conversation import Ending, Exchange, turns
from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from assistant.tasks.order import TaskOrder
from assistant.tasks.request import TaskEvent
from policies.principal import Principal
from ui.chat.exchanges import ReadableExchanges
from ui.chat.passage_links import PassageLinks
from ui.chat.ports import Asker, Emitter, Glossary, Orders
from ui.chat.screen import AnswerScreen
from ui.database import Pool
from ui.failures import EXPECTED, failure_of

# How many earlier exchanges a follow-up question brings along.
REMEMBERED = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes: the reader's screen, the conversation, and the exchange that it belongs to."""

    emitter: Emitter
    conversation_id: UUID
    exchange_id: UUID


class Answering:
    """Answers, however it ends: each exchange keeps what stood on the screen."""

    def __init__(
        self,
        pool: Pool,
        asker: Asker,
        conversations: Conversations,
        exchanges: ReadableExchanges,
        links: PassageLinks,
        glossary: Glossary,
        orders: Orders,
    ) -> None:
        self._pool = pool
        self._asker = asker
        self._conversations = conversations
        self._exchanges = exchanges
        self._links = links
        self._glossary = glossary
        self._orders = orders

    async def ask(self, person: Principal, place: Place, question: str, collections: Sequence[str]) -> None:
        """Answer a new question, once it is kept; no collection named means all that are open."""
        await self._answer(person, place, collections, question)

    async def do(self, person: Principal, place: Place, order: TaskOrder) -> None:
        """Do a new task, once it is kept."""
        await self._answer(person, place, (), order.heading, order)

    async def answer_again(self, person: Principal, place: Place, collections: Sequence[str]) -> None:
        """Answer the question, or do the task, that the exchange holds already."""
        await self._answer(person, place, collections, None)

    async def _answer(
        self,
        person: Principal,
        place: Place,
        collections: Sequence[str],
        new_question: str | None,
        new_task: TaskOrder | None = None,
    ) -> None:
        screen = AnswerScreen(place.emitter, place.conversation_id, place.exchange_id, self._links)
        try:
            if new_question is not None:
                await self._keep(person, place, new_question, new_task)
            async with aclosing(await self._events(person, place, collections)) as events:
                async for event in events:
                    await screen.show(event)
            if screen.reply:
                screen.explain(await self._glossary.acronyms(screen.reply.text, sorted(screen.reply.collections)))
        except asyncio.CancelledError:
            await self._end(person, place, screen, Ending.STOPPED)
            raise
        except Exception as error:  # noqa: BLE001  # the edge: whatever happened, the reader gets a sentence
            if not isinstance(error, EXPECTED):
                log.error("answer failed", error=type(error).__name__, exchange=str(place.exchange_id))
            await self._end(person, place, screen, Ending.FAILED, failure_of(error).message)
        else:
            await self._end(person, place, screen, Ending.COMPLETE)

    async def _keep(self, person: Principal, place: Place, question: str, task: TaskOrder | None) -> None:
        async with self._pool.connection() as connection:
            await self._conversations.ask(connection, person, place.conversation_id, place.exchange_id, question, task)

    async def _events(
        self, person: Principal, place: Place, collections: Sequence[str]
    ) -> AsyncGenerator[TaskEvent, None]:
        """What happens while what the exchange asks for is done."""
        exchange, before = await self._exchange(person, place)
        if exchange.task is not None:
            return self._orders.run(person, place.conversation_id, exchange.id, exchange.task)
        return self._asker.ask(
            person,
            exchange.question,
            collections,
            turns(before)[-REMEMBERED:],
            conversation_id=place.conversation_id,
        )

    async def _exchange(self, person: Principal, place: Place) -> tuple[Exchange, list[Exchange]]:
        """The exchange, and those before it."""
        exchanges = await self._exchanges.of(person, place.conversation_id)
        for position, exchange in enumerate(exchanges):
            if exchange.id == place.exchange_id:
                return exchange, exchanges[:position]
        raise ConversationNotFound

    async def _end(
        self, person: Principal, place: Place, screen: AnswerScreen, ending: Ending, failure: str = ""
    ) -> None:
        reply = await screen.end(ending, failure)
        try:
            async with self._pool.connection() as connection:
                await self._conversations.reply(connection, person, place.exchange_id, reply)
        except EXPECTED as error:
            await place.emitter.send_toast(failure_of(error).message, "error")

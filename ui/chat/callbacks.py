"""What happens at each event of the chat."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import chainlit as cl
from chainlit.chat_context import chat_contexts
from chainlit.input_widget import MultiSelect
from chainlit.session import WebsocketSession

from assistant.conversations import Conversations
from policies.principal import Principal
from ui.chat.answering import Answering, Place
from ui.chat.exchanges import ReadableExchanges
from ui.chat.ports import Readable
from ui.chat.steps import answer_id, question_id, run_step
from ui.database import Pool
from ui.failures import EXPECTED, failure_of
from ui.identity import Caller

COLLECTIONS = "collections"
REGENERATE = "regenerate"

STARTERS = (
    "Comment vérifier une réponse de l’assistant ?",
    "Pourquoi l’assistant refuse-t-il parfois de répondre ?",
    "Puis-je saisir des données personnelles ou de santé ?",
    "Comment ajouter des documents à une collection ?",
)


async def stop(sid: str) -> None:
    """End the answer that is being written; in place of Chainlit's own handler, which says so in English."""
    session = WebsocketSession.get(sid)
    if session:
        _cancel(session)


class Chat:
    """One for all pages: Chainlit tells by its context whose event it is."""

    def __init__(
        self,
        caller: Caller,
        pool: Pool,
        search: Readable,
        conversations: Conversations,
        exchanges: ReadableExchanges,
        answering: Answering,
    ) -> None:
        self._caller = caller
        self._pool = pool
        self._search = search
        self._conversations = conversations
        self._exchanges = exchanges
        self._answering = answering

    async def user(self, headers: Any) -> None:
        """Nobody signs in with Chainlit; that there is this way makes it ask for a user at all."""

    async def starters(self, user: cl.User | None = None) -> list[cl.Starter]:
        """Questions to begin with, which the collection «Aide» answers."""
        return [cl.Starter(label=question, message=question) for question in STARTERS]

    async def on_start(self) -> None:
        """A new conversation; where the page asked for one that is not there, it has another identifier than that."""
        session = _session()
        if session.thread_id_to_resume:
            session.thread_id, session.thread_id_to_resume = str(uuid4()), None
        await self._offer_collections(await self._caller())

    async def on_resume(self, thread: Any) -> None:
        """An earlier conversation is opened again: its buttons are not kept with it."""
        person = await self._caller()
        await self._offer_collections(person)
        for exchange in await self._exchanges.of(person, _conversation_id()):
            await _offer_to_regenerate(exchange.id, question_id(exchange.id))

    async def on_end(self) -> None:
        """The page was left: nobody waits for the answer, and Chainlit would keep its messages for ever."""
        _cancel(_session())
        chat_contexts.pop(cl.context.session.id, None)

    async def on_message(self, message: cl.Message) -> None:
        """A question. The exchange has the id of the run, which is what feedback will name."""
        run: Any = cl.context.current_run
        exchange_id = UUID(run.id)
        try:
            person = await self._caller()
        except EXPECTED as error:  # nobody may speak for a session that has ended
            await _say(failure_of(error).message)
            return
        try:
            await self._answering.ask(person, _place(exchange_id), message.content, _chosen_collections())
        finally:  # one that was stopped too
            await _offer_to_regenerate(exchange_id, message.id)

    async def on_regenerate(self, action: cl.Action) -> None:
        """Another answer in place of the one there is; a task like a question's, so that it can be stopped."""
        session = _session()
        if not session.current_task or session.current_task.done():
            again = self._regenerate(UUID(action.payload["exchange"]), action.payload["question"])
            session.current_task = asyncio.create_task(again)

    async def _regenerate(self, exchange_id: UUID, question: str) -> None:
        """Take an exchange off the screen and out of the conversation, and put one with another answer there."""
        emitter: Any = cl.context.emitter
        renewed_id = uuid4()
        await emitter.task_start()
        try:
            person = await self._caller()
            async with self._pool.connection() as connection:
                await self._conversations.renew(connection, person, exchange_id, renewed_id)
            await emitter.delete_step({"id": str(exchange_id)})
            await emitter.send_step(run_step(_conversation_id(), renewed_id, question))
            await self._answering.answer_again(person, _place(renewed_id), _chosen_collections())
        except EXPECTED as error:
            await _say(failure_of(error).message)
        finally:
            await _offer_to_regenerate(renewed_id, question)
            await emitter.task_end()

    async def _offer_collections(self, person: Principal) -> None:
        """Let the person choose where to search, if there is a choice; nothing chosen means everywhere."""
        names = [collection.name for collection in await self._search.permitted(person, [])]
        if len(names) > 1:
            label = "Collections interrogées (aucune\u202f: toutes)"
            inputs: Any = [MultiSelect(id=COLLECTIONS, label=label, values=names, initial=[])]
            settings: Any = cl.ChatSettings(inputs)
            await settings.send()


async def _offer_to_regenerate(exchange_id: UUID, question: str) -> None:
    """A button under an answer; `question` is the id of the question's message on this screen."""
    action: Any = cl.Action(
        id=f"{REGENERATE}-{exchange_id}",
        name=REGENERATE,
        payload={"exchange": str(exchange_id), "question": question},
        label="Régénérer",
        icon="refresh-cw",
    )
    await action.remove()  # the page may have it already
    await action.send(for_id=answer_id(exchange_id))


async def _say(sentence: str) -> None:
    """Tell what went wrong, over the page."""
    await cl.context.emitter.send_toast(sentence, "error")


def _cancel(session: WebsocketSession) -> None:
    """End what is being done for this page; once, so that what has been written by then can be kept."""
    task, session.current_task = session.current_task, None
    if task:
        task.cancel()


def _session() -> WebsocketSession:
    session: Any = cl.context.session  # the chat has no other kind
    return session  # type: ignore[no-any-return]


def _place(exchange_id: UUID) -> Place:
    emitter: Any = cl.context.emitter
    return Place(emitter, _conversation_id(), exchange_id)


def _conversation_id() -> UUID:
    return UUID(_session().thread_id)


def _chosen_collections() -> list[str]:
    return list(_session().chat_settings.get(COLLECTIONS) or ())

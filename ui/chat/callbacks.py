"""What happens at each event of the chat."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import chainlit as cl
from chainlit.chat_context import chat_contexts
from chainlit.context import init_ws_context
from chainlit.input_widget import MultiSelect
from chainlit.session import WebsocketSession

from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from policies.principal import Principal
from retrieval.question import validate_question
from ui.chat.answering import Answering, Place
from ui.chat.attaching import Attaching, ask_what
from ui.chat.buttons import asked, offer
from ui.chat.confirmations import ask_whether, settle
from ui.chat.exchanges import ReadableExchanges
from ui.chat.ports import Readable
from ui.chat.socket_events import ASKED, FILES, cancel
from ui.chat.starters import STARTERS
from ui.chat.steps import question_id, question_step, run_step
from ui.chat.tasks.running import tell_page
from ui.chat.uploads import taken
from ui.database import Pool
from ui.failures import EXPECTED, failure_of
from ui.identity import Caller
from ui.leaving import OPEN
from ui.personal_data import kinds

COLLECTIONS = "collections"


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
        attaching: Attaching,
    ) -> None:
        self._caller = caller
        self._pool = pool
        self._search = search
        self._conversations = conversations
        self._exchanges = exchanges
        self._answering = answering
        self._attaching = attaching

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
        await tell_page()
        await self._offer_collections(await self._caller())

    async def on_resume(self, thread: Any) -> None:
        """An earlier conversation is opened again: its buttons are not kept with it."""
        try:
            person = await self._caller()
            exchanges = await self._exchanges.opened(person, _conversation_id())
            await tell_page()
            await self._offer_collections(person)
            for exchange in exchanges:
                await offer(exchange.id, question_id(exchange.id))
            if files := await self._attaching.listed(person, _conversation_id()):
                thread["steps"].append(files)
        except EXPECTED as error:
            thread["steps"] = []
            await _say(failure_of(error).message)

    async def on_end(self) -> None:
        """The page was left: nobody waits for the answer, and Chainlit would keep its messages for ever.

        One that was told to come back finds its answer in the conversation.
        """
        socket = _session().environ["asgi.scope"].get(OPEN)
        if socket is None or not socket.gone:
            cancel(_session())
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
        sent = message.metadata or {}
        if files := taken(_session(), sent.get(FILES, ())):
            await self._attaching.attach(person, _conversation_id(), exchange_id, files)
            if not sent[ASKED].strip():
                await ask_what(_conversation_id(), exchange_id, message)
                return
        if found := kinds(message.content):
            asked()[message.id] = ""
            await ask_whether(_conversation_id(), exchange_id, message.id, message.content, found)
            return
        try:
            await self._answering.ask(person, _place(exchange_id), message.content, _chosen_collections())
        finally:  # one that was stopped too
            await offer(exchange_id, message.id)

    async def on_send(self, action: cl.Action) -> None:
        """A question that seems to hold personal data is to be answered all the same."""
        session = _session()
        if not session.current_task or session.current_task.done():
            payload = action.payload
            said = UUID(payload["exchange"]), str(payload["question"]), str(payload["text"])
            edited = payload["edited"]
            sent = self._send_edited(UUID(edited), *said) if edited else self._send(*said)
            session.current_task = asyncio.create_task(sent)

    async def on_change(self, action: cl.Action) -> None:
        """It is not; nothing of it is kept."""
        await settle(_conversation_id(), UUID(action.payload["exchange"]), sent=False)

    async def _send(self, exchange_id: UUID, message_id: str, question: str) -> None:
        emitter: Any = cl.context.emitter
        await emitter.task_start()
        try:
            person = await self._caller()
            await settle(_conversation_id(), exchange_id, sent=True)
            await self._answering.ask(person, _place(exchange_id), question, _chosen_collections())
        except EXPECTED as error:
            await _say(failure_of(error).message)
        finally:
            await offer(exchange_id, message_id)
            await emitter.task_end()

    async def _send_edited(self, exchange_id: UUID, waiting_id: UUID, message_id: str, question: str) -> None:
        await settle(_conversation_id(), waiting_id, sent=True)
        await cl.context.emitter.delete_step({"id": str(waiting_id)})
        await self._replace(exchange_id, message_id, question)

    async def on_regenerate(self, action: cl.Action) -> None:
        """Another answer in place of the one there is; a task like a question's, so that it can be stopped."""
        session = _session()
        if not session.current_task or session.current_task.done():
            again = self._replace(UUID(action.payload["exchange"]), action.payload["question"])
            session.current_task = asyncio.create_task(again)

    async def on_edit(self, sid: str, payload: Any) -> None:
        """A question is asked in other words; in place of Chainlit's own handler, which keeps what came after it."""
        session = WebsocketSession.get(sid)
        if session and (not session.current_task or session.current_task.done()):
            init_ws_context(session)
            message = payload["message"]
            session.current_task = asyncio.create_task(self._edit(str(message["id"]), str(message["output"])))

    async def _edit(self, message_id: str, question: str) -> None:
        """The page has taken the old answer, and what came after it, off by itself."""
        exchange_id = asked().get(message_id)
        try:
            question = validate_question(question)
            if exchange_id is None:
                raise ConversationNotFound
        except EXPECTED as error:
            await _say(f"{failure_of(error).message} Rechargez la page pour retrouver la réponse.")
            return
        found = kinds(question)
        if exchange_id and not found:
            await self._replace(UUID(exchange_id), message_id, question)
            return
        new_id = uuid4()  # what is asked stands in a run of its own: an old answer is kept until a yes
        await cl.context.emitter.send_step(run_step(_conversation_id(), new_id, message_id))  # type: ignore[arg-type]
        if found:
            await ask_whether(_conversation_id(), new_id, message_id, question, found, edited=exchange_id)
        else:
            await self._send(new_id, message_id, question)

    async def _replace(self, exchange_id: UUID, message_id: str, question: str | None = None) -> None:
        """Take an exchange off the screen and out of the conversation, and put one with another answer there.

        It answers the question of that message, in other words where they are given.
        """
        emitter: Any = cl.context.emitter
        renewed_id = uuid4()
        await emitter.task_start()
        try:
            person = await self._caller()
            async with self._pool.connection() as connection:
                if question is None:
                    await self._conversations.renew(connection, person, exchange_id, renewed_id)
                else:
                    await self._conversations.rewrite(connection, person, exchange_id, renewed_id, question)
            if question is not None:
                await emitter.update_step(question_step(_conversation_id(), message_id, question))
            await emitter.delete_step({"id": str(exchange_id)})
            await emitter.send_step(run_step(_conversation_id(), renewed_id, message_id))
            await self._attaching.show(person, _conversation_id())  # the list of files may have gone with the answer
            await self._answering.answer_again(person, _place(renewed_id), _chosen_collections())
        except EXPECTED as error:
            await _say(failure_of(error).message)
        finally:
            await offer(renewed_id, message_id)
            await emitter.task_end()

    async def on_detach(self, action: cl.Action) -> None:
        """A file is taken out of the conversation."""
        try:
            await self._attaching.detach(await self._caller(), _conversation_id(), UUID(action.payload["file"]))
        except EXPECTED as error:
            await _say(failure_of(error).message)

    async def _offer_collections(self, person: Principal) -> None:
        """Let the person choose where to search, if there is a choice; nothing chosen means everywhere."""
        names = [collection.name for collection in await self._search.permitted(person, [])]
        if len(names) > 1:
            label = "Collections interrogées (aucune\u202f: toutes)"
            inputs: Any = [MultiSelect(id=COLLECTIONS, label=label, values=names, initial=[])]
            settings: Any = cl.ChatSettings(inputs)
            await settings.send()


async def _say(sentence: str) -> None:
    """Tell what went wrong, over the page."""
    await cl.context.emitter.send_toast(sentence, "error")


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

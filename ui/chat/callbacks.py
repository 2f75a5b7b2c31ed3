"""The chat: Chainlit, mounted on our application and told what to do.

Chainlit keeps handlers, settings and the data layer in module globals, so there is one chat in a
process; all that is global is set in `mount_chat` and nowhere else. Chainlit reads its settings while
it is imported: `ui.chat.front.prepare_front` comes first.
"""

import asyncio
import os
import secrets
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import chainlit as cl
import chainlit.auth.jwt
import chainlit.data
import structlog
from chainlit.auth import create_jwt
from chainlit.chat_context import chat_contexts
from chainlit.config import config
from chainlit.input_widget import MultiSelect
from chainlit.server import app as chainlit_app
from chainlit.server import build_dir, call_action, sio
from chainlit.session import WebsocketSession
from chainlit.types import CallActionRequest
from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from assistant.answer import Turn
from assistant.conversation import Ending, Exchange, turns
from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from policies.principal import Principal
from ui.chat.history import ChatHistory
from ui.chat.passage_links import PassageLinks
from ui.chat.ports import Asker, Readable
from ui.chat.routes import ALLOWED_EVENTS, ChatRoutes
from ui.chat.safe_settings import require_safe_settings
from ui.chat.screen import AnswerScreen
from ui.chat.steps import answer_id, question_id, run_step
from ui.database import Pool
from ui.failures import EXPECTED, failure_of
from ui.identity import Caller
from ui.pages import STATIC

COLLECTIONS = "collections"
REGENERATE = "regenerate"

# How many earlier exchanges a follow-up question brings along.
REMEMBERED = 3

STARTERS = (
    "Comment vérifier une réponse de l’assistant ?",
    "Pourquoi l’assistant refuse-t-il parfois de répondre ?",
    "Puis-je saisir des données personnelles ou de santé ?",
    "Comment ajouter des documents à une collection ?",
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ChatServices:
    """What the chat stands on; `caller` tells who acts."""

    caller: Caller
    pool: Pool
    asker: Asker
    search: Readable
    conversations: Conversations
    links: PassageLinks


def mount_chat(app: FastAPI, services: ChatServices) -> None:
    """Put the chat at `/`, after every other route of the application, and the files of all pages at `/static`.

    Raises `FrontUnusable` where Chainlit is set otherwise than it must be.
    """
    require_safe_settings(config, Path(os.environ["CHAINLIT_APP_ROOT"]))
    chat = Chat(services)

    def history() -> ChatHistory:
        return ChatHistory(services.pool, services.conversations, services.search, services.links, services.caller)

    secret = secrets.token_hex(32)  # of the notes that `ChatRoutes` writes for Chainlit: they never leave the process
    chainlit.auth.jwt.get_jwt_secret = lambda: secret
    chainlit.data._data_layer, chainlit.data._data_layer_initialized = None, False
    cl.data_layer(history)
    cl.header_auth_callback(chat.user)
    cl.set_starters(chat.starters)
    cl.on_chat_start(chat.on_start)
    cl.on_chat_resume(chat.on_resume)
    cl.on_chat_end(chat.on_end)
    cl.on_message(chat.on_message)
    cl.action_callback(REGENERATE)(chat.on_regenerate)
    for event in set(sio.handlers["/"]) - ALLOWED_EVENTS:
        del sio.handlers["/"][event]
    sio.on("stop", stop)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_api_route("/", chat.page, response_class=HTMLResponse)
    app.add_api_route("/thread/{conversation_id}", chat.page, response_class=HTMLResponse)
    app.add_api_route("/set-session-cookie", chat.no_cookie, methods=["POST"])
    app.add_api_route("/project/action", chat.on_action, methods=["POST"])
    app.mount("/", ChatRoutes(chainlit_app, _note))


async def stop(sid: str) -> None:
    """End the answer that is being written; in place of Chainlit's own handler, which says so in English."""
    session = WebsocketSession.get(sid)
    if session:
        _cancel(session)


class Chat:
    """What happens at each event of the chat."""

    def __init__(self, services: ChatServices) -> None:
        self._services = services

    async def page(self) -> HTMLResponse:
        """The chat's page."""
        return HTMLResponse((Path(build_dir) / "index.html").read_text(), headers={"Cache-Control": "no-store"})

    async def no_cookie(self) -> dict[str, str]:
        """Nothing: the page asks for a second cookie, which only several servers behind one address would need."""
        return {}

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
        await self._offer_collections(await self._services.caller())

    async def on_resume(self, thread: Any) -> None:
        """An earlier conversation is opened again: its buttons are not kept with it."""
        person = await self._services.caller()
        await self._offer_collections(person)
        for exchange in await self._exchanges(person):
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
            person = await self._services.caller()
        except EXPECTED as error:  # nobody may speak for a session that has ended
            await _say(failure_of(error).message)
            return
        try:
            await self._answer(person, exchange_id, message.content)
        finally:  # one that was stopped too
            await _offer_to_regenerate(exchange_id, message.id)

    async def on_action(self, request: CallActionRequest) -> Any:
        """A button was pressed; on a page of somebody else's, or on none, there is nothing to press."""
        person = await self._services.caller()
        session = WebsocketSession.get_by_id(request.sessionId)
        if session is None or session.user is None or session.user.identifier != person.subject:
            raise HTTPException(404, "Cette page n’est plus ouverte. Rechargez-la.")
        return await call_action(request, session.user)

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
            person = await self._services.caller()
            async with self._services.pool.connection() as connection:
                await self._services.conversations.renew(connection, person, exchange_id, renewed_id)
            await emitter.delete_step({"id": str(exchange_id)})
            await emitter.send_step(run_step(_conversation_id(), renewed_id, question))
            await self._answer(person, renewed_id)
        except EXPECTED as error:
            await _say(failure_of(error).message)
        finally:
            await _offer_to_regenerate(renewed_id, question)
            await emitter.task_end()

    async def _answer(self, person: Principal, exchange_id: UUID, new_question: str | None = None) -> None:
        """Answer on the screen, and keep what was answered, however it ends (the session meanwhile, too)."""
        emitter: Any = cl.context.emitter
        screen = AnswerScreen(emitter, _conversation_id(), exchange_id, self._services.links)
        try:
            if new_question is not None:
                await self._keep_question(person, exchange_id, new_question)
            question, history = await self._question(person, exchange_id)
            events = self._services.asker.ask(person, question, _chosen_collections(), history)
            async with aclosing(events):
                async for event in events:
                    await screen.show(event)
        except asyncio.CancelledError:
            await self._end(person, screen, exchange_id, Ending.STOPPED)
            raise
        except Exception as error:  # noqa: BLE001  # the edge: whatever happened, the reader gets a sentence
            if not isinstance(error, EXPECTED):
                log.error("answer failed", error=type(error).__name__, exchange=str(exchange_id))
            await self._end(person, screen, exchange_id, Ending.FAILED, failure_of(error).message)
        else:
            await self._end(person, screen, exchange_id, Ending.COMPLETE)

    async def _keep_question(self, person: Principal, exchange_id: UUID, question: str) -> None:
        async with self._services.pool.connection() as connection:
            await self._services.conversations.ask(connection, person, _conversation_id(), exchange_id, question)

    async def _question(self, person: Principal, exchange_id: UUID) -> tuple[str, list[Turn]]:
        """The question of an exchange of this conversation, and what was said before it."""
        exchanges = await self._exchanges(person)
        for position, exchange in enumerate(exchanges):
            if exchange.id == exchange_id:
                return exchange.question, turns(exchanges[:position])[-REMEMBERED:]
        raise ConversationNotFound

    async def _end(
        self, person: Principal, screen: AnswerScreen, exchange_id: UUID, ending: Ending, failure: str = ""
    ) -> None:
        reply = await screen.end(ending, failure)
        try:
            async with self._services.pool.connection() as connection:
                await self._services.conversations.reply(connection, person, exchange_id, reply)
        except EXPECTED as error:
            await _say(failure_of(error).message)

    async def _exchanges(self, person: Principal) -> list[Exchange]:
        permitted = {collection.id for collection in await self._services.search.permitted(person, [])}
        async with self._services.pool.connection() as connection:
            return await self._services.conversations.exchanges(connection, person, _conversation_id(), permitted)

    async def _offer_collections(self, person: Principal) -> None:
        """Let the person choose where to search, if there is a choice; nothing chosen means everywhere."""
        names = [collection.name for collection in await self._services.search.permitted(person, [])]
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


def _note(person: Principal) -> str:
    """Who acts, as Chainlit wants to be told."""
    return create_jwt(cl.User(identifier=person.subject, display_name=person.username))


def _cancel(session: WebsocketSession) -> None:
    """End what is being done for this page; once, so that what has been written by then can be kept."""
    task, session.current_task = session.current_task, None
    if task:
        task.cancel()


def _session() -> WebsocketSession:
    session: Any = cl.context.session  # the chat has no other kind
    return session  # type: ignore[no-any-return]


def _conversation_id() -> UUID:
    return UUID(_session().thread_id)


def _chosen_collections() -> list[str]:
    return list(_session().chat_settings.get(COLLECTIONS) or ())

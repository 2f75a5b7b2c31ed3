"""Chainlit, mounted on our application and told what to do.

Chainlit keeps handlers, settings and the data layer in module globals, so there is one chat in a
process; all that is global is set in `mount_chat` and nowhere else. Chainlit reads its settings while
it is imported: `ui.chat.front.prepare_front` comes first.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import chainlit as cl
import chainlit.auth.jwt
import chainlit.data
from chainlit.auth import create_jwt
from chainlit.config import SpontaneousFileUploadFeature, config
from chainlit.server import app as chainlit_app
from chainlit.server import build_dir, call_action, sio
from chainlit.types import CallActionRequest, DeleteFeedbackRequest, UpdateFeedbackRequest
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from policies.principal import Principal
from ui.chat.answering import Answering
from ui.chat.attaching import DETACH, Attaching, ConversationFiles
from ui.chat.buttons import REGENERATE
from ui.chat.callbacks import Chat
from ui.chat.confirmations import EDIT, SEND
from ui.chat.exchanges import ReadableExchanges
from ui.chat.front import page_for
from ui.chat.history import ChatHistory
from ui.chat.page import Arrivals, page_of
from ui.chat.passage_links import PassageLinks
from ui.chat.ports import Asker, Glossary, Readable
from ui.chat.routes import ALLOWED_EVENTS, ChatRoutes
from ui.chat.safe_settings import require_safe_settings
from ui.chat.socket_events import Connecting, listen, sent, stop
from ui.chat.tasks.orders import TaskOrders
from ui.chat.tasks.routes import TaskServices, task_router
from ui.chat.uploads import UploadLimits, Uploads
from ui.database import Pool
from ui.failures import EXPECTED, failure_of
from ui.identity import Caller
from ui.pages import STATIC, Notice


@dataclass(frozen=True, slots=True)
class ChatServices:
    """What the chat stands on; `caller` tells who acts."""

    caller: Caller
    pool: Pool
    asker: Asker
    search: Readable
    conversations: Conversations
    links: PassageLinks
    glossary: Glossary
    files: ConversationFiles
    uploads: UploadLimits
    orders: TaskOrders
    notice: Notice

    def chat(self) -> Chat:
        """What happens at each event."""
        shown = self._exchanges(), self._answering(), Attaching(self.files)
        return Chat(self.caller, self.pool, self.search, self.conversations, *shown)

    def forms(self) -> TaskServices:
        """What the forms of tasks stand on."""
        return TaskServices(self.caller, self.orders, self.search, self._answering(), self.notice.root)

    def history(self) -> ChatHistory:
        """What Chainlit takes for its data layer."""
        return ChatHistory(self.pool, self.conversations, self._exchanges(), self.links, self.caller, self.files)

    def _answering(self) -> Answering:
        kept = self.conversations, self._exchanges()
        return Answering(self.pool, self.asker, *kept, self.links, self.glossary, self.orders)

    def _exchanges(self) -> ReadableExchanges:
        return ReadableExchanges(self.pool, self.conversations, self.search)


def mount_chat(app: FastAPI, services: ChatServices) -> None:
    """Put the chat at `/`, after every other route of the application, and the files of all pages at `/static`.

    Raises `FrontUnusable` where Chainlit is set otherwise than it must be.
    """
    require_safe_settings(config, Path(os.environ["CHAINLIT_APP_ROOT"]))
    config.features.spontaneous_file_upload = _offered(services.uploads)
    chat, routes, arrivals = services.chat(), OwnRoutes(services), Arrivals()
    secret = secrets.token_hex(32)  # of the notes that `ChatRoutes` writes for Chainlit: they never leave the process
    chainlit.auth.jwt.get_jwt_secret = lambda: secret
    chainlit.data._data_layer, chainlit.data._data_layer_initialized = None, False
    cl.data_layer(services.history)
    cl.header_auth_callback(chat.user)
    cl.set_starters(chat.starters)
    cl.on_chat_start(chat.on_start)
    cl.on_chat_resume(chat.on_resume)
    cl.on_chat_end(chat.on_end)
    cl.on_message(chat.on_message)
    cl.action_callback(REGENERATE)(chat.on_regenerate)
    cl.action_callback(DETACH)(chat.on_detach)
    cl.action_callback(SEND)(chat.on_send)
    cl.action_callback(EDIT)(chat.on_change)
    for event in set(sio.handlers["/"]) - ALLOWED_EVENTS:
        del sio.handlers["/"][event]
    sio.on("connect", Connecting(arrivals).connect)
    sio.on("connection_successful", listen)
    sio.on("client_message", sent)
    sio.on("stop", stop)
    sio.on("edit_message", chat.on_edit)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_api_route("/", routes.page, response_class=HTMLResponse)
    app.add_api_route("/thread/{conversation_id}", routes.page, response_class=HTMLResponse)
    app.add_api_route("/project/action", routes.act, methods=["POST"])
    app.add_api_route("/project/thread/{thread_id}", routes.conversation, methods=["GET"])
    uploads = Uploads(services.caller, services.uploads, arrivals)
    app.add_api_route("/project/file", uploads.receive, methods=["POST"])
    app.add_api_route("/feedback", routes.rate, methods=["PUT"])
    app.add_api_route("/feedback", routes.rate_no_more, methods=["DELETE"])
    app.include_router(task_router(services.forms()))
    for kind in EXPECTED:
        app.add_exception_handler(kind, _failed)
        chainlit_app.add_exception_handler(kind, _failed)
    app.mount("/", ChatRoutes(chainlit_app, _note))


class OwnRoutes:
    """Addresses of the chat's page at which we answer in Chainlit's place."""

    def __init__(self, services: ChatServices) -> None:
        self._services = services

    async def page(self) -> HTMLResponse:
        """The chat's page."""
        beside = self._services.notice.beside(await self._services.caller())
        page = Path(build_dir) / page_for(beside)
        return HTMLResponse(page.read_text(), headers={"Cache-Control": "no-store"})

    async def conversation(self, thread_id: str) -> JSONResponse:
        """An earlier conversation, read again: recorded before it is given."""
        thread = await self._services.history().opened(thread_id)
        if thread is None:
            raise HTTPException(404, "Cette conversation n’existe pas ou n’existe plus.")
        return JSONResponse(thread, headers={"Cache-Control": "no-store"})

    async def act(self, request: CallActionRequest) -> Any:
        """A button was pressed; on a page of somebody else's, or on none, there is nothing to press."""
        person = await self._services.caller()
        session = page_of(request.sessionId, person)
        if session is None or session.user is None:
            raise HTTPException(404, "Cette page n’est plus ouverte. Rechargez-la.")
        return await call_action(request, session.user)

    async def rate(self, request: UpdateFeedbackRequest) -> dict[str, Any]:
        """What the reader thinks of an answer of theirs."""
        feedback = request.feedback
        with _answer_of(feedback.forId):
            return {"success": True, "feedbackId": await self._services.history().upsert_feedback(feedback)}

    async def rate_no_more(self, request: DeleteFeedbackRequest) -> dict[str, Any]:
        """The reader takes it back."""
        with _answer_of(request.feedbackId):
            return {"success": await self._services.history().delete_feedback(request.feedbackId)}


def _offered(limits: UploadLimits) -> SpontaneousFileUploadFeature:
    """What the page says of files before it sends any; the route decides."""
    return SpontaneousFileUploadFeature(
        enabled=True,
        accept={"application/octet-stream": sorted(limits.suffixes)},
        max_files=limits.files,
        max_size_mb=limits.size // 1_000_000,
    )


async def _failed(_: Request, error: Exception) -> JSONResponse:
    """What went wrong, as the chat's page shows it."""
    failure = failure_of(error)
    return JSONResponse({"detail": failure.message}, failure.status)


@contextmanager
def _answer_of(exchange_id: str) -> Iterator[None]:
    """404 where there is no such answer, or it is somebody else's."""
    try:
        UUID(exchange_id)
        yield
    except (ConversationNotFound, ValueError) as error:
        raise HTTPException(404, "Cette réponse n’existe pas ou n’existe plus. Rechargez la page.") from error


def _note(person: Principal) -> str:
    """Who acts, as Chainlit wants to be told."""
    return create_jwt(cl.User(identifier=person.subject, display_name=person.username))

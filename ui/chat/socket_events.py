"""Events of the chat's socket at which we answer in the place of Chainlit, or before it does."""

from functools import partial
from typing import Any

import chainlit as cl
import chainlit.socket
from chainlit.session import WebsocketSession
from socketio.exceptions import ConnectionRefusedError as Refused  # type: ignore[import-untyped]

from ui.chat.page import Arrivals, is_page_name, work_of
from ui.chat.uploads import waiting
from ui.failures import EXPECTED, failure_of
from ui.leaving import OPEN

# In a message's metadata: what was asked, and which of the page's files came with it.
ASKED = "asked"
FILES = "files"


class Connecting:
    """Pages open; `arrivals` hears of each."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals

    async def connect(self, sid: str, environ: Any, auth: Any) -> Any:
        """A page names itself, and Chainlit makes a folder of the name, which it removes when the page is left.

        The name is therefore an identifier, and never a path; who sends another is refused.
        """
        if not isinstance(auth, dict) or not is_page_name(auth.get("sessionId")):
            raise Refused("Cette page n’a pas de nom. Rechargez-la.")
        try:
            accepted = await chainlit.socket.connect(sid, environ, auth)
        except EXPECTED as error:  # unsaid, the page would wait for an answer that never comes
            raise Refused(failure_of(error).message) from error
        if (socket := environ["asgi.scope"].get(OPEN)) is not None:  # none where long polling takes its place
            socket.work = partial(work_of, sid)
        await self._arrivals.tell()
        return accepted


async def listen(sid: str) -> None:
    """The page is ready to hear: open the conversation that it asked for, or begin one.

    Chainlit begins one for a page whose connection was lost before that, too; a page that waits for a conversation
    never shows it. Where the conversation cannot be read now, the page says why and has a new one.
    """
    page = WebsocketSession.require(sid)
    page.restored = page.thread_id_to_resume is None
    try:
        await chainlit.socket.connection_successful(sid)
    except EXPECTED as error:
        await cl.context.emitter.send_resume_thread_error(failure_of(error).message)
        page.restored = True
        await chainlit.socket.connection_successful(sid)


async def sent(sid: str, payload: Any) -> None:
    """A message comes, perhaps with files. Chainlit would show each as a link to itself; ours are not to be fetched.

    A message without a word gets the names of its files instead; `asked` of its metadata says what was asked.
    """
    page, message = WebsocketSession.require(sid), payload["message"]
    files = waiting(page, [str(reference["id"]) for reference in payload.get("fileReferences") or ()])
    asked = str(message["output"])
    message["metadata"] = {ASKED: asked, FILES: [file["id"] for file in files]}
    if files and not asked.strip():
        message["output"] = ", ".join(file["name"] for file in files)
    await chainlit.socket.message(sid, {"message": message, "fileReferences": None})


async def stop(sid: str) -> None:
    """End the answer that is being written; in place of Chainlit's own handler, which says so in English."""
    session = WebsocketSession.get(sid)
    if session:
        cancel(session)


def cancel(session: WebsocketSession) -> None:
    """End what is being done for this page; once, so that what has been written by then can be kept."""
    task, session.current_task = session.current_task, None
    if task:
        task.cancel()

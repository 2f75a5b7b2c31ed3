"""A task begins on somebody's page of the chat, where it can be seen and stopped as an answer can."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import chainlit as cl
from chainlit.context import init_ws_context
from chainlit.session import WebsocketSession

from assistant.tasks.order import TaskOrder
from policies.principal import Principal
from ui.chat.answering import Answering, Place
from ui.chat.buttons import offer
from ui.chat.page import page_of
from ui.chat.steps import question_step, run_step

PAGE = "assistantPage"  # how the page's own script hears its name


async def tell_page() -> None:
    """Tell the page its name, by which a form beside the conversation says where it belongs."""
    session: Any = cl.context.session
    emitter: Any = cl.context.emitter
    await emitter.send_window_message({PAGE: session.id})


class OpenPage:
    """A page of the chat that its owner has open."""

    def __init__(self, session: WebsocketSession) -> None:
        self._session = session

    @property
    def conversation_id(self) -> UUID:
        """The conversation that it shows, begun or not."""
        return UUID(self._session.thread_id)

    @property
    def busy(self) -> bool:
        """Whether an answer is being written there."""
        task = self._session.current_task
        return task is not None and not task.done()

    def start(self, answering: Answering, person: Principal, order: TaskOrder) -> None:
        """Do the task there."""
        init_ws_context(self._session)
        self._session.current_task = asyncio.create_task(self._do(answering, person, order))

    async def _do(self, answering: Answering, person: Principal, order: TaskOrder) -> None:
        emitter: Any = cl.context.emitter
        conversation_id, exchange_id, message_id = self.conversation_id, uuid4(), str(uuid4())
        await emitter.task_start()
        try:
            if not self._session.has_first_interaction:
                self._session.has_first_interaction = True
                await emitter.init_thread(order.heading)
            await emitter.send_step(question_step(conversation_id, message_id, order.heading))
            await emitter.send_step(run_step(conversation_id, exchange_id, message_id))
            await answering.do(person, Place(emitter, conversation_id, exchange_id), order)
        finally:  # one that was stopped too
            await offer(exchange_id, message_id)
            await emitter.task_end()


def open_page(person: Principal, name: str) -> OpenPage | None:
    """The page of that name, if this person has it open."""
    session = page_of(name, person)
    return None if session is None else OpenPage(session)

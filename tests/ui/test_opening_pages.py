"""A page shows a conversation, or says why not, however its connection came about: it never waits for ever."""

import asyncio
from collections.abc import Awaitable
from types import ModuleType
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from socketio.exceptions import ConnectionRefusedError as Refused  # type: ignore[import-untyped]

from tests.ui.two_people import MARK, Web

SILENT = "La base de données ne répond pas"


def silent(*_: object, **__: object) -> Awaitable[Any]:
    """A database that does not answer."""
    raise psycopg.OperationalError


async def test_a_page_that_lost_its_connection_before_it_spoke_gets_its_conversation_all_the_same(web: Web) -> None:
    name = str(uuid4())
    async with web.page("bob", sessionId=name, threadId=web.theirs.conversation):
        pass
    async with web.page("bob", sessionId=name, threadId=web.theirs.conversation) as page:
        await page.begin()
        assert ("first_interaction", {"interaction": "resume", "thread_id": web.theirs.conversation}) in page.heard
        await page.until("resume_thread")
        assert MARK in str(page.heard[-1])


async def test_a_conversation_that_cannot_be_read_now_leads_to_a_new_one_and_the_page_says_why(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with web.page("bob", threadId=web.theirs.conversation) as page:
        with monkeypatch.context() as silenced:
            silenced.setattr("ui.chat.history.ChatHistory.get_thread", silent)
            await page.socket.emit("connection_successful")
            async with asyncio.timeout(30):
                await page.until("resume_thread_error")
        [said] = [told for event, told in page.heard if event == "resume_thread_error"]
        assert said.startswith(SILENT)
        await page.until("task_end", await page.until("chat_settings"))
        assert web.theirs.conversation not in str(await page.ask())


@pytest.mark.parametrize("missing", ["exchanges.ReadableExchanges.opened", "attaching.Attaching.listed"])
async def test_what_goes_wrong_while_a_conversation_is_opened_is_said(
    web: Web, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    async with web.page("bob", threadId=web.theirs.conversation) as page:
        monkeypatch.setattr(f"ui.chat.{missing}", silent)
        await page.socket.emit("connection_successful")
        await page.until("resume_thread")
        [told] = [told for event, told in page.heard if event == "toast"]
        assert told["message"].startswith(SILENT)


async def test_a_page_that_cannot_be_opened_now_is_told_so(chat: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would otherwise wait for an answer that never comes."""
    from ui.chat.page import Arrivals
    from ui.chat.socket_events import Connecting

    monkeypatch.setattr("chainlit.socket.connect", silent)
    with pytest.raises(Refused) as refused:
        await Connecting(Arrivals()).connect("s", {}, {"sessionId": str(uuid4())})
    assert SILENT in str(refused.value.error_args)

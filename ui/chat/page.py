"""A page of the chat that somebody has open."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

from chainlit.session import WebsocketSession, ws_sessions_id

from policies.principal import Principal

# A page can be used as soon as it is drawn, a moment before its socket is connected.
CONNECTING_S = 3.0


def page_of(session_id: str, person: Principal) -> WebsocketSession | None:
    """The page of that name, if it is open and the person's own."""
    page = WebsocketSession.get_by_id(session_id)
    return page if page and page.user and page.user.identifier == person.subject else None


def is_page_name(name: object) -> bool:
    """Whether a page may call itself so: by an identifier, and never by a path."""
    with suppress(ValueError):
        return isinstance(name, str) and str(UUID(name)) == name
    return False


def work_of(socket_id: str) -> asyncio.Task[Any] | None:
    """The answer or task that is being done for the page of that socket."""
    page = WebsocketSession.get(socket_id)
    return page.current_task if page else None


def being_done() -> list[asyncio.Task[Any]]:
    """All answers and tasks of this process, whether their page is still there or not."""
    return [page.current_task for page in ws_sessions_id.values() if page.current_task]


class Arrivals:
    """Who comes before the socket of their page waits for it here."""

    def __init__(self) -> None:
        self._arrived = asyncio.Condition()

    async def tell(self) -> None:
        """A page has connected."""
        async with self._arrived:
            self._arrived.notify_all()

    async def page(self, session_id: str, person: Principal) -> WebsocketSession | None:
        """The page of that name, waited for where it is not there yet; None where it is not the person's own."""
        if is_page_name(session_id):
            with suppress(TimeoutError):
                async with asyncio.timeout(CONNECTING_S), self._arrived:
                    await self._arrived.wait_for(lambda: WebsocketSession.get_by_id(session_id) is not None)
        return page_of(session_id, person)

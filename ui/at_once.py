"""How much one person may have under way in this process at the same moment; what waits for a model has its own queue.

Invariants:
1. Of a person no more than so many requests are being answered, and no more than so many pages have a socket, through
   whichever door they came. Others are not concerned.
2. What ends, however it ends, makes room at once.
3. Who is turned away reads why, and leaves a record within the budget of their address (`ui.sign_in.refusals`).

What every page looks like is not counted: a browser asks for a hundred such files at once.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum

from starlette.types import ASGIApp, Receive, Scope, Send

from policies.audit.event import Act, Event
from policies.principal import Principal
from ui.errors import TooManyAtOnce
from ui.failures import EXPECTED, failure_of
from ui.gate import refuse
from ui.paced_socket import paced
from ui.sign_in.refusals import Refusals

LOOKS = ("/assets/", "/avatars/", "/front/", "/static/", "/favicon", "/logo")


class Held(Enum):
    """What a person can have several of at once."""

    REQUEST = "request"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class AtOnceLimits:
    """Of one person."""

    requests: int = 32
    pages: int = 20


class AtOnce:
    """Counts what each person has under way."""

    def __init__(self, limits: AtOnceLimits, refusals: Refusals) -> None:
        self._limits = {Held.REQUEST: limits.requests, Held.PAGE: limits.pages}
        self._refusals = refusals
        self._held: Counter[tuple[Held, str]] = Counter()

    @asynccontextmanager
    async def held(self, what: Held, person: Principal) -> AsyncIterator[None]:
        """One more of the person's, until the block is left.

        Raises `TooManyAtOnce`, which is recorded first; `TooManyRefusals` and `LedgerUnavailable` where it is not.
        """
        limit, key = self._limits[what], (what, person.subject)
        if self._held[key] >= limit:
            event = Event(Act.REFUSED, person, {"reason": f"{what.value}s-at-once", "limit": limit})
            await self._refusals.record(event, person.origin)
            raise TooManyAtOnce(limit, pages=what is Held.PAGE)
        self._held[key] += 1
        try:
            yield
        finally:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]


class Turnstile:
    """ASGI middleware behind the sign-in, for whoever it let through; programs pass theirs in `ui.v1`."""

    def __init__(self, app: ASGIApp, at_once: AtOnce) -> None:
        self._app = app
        self._at_once = at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        person: Principal | None = scope.get("state", {}).get("principal")
        if person is None or scope["path"].startswith(LOOKS):
            await self._app(scope, receive, send)
            return
        page = scope["type"] == "websocket"
        holding = self._at_once.held(Held.PAGE if page else Held.REQUEST, person)
        try:
            await holding.__aenter__()
        except EXPECTED as error:
            failure = failure_of(error)
            await refuse(scope, send, failure.status, failure.message)
            return
        try:
            await self._app(scope, paced(receive) if page else receive, send)
        finally:
            await holding.__aexit__(None, None, None)

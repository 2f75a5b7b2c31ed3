"""Who acts: the one answer to that for the chat, its pages, the websocket and the API.

Without Keycloak it is the person at this machine. Local identities work only while the server is bound
to a loopback address (`ui.settings` refuses any other), and every page says so. With Keycloak it is
whoever a session or a bearer token vouches for, asked anew for each request and each message.
"""

import getpass
import os
from contextvars import ContextVar
from dataclasses import replace
from typing import Protocol

from policies.principal import COMMAND, SERVICE, Principal, Role

# In records of what nobody known did.
NOBODY = Principal(subject="", username="", groups=frozenset(), roles=frozenset())


class Identity(Protocol):
    """Tells who acts. Both methods raise `ProviderUnreachable` where Keycloak is needed and silent."""

    @property
    def local(self) -> bool:
        """Whether nobody signs in."""

    async def of_session(self, cookie: str, /) -> Principal:
        """Who uses the session of that cookie now. Raises `SessionEnded`."""

    async def of_watch(self, cookie: str, /) -> Principal:
        """The same for a page that is merely open: it does not keep an idle session alive."""

    async def of_service(self, authorization: str, /) -> Principal:
        """Whom the header `Authorization` vouches for. Raises `TokenRefused`."""


class LocalIdentity:
    """Everybody is the one person who owns this process, whatever the cookie; programs that run here act for them."""

    local = True

    def __init__(self, person: Principal) -> None:
        self._person = person

    async def of_session(self, cookie: str) -> Principal:
        """That person."""
        return self._person

    of_watch = of_session
    of_service = of_session


class Caller:
    """Who acts in the current request, for code that the chat's framework calls without one.

    A request has its person. A websocket lives for hours: it has the cookie alone, and what its reader
    may do is looked up at each message; where it comes from stays.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._cookie: ContextVar[str] = ContextVar("cookie", default="")
        self._origin: ContextVar[str] = ContextVar("origin", default="")
        self._person: ContextVar[Principal | None] = ContextVar("person", default=None)

    def enter(self, cookie: str, origin: str, person: Principal | None) -> None:
        """From here on, this task and those that it starts act for that session from there, or for that person."""
        self._cookie.set(cookie)
        self._origin.set(origin)
        self._person.set(person)

    async def __call__(self) -> Principal:
        """The person now. Raises `SessionEnded`, `ProviderUnreachable`."""
        if person := self._person.get():
            return person
        return replace(await self._identity.of_session(self._cookie.get()), origin=self._origin.get())


def local_principal() -> Principal:
    """The person who owns this process, at its command line: may read, and administer collections, but not audit."""
    return Principal(
        subject=f"local:{os.getuid()}",
        username=_login(),
        groups=frozenset(),
        roles=frozenset({Role.AGENT, Role.GESTIONNAIRE, Role.ADMINISTRATEUR}),
        origin=COMMAND,
    )


def service_principal() -> Principal:
    """The same for what the process does of its own accord."""
    return replace(local_principal(), origin=SERVICE)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in this container
        return str(os.getuid())

"""Keycloak as sessions see it, saying what a test wants; the real one is behind the tests in the browser."""

import asyncio
import datetime as dt
from dataclasses import replace
from itertools import count

from policies.principal import Principal, Role
from ui.errors import ProviderUnreachable, SignInEnded
from ui.sign_in.provider import SignIn
from ui.sign_in.tokens import Claims

AGENT = Principal("s-agent", "agent", frozenset({"/DGS"}), frozenset({Role.AGENT}))

ACCESS_TOKEN_LIFE = dt.timedelta(minutes=5)


class Clock:
    """A time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **step: float) -> None:
        """Later, by hours, minutes or seconds."""
        self.now += dt.timedelta(**step)


class ScriptedKeycloak:
    """A `Refresher`: refresh tokens are used once, and `people` are those who are signed in, by its session."""

    def __init__(self, clock: Clock) -> None:
        self.people: dict[str, Principal] = {}
        self.failure: Exception | None = None
        self.asked = 0
        self.at_work = asyncio.Event()  # somebody asks
        self.answers = asyncio.Event()  # and is answered
        self.answers.set()
        self._clock = clock
        self._sessions = count(1)
        self._tokens_given = count(1)
        self._honoured: dict[str, str] = {}  # refresh token -> session

    def sign_in(self, principal: Principal = AGENT) -> SignIn:
        """The tokens of a new session."""
        provider_session = f"sid-{next(self._sessions)}"
        self.people[provider_session] = principal
        return self.tokens(provider_session)

    def sign_out(self, provider_session: str) -> None:
        """That session is over."""
        del self.people[provider_session]

    def change(self, provider_session: str, **changes: object) -> None:
        """The person has other groups or roles from now on."""
        self.people[provider_session] = replace(self.people[provider_session], **changes)  # type: ignore[arg-type]

    async def refresh(self, refresh_token: str) -> SignIn:
        """New tokens for a token that was not used before."""
        self.asked += 1
        self.at_work.set()
        await self.answers.wait()
        if self.failure:
            raise self.failure
        provider_session = self._honoured.pop(refresh_token, "")
        if provider_session not in self.people:
            raise SignInEnded("Keycloak a mis fin à la connexion.")
        return self.tokens(provider_session)

    def goes_down(self) -> None:
        """From now on nobody is answered."""
        self.failure = ProviderUnreachable("Keycloak ne répond pas.")

    def comes_back(self) -> None:
        """Everybody is answered again."""
        self.failure = None

    def tokens(self, provider_session: str) -> SignIn:
        """Tokens of a session, with the person as they are now."""
        refresh_token = f"refresh-{next(self._tokens_given)}"
        self._honoured[refresh_token] = provider_session
        now = self._clock()
        claims = Claims(self.people[provider_session], provider_session, now, now + ACCESS_TOKEN_LIFE)
        return SignIn(claims, refresh_token, f"id-{provider_session}")

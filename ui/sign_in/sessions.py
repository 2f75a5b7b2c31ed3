"""Sessions of people who signed in, kept in PostgreSQL: begun, used, checked at Keycloak, ended.

Invariants:
1. A sign-in makes a new cookie; no cookie that a browser had before becomes a session.
2. Nobody acts on rights that are older than `recheck`, unless Keycloak was asked since and did not
   answer; then they hold until the access token's own limit.
3. Of all requests that find a check due, in all processes, one asks Keycloak and the others wait for it.
   No connection is held meanwhile.
4. A session begins, and ends, in one transaction with its record in the ledger.
"""

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, Protocol
from uuid import UUID, uuid4

import structlog

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import SERVICE, Principal
from retrieval.rows import Connection, Pool
from ui.errors import ProviderUnreachable, SessionEnded, SignInEnded, SignInRefused, TokenRefused, UnknownKey
from ui.sign_in.provider import SignIn
from ui.sign_in.session import Claim, Ended, Held, Reason, Session
from ui.sign_in.session_table import SessionTable
from ui.sign_in.tokens import LogoutClaims

COOKIE_BYTES = 32

# `used_at` is written that often at most: a session that is in use is not a write for each request.
USE_WRITTEN_EVERY = dt.timedelta(minutes=1)

# Who asks Keycloak and has said nothing for so long has died: its requests there time out sooner.
CLAIM_ABANDONED_AFTER = dt.timedelta(seconds=30)

# Between two looks at what another request makes of its claim, in seconds.
LOOK_AGAIN_AFTER = 0.05

# Sessions beyond their limits that nobody uses any more are ended by others' sign-ins, so many at a time.
EXPIRED_PER_SIGN_IN = 20

SENTENCES = {
    Reason.IDLE: "Votre session a pris fin, faute d’activité. Reconnectez-vous.",
    Reason.TOO_OLD: "Votre session a atteint sa durée maximale. Reconnectez-vous.",
    Reason.NO_ROLE: "Votre compte n’a plus de rôle dans l’assistant. Demandez-en un à un administrateur.",
}
IT_ENDED = "Votre session est terminée. Reconnectez-vous."
SILENT = "Keycloak ne répond pas, et votre session ne se prolonge pas sans lui. Réessayez dans quelques minutes."

_log = structlog.get_logger(__name__)


class Refresher(Protocol):
    """Keycloak, as far as a session that has begun needs it."""

    async def refresh(self, refresh_token: str) -> SignIn:
        """New tokens and the rights of now.

        Raises `SignInEnded` where Keycloak no longer vouches, `TokenRefused` and `SignInRefused` where its
        answer does not hold, `ProviderUnreachable`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """How long a session lasts, unused (`idle`) and in all; Keycloak is asked every `recheck`.

    `key`, of 32 bytes, seals its tokens.
    """

    idle: dt.timedelta
    absolute: dt.timedelta
    recheck: dt.timedelta = dt.timedelta(seconds=20)
    key: bytes = field(repr=False)

    def limit(self, session: Session, now: dt.datetime) -> Reason | None:
        """The limit that the session has reached, if any."""
        if now - session.created_at >= self.absolute:
            return Reason.TOO_OLD
        if now - session.used_at >= self.idle:
            return Reason.IDLE
        return None


def utc_now() -> dt.datetime:
    """The time of this process's clock."""
    return dt.datetime.now(dt.UTC)


class Sessions:
    """All sessions. A cookie is a secret: it is given back once, by `start`."""

    def __init__(
        self,
        pool: Pool,
        ledger: Ledger,
        provider: Refresher,
        settings: SessionSettings,
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        self._pool = pool
        self._ledger = ledger
        self._provider = provider
        self._settings = settings
        self._clock = clock
        self._table = SessionTable(settings.key)
        self._checks: set[asyncio.Task[bool]] = set()
        self._write_use_every = min(USE_WRITTEN_EVERY, settings.idle / 10)

    async def start(self, sign_in: SignIn, origin: str = "") -> str:
        """Begin a session and return its cookie: 256 random bits, in base64 for addresses. `origin` is the peer's."""
        cookie, now, claims = secrets.token_urlsafe(COOKIE_BYTES), self._clock(), sign_in.claims
        session = Session(uuid4(), claims.principal, claims.provider_session, created_at=now, used_at=now)
        details: dict[str, Json] = {"session": str(session.id), "provider_session": session.provider_session}
        idle, absolute = self._settings.idle, self._settings.absolute
        async with self._pool.connection() as connection:
            await self._table.insert(connection, cookie, self._vouched(session, sign_in, now), sign_in)
            expired = await self._table.delete_expired(connection, now - absolute, now - idle, EXPIRED_PER_SIGN_IN)
            person = replace(session.principal, origin=origin)
            await self._ledger.append(connection, Event(Act.SIGNED_IN, person, details))
            await self._record(connection, expired, Reason.EXPIRED)
        return cookie

    async def use(self, cookie: str) -> Session:
        """The session of that cookie, which is used now. Raises `SessionEnded`, `ProviderUnreachable`.

        `ProviderUnreachable` leaves the session as it is: it goes on once Keycloak answers.
        """
        session = await self._current(cookie)
        now = self._clock()
        if now - session.used_at >= self._write_use_every:
            async with self._pool.connection() as connection:
                await self._table.mark_used(connection, session.id, now)
        return session

    async def watch(self, cookie: str) -> Session:
        """The same for a page that is merely open, which keeps no idle session alive."""
        return await self._current(cookie)

    async def end(self, cookie: str, origin: str = "") -> Ended | None:
        """The person signs out here. Gives what ends it at Keycloak too; None if there is no such session."""
        async with self._pool.connection() as connection:
            ended = await self._table.delete_by_cookie(connection, cookie)
            await self._record(connection, ended, Reason.SIGNED_OUT, origin)
        return ended[0] if ended else None

    async def end_by_provider(self, claims: LogoutClaims) -> int:
        """Keycloak says that a session of its own, or all of a person's, ended. Returns how many ended here."""
        if not claims.provider_session and not claims.subject:
            return 0
        async with self._pool.connection() as connection:
            ended = await self._table.delete_by_provider(connection, claims)
            await self._record(connection, ended, Reason.ENDED_BY_PROVIDER)
        return len(ended)

    async def end_by_administrator(self, principal: Principal, session_id: UUID) -> Ended | None:
        """Somebody whom the policy lets do so ends another's session; None if there is no such session."""
        async with self._pool.connection() as connection:
            ended = await self._table.delete(connection, session_id)
            for one in ended:
                details: dict[str, Json] = {"session": str(session_id), "subject": one.session.principal.subject}
                await self._ledger.append(connection, Event(Act.SESSION_REVOKED, principal, details))
        return ended[0] if ended else None

    async def held(self, subject: str = "") -> list[Session]:
        """The sessions of now, the oldest first; of that person alone where one is given."""
        async with self._pool.connection() as connection:
            sessions = [held.session for held in await self._table.all(connection, subject)]
        now = self._clock()
        return [session for session in sessions if not self._settings.limit(session, now)]

    async def _current(self, cookie: str) -> Session:
        """The session, within its limits, with rights that Keycloak has confirmed of late."""
        while True:
            async with self._pool.connection() as connection:
                held = await self._table.find(connection, cookie)
            if held is None:
                raise SessionEnded(IT_ENDED)
            now = self._clock()
            if reason := self._settings.limit(held.session, now):
                await self._end(held.session, reason)
            if now < held.checked_at + self._settings.recheck:
                if now >= held.valid_until:
                    raise ProviderUnreachable(SILENT)
                return held.session
            if not await self._to_the_end(self._check(held.session)):
                await asyncio.sleep(LOOK_AGAIN_AFTER)

    async def _to_the_end(self, check: Coroutine[Any, Any, bool]) -> bool:
        """A check goes on if its request is given up: Keycloak may honour a refresh token only once."""
        task = asyncio.create_task(check)
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)
        return await asyncio.shield(task)

    async def _check(self, session: Session) -> bool:
        """Ask Keycloak, and keep what it says; False where somebody else is asking. Raises `SessionEnded`."""
        now = self._clock()
        due, abandoned = now - self._settings.recheck, now - CLAIM_ABANDONED_AFTER
        async with self._pool.connection() as connection:
            claim = await self._table.claim(connection, session.id, now, due, abandoned)
        if claim is None:
            return False
        answer = await self._answer(session, claim)
        if isinstance(answer, Reason):
            await self._end(session, answer)
        now = self._clock()
        async with self._pool.connection() as connection:
            if answer is None:
                await self._table.postpone(connection, claim, session.id, now)
            else:
                await self._table.renew(connection, claim, self._vouched(session, answer, now), answer)
        return True

    async def _answer(self, session: Session, claim: Claim) -> SignIn | Reason | None:
        """What Keycloak says of the session: its rights of now, or why it ends. None if it does not say."""
        if claim.refresh_token is None:
            return Reason.UNREADABLE
        try:
            sign_in = await self._provider.refresh(claim.refresh_token)
        except (ProviderUnreachable, UnknownKey):  # a key that was published just now is known the next time
            return None
        except SignInEnded:
            return Reason.ENDED_BY_PROVIDER
        except (TokenRefused, SignInRefused) as refusal:
            _log.warning("refreshed tokens do not hold", session=str(session.id), reason=refusal.reason)
            return Reason.TOKEN_REFUSED
        if sign_in.claims.principal.subject != session.principal.subject:
            _log.warning("refreshed tokens are another person's", session=str(session.id))
            return Reason.TOKEN_REFUSED
        return sign_in if sign_in.claims.principal.roles else Reason.NO_ROLE

    def _vouched(self, session: Session, sign_in: SignIn, now: dt.datetime) -> Held:
        """The session as Keycloak sees it now; that holds for `recheck` at least, however the clocks differ."""
        claims = sign_in.claims
        session = replace(session, principal=claims.principal, provider_session=claims.provider_session)
        return Held(session, checked_at=now, valid_until=max(claims.expires_at, now + self._settings.recheck))

    async def _end(self, session: Session, reason: Reason) -> NoReturn:
        async with self._pool.connection() as connection:
            await self._record(connection, await self._table.delete(connection, session.id), reason)
        raise SessionEnded(SENTENCES.get(reason, IT_ENDED))

    async def _record(
        self, connection: Connection, ended: Sequence[Ended], reason: Reason, origin: str = SERVICE
    ) -> None:
        for session in (one.session for one in ended):
            details: dict[str, Json] = {"session": str(session.id), "reason": reason}
            person = replace(session.principal, origin=origin)
            await self._ledger.append(connection, Event(Act.SIGNED_OUT, person, details))

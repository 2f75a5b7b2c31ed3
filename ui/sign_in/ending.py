"""The sessions of people, for those who administer people: who is signed in, and signing somebody out.

It takes `Action.ADMINISTER_PEOPLE`, and leaves a record. Without Keycloak nobody signs in, and there is nobody to sign
out.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from policies.access import Action, Policy
from policies.audit.event import Act, Event
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.permission import require_right
from retrieval.rows import Pool
from ui.errors import ProviderUnreachable, SessionNotFound
from ui.sign_in.session import Ended, Session


class HeldSessions(Protocol):
    """The sessions of people who signed in (`ui.sign_in.sessions`)."""

    async def held(self, subject: str = "") -> list[Session]:
        """Those of now, the oldest first; of that person alone where one is given."""

    async def end_by_administrator(self, principal: Principal, session_id: UUID) -> Ended | None:
        """End one, and record it; None if there is no such session."""


class SignOut(Protocol):
    """Keycloak, which is told that a session has ended (`ui.sign_in.provider`)."""

    async def logout(self, refresh_token: str) -> None:
        """End it there too. Raises `ProviderUnreachable`."""


@dataclass(frozen=True, slots=True)
class PeoplesSessions:
    """Methods raise `Refused`, which is recorded."""

    pool: Pool
    policy: Policy
    ledger: Ledger
    sessions: HeldSessions | None = None
    provider: SignOut | None = None

    async def listed(self, principal: Principal) -> list[Session]:
        """Who is signed in, the longest first; recorded."""
        await self._require(principal)
        held = await self.sessions.held() if self.sessions else []
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.SESSIONS_LISTED, principal, {"sessions": len(held)}))
        return held

    async def of(self, principal: Principal, subject: str) -> list[Session]:
        """Those of one person; whoever asks records it with what else they saw of them."""
        await self._require(principal)
        return await self.sessions.held(subject) if self.sessions else []

    async def end(self, principal: Principal, session_id: UUID) -> Session:
        """End one here, and at Keycloak. Raises `SessionNotFound`; `ProviderUnreachable`: it has ended here alone."""
        await self._require(principal)
        ended = await self.sessions.end_by_administrator(principal, session_id) if self.sessions else None
        if ended is None:
            raise SessionNotFound(f"Aucune session ne s’appelle {session_id}. Voyez « assistant sessions list ».")
        if self.provider and ended.refresh_token:
            try:
                await self.provider.logout(ended.refresh_token)
            except ProviderUnreachable as error:
                raise ProviderUnreachable(
                    "La session est terminée ici ; Keycloak ne répond pas, et la sienne continue. Terminez-la là-bas."
                ) from error
        return ended.session

    async def _require(self, principal: Principal) -> None:
        await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_PEOPLE)

"""One person, known and signed in."""

import datetime as dt
from uuid import UUID, uuid4

from policies import LivePolicy, PostgresLedger, Principal
from retrieval import Catalog
from ui.control.policy import PolicyServices
from ui.database import Pool
from ui.errors import ProviderUnreachable
from ui.realm.directory import Directory, Person
from ui.sign_in.ending import PeoplesSessions
from ui.sign_in.session import Ended, Session


class OneSession:
    """The session of one person, here and at Keycloak, which may be silent."""

    def __init__(self, person: Principal) -> None:
        now = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
        self.session = Session(uuid4(), person, "sid", created_at=now, used_at=now)
        self.here, self.there, self.silent = True, True, False

    async def held(self, subject: str = "") -> list[Session]:
        return [self.session] if self.here and subject in ("", self.session.principal.subject) else []

    async def end_by_administrator(self, principal: Principal, session_id: UUID) -> Ended | None:
        if session_id != self.session.id or not self.here:
            return None
        self.here = False
        return Ended(self.session, refresh_token="à rafraîchir", id_token="à montrer")

    async def logout(self, refresh_token: str) -> None:
        if self.silent:
            raise ProviderUnreachable("Keycloak ne répond pas.")
        assert refresh_token == "à rafraîchir"
        self.there = False


class OnePerson:
    """A directory that finds one person by whatever name."""

    def __init__(self, person: Person) -> None:
        self._person = person

    async def find(self, username: str, /) -> Person:
        return self._person

    async def groups(self) -> list[str]:
        return []


def without_keycloak(pool: Pool, policy: LivePolicy, directory: Directory) -> PolicyServices:
    """What the routes that administer people stand on where nobody signs in."""
    ledger = PostgresLedger()
    return PolicyServices(pool, ledger, Catalog(), policy, directory, PeoplesSessions(pool, policy, ledger))

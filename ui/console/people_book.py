"""People as Keycloak has them, for those who administer people; nothing of it is kept here.

Each look is decided by the policy and recorded before it is given: a list by its length, one person by their subject.
The words that somebody looks for stand in no record and no log.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.access import Action, Decision
from policies.audit.event import Act, Event
from policies.audit.ledger import Ledger
from policies.live import LivePolicy
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.permission import require_right
from ui.access import Access
from ui.console.seeing_as import decided
from ui.database import Pool
from ui.realm.directory import Group, ListedPerson, Listing, PeopleWanted, Person
from ui.sign_in.ending import PeoplesSessions
from ui.sign_in.session import Session


@dataclass(frozen=True, slots=True)
class OpenCollection:
    """A collection that a person may read, or keep, and what decides."""

    collection: Collection
    reading: Decision
    keeping: Decision


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """A person with all that is known of them here: rights by the rules of now, and their sessions."""

    listed: ListedPerson
    person: Person
    collections: Sequence[OpenCollection]
    sessions: Sequence[Session]


@dataclass(frozen=True, slots=True)
class PeopleBook:
    """Looks people up; methods raise `Refused`, `RealmRefused`, `ProviderUnreachable`."""

    pool: Pool
    policy: LivePolicy
    ledger: Ledger
    catalog: Catalog
    realm: Listing
    sessions: PeoplesSessions

    async def listed(
        self, principal: Principal, wanted: PeopleWanted, *, first: int = 0, most: int = 50
    ) -> list[ListedPerson]:
        """Some people, in Keycloak's order. Raises `GroupNotFound`."""
        await self.require(principal)
        found = await self.realm.listed(wanted, first=first, most=most)
        await self._record(Event(Act.PEOPLE_LISTED, principal, {"people": len(found)}))
        return found

    async def groups(self, principal: Principal) -> tuple[Group, ...]:
        """All groups, as a tree."""
        await self.require(principal)
        tree = await self.realm.tree()
        await self._record(Event(Act.GROUPS_LISTED, principal, {"groups": _count(tree)}))
        return tree

    async def opened(self, principal: Principal, subject: str) -> PersonSeen:
        """One person. Raises `PersonNotFound`."""
        await self.require(principal)
        listed, person = await self.realm.by_subject(subject)
        sessions = await self.sessions.of(principal, subject)
        async with self.pool.connection() as connection:
            held = await self.catalog.collections(connection)
        collections = [seen for one in held if (seen := self._seen(person, one)) is not None]
        await self._record(
            Event(
                Act.PERSON_OPENED,
                principal,
                {"subject": subject, "sessions": len(sessions), "collections": len(collections)},
            )
        )
        return PersonSeen(listed, person, collections, sessions)

    def _seen(self, person: Person, collection: Collection) -> OpenCollection | None:
        """None where the person may do nothing with it."""
        reading = decided(self.policy, person, Action.READ, collection.rule)
        keeping = decided(self.policy, person, Action.INGEST, collection.rule)
        return OpenCollection(collection, reading, keeping) if reading.allowed or keeping.allowed else None

    async def require(self, principal: Principal) -> None:
        """Let only those through who administer people."""
        await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_PEOPLE)

    async def _record(self, event: Event) -> None:
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, event)


def _count(groups: Sequence[Group]) -> int:
    return sum(1 + _count(group.below) for group in groups)


def people_book(pool: Pool, policy: LivePolicy, ledger: Ledger, catalog: Catalog, access: Access) -> PeopleBook | None:
    """The one of a process; None where people are not in Keycloak."""
    if access.keycloak is None:
        return None
    sessions = PeoplesSessions(pool, policy, ledger, access.keycloak.sessions, access.keycloak.provider)
    return PeopleBook(pool, policy, ledger, catalog, access.keycloak.people, sessions)

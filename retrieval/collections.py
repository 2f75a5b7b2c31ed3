"""Making, listing and removing collections: each act decided by the policy and recorded with it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.access import AccessRule, Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.errors import Refused
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, DocumentState
from retrieval.errors import CollectionNotFound
from retrieval.index import Index


@dataclass(frozen=True, slots=True)
class Collections:
    """The collections, as a principal may see and change them."""

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index

    async def readable(self, principal: Principal) -> list[tuple[Collection, int]]:
        """What the principal may read, by name, each with its number of documents that can be found."""
        async with self.pool.connection() as connection:
            held = await self.catalog.collections(connection)
            allowed = self.policy.permitted(principal, Action.READ, (collection.rule for collection in held))
            counts = await self.catalog.count_documents(connection, allowed)
        return [(one, counts[one.id][DocumentState.INDEXED]) for one in held if one.id in allowed]

    async def create(
        self, principal: Principal, name: str, description: str, owner: str, readers: frozenset[str]
    ) -> Collection:
        """A new, empty collection. Raises `Refused`, `NameInvalid`, `CollectionExists`."""
        rule = AccessRule(collection_id=uuid4(), owner=owner, readers=readers)
        await self._require(principal, Action.CREATE_COLLECTION, rule, name)
        async with self.pool.connection() as connection:
            collection = await self.catalog.create_collection(
                connection, name, owner=owner, readers=readers, description=description
            )
            await self.ledger.append(connection, _event(Act.COLLECTION_CREATED, principal, collection))
        return collection

    async def delete(self, principal: Principal, name: str) -> int:
        """Remove a collection with all its documents; gives how many could be found.

        Its points leave the index after the catalogue has forgotten it: from that moment no search
        permits them. Raises `CollectionNotFound`, `Refused`.
        """
        async with self.pool.connection() as connection:
            collection = await self.catalog.collection(connection, name)
        if not self.policy.decide(principal, Action.READ, collection.rule).allowed:
            await self._record_refusal(principal, Action.DELETE_COLLECTION, collection.rule, ())
            raise CollectionNotFound(name)
        await self._require(principal, Action.DELETE_COLLECTION, collection.rule, collection.name)
        async with self.pool.connection() as connection:
            counts = await self.catalog.count_documents(connection, [collection.id])
            await self.catalog.delete_collection(connection, collection.id)
            await self.ledger.append(connection, _event(Act.COLLECTION_DELETED, principal, collection))
        await self.index.delete(collection.id)
        return counts[collection.id][DocumentState.INDEXED]

    async def _require(self, principal: Principal, action: Action, rule: AccessRule, name: str) -> None:
        decision = self.policy.decide(principal, action, rule)
        if not decision.allowed:
            await self._record_refusal(principal, action, rule, decision.rules)
            raise Refused(principal, action, name, decision.rules)

    async def _record_refusal(
        self, principal: Principal, action: Action, rule: AccessRule, rules: tuple[str, ...]
    ) -> None:
        details: dict[str, Json] = {"action": action.value, "collection_id": str(rule.collection_id), "rules": [*rules]}
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.REFUSED, principal, details))


def _event(act: Act, principal: Principal, collection: Collection) -> Event:
    details: dict[str, Json] = {
        "collection_id": str(collection.id),
        "name": collection.name,
        "owner": collection.owner,
        "readers": [*sorted(collection.readers)],
    }
    return Event(act, principal, details)

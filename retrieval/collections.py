"""Making, listing and removing collections: each act decided by the policy and recorded with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

from policies.access import AccessRule, Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.guardrails import Concern, Response, Responses
from policies.principal import Principal
from retrieval import keeping, unsupported
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, DocumentState
from retrieval.index import Index
from retrieval.permission import Permission
from retrieval.quarantine_table import QuarantineTable
from retrieval.rows import Pool
from retrieval.unsupported import Unsupported


@dataclass(frozen=True, slots=True)
class Collections:
    """The collections, as a principal may see and change them."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index
    quarantine: QuarantineTable = field(default_factory=QuarantineTable)

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
        decision = await self._permission().require(principal, Action.CREATE_COLLECTION, rule, name)
        async with self.pool.connection() as connection:
            collection = await self.catalog.create_collection(
                connection, name, owner=owner, readers=readers, description=description
            )
            collection = replace(collection, allowed_by=decision.rules)
            await self.ledger.append(connection, _event(Act.COLLECTION_CREATED, principal, collection))
        return collection

    async def guardrails(self, principal: Principal, name: str) -> Responses:
        """What is done with texts that hold something, as whoever reads the collection may know.

        Raises `CollectionNotFound`.
        """
        collection = await self._permission().collection(principal, Action.READ, name)
        async with self.pool.connection() as connection:
            return await self.quarantine.responses(connection, collection.id)

    async def set_guardrails(self, principal: Principal, name: str, chosen: Mapping[Concern, Response]) -> Responses:
        """Change these answers, for the documents that come from now on. Raises `CollectionNotFound`, `Refused`."""
        collection = await self._permission().collection(principal, Action.INGEST, name)
        details: dict[str, Json] = {"collection_id": str(collection.id), "rules": [*collection.allowed_by]}
        details |= {concern.value: response.value for concern, response in chosen.items()}
        async with self.pool.connection() as connection:
            before = await self.quarantine.responses(connection, collection.id)
            details["before"] = {concern.value: before.of(concern).value for concern in chosen}
            responses = await self.quarantine.put_responses(connection, collection.id, chosen)
            await self.ledger.append(connection, Event(Act.GUARDRAILS_SET, principal, details))
        return responses

    async def unsupported(self, principal: Principal, name: str) -> Unsupported:
        """What is done with sentences that no passage bears out. Raises `CollectionNotFound`."""
        collection = await self._permission().collection(principal, Action.READ, name)
        async with self.pool.connection() as connection:
            return await unsupported.strictest(connection, [collection.id])

    async def set_unsupported(self, principal: Principal, name: str, rule: Unsupported) -> None:
        """Change that, for the answers that come from now on. Raises `CollectionNotFound`, `Refused`."""
        collection = await self._permission().collection(principal, Action.INGEST, name)
        async with self.pool.connection() as connection:
            before = await unsupported.strictest(connection, [collection.id])
            details: dict[str, Json] = {
                "collection_id": str(collection.id),
                "rule": rule.value,
                "before": before.value,
                "rules": [*collection.allowed_by],
            }
            await unsupported.put(connection, collection.id, rule)
            await self.ledger.append(connection, Event(Act.UNSUPPORTED_SET, principal, details))

    async def retention(self, principal: Principal, name: str) -> int | None:
        """For how many months conversations that stand on it are kept; None: as long as others.

        Raises `CollectionNotFound`.
        """
        collection = await self._permission().collection(principal, Action.READ, name)
        async with self.pool.connection() as connection:
            return await keeping.months(connection, collection.id)

    async def set_retention(self, principal: Principal, name: str, months: int | None) -> None:
        """Change that, for those that there are too. Raises `CollectionNotFound`, `Refused`."""
        collection = await self._permission().collection(principal, Action.INGEST, name)
        async with self.pool.connection() as connection:
            details: dict[str, Json] = {
                "collection_id": str(collection.id),
                "months": months,
                "before": await keeping.months(connection, collection.id),
                "rules": [*collection.allowed_by],
            }
            await keeping.put(connection, collection.id, months)
            await self.ledger.append(connection, Event(Act.RETENTION_SET, principal, details))

    async def delete(self, principal: Principal, name: str) -> int:
        """Remove a collection with all its documents; gives how many could be found.

        Its points leave the index after the catalogue has forgotten it: from that moment no search
        permits them. Raises `CollectionNotFound`, `Refused`.
        """
        collection = await self._permission().collection(principal, Action.DELETE_COLLECTION, name)
        async with self.pool.connection() as connection:
            counts = await self.catalog.count_documents(connection, [collection.id])
            await self.catalog.delete_collection(connection, collection.id)
            await self.ledger.append(connection, _event(Act.COLLECTION_DELETED, principal, collection))
        await self.index.delete(collection.id)
        return counts[collection.id][DocumentState.INDEXED]

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


def _event(act: Act, principal: Principal, collection: Collection) -> Event:
    details: dict[str, Json] = {
        "collection_id": str(collection.id),
        "name": collection.name,
        "owner": collection.owner,
        "readers": [*sorted(collection.readers)],
        "rules": [*collection.allowed_by],
    }
    return Event(act, principal, details)

"""Making and listing collections, and the rules by which each is kept: decided by the policy, recorded with it.

Who says which `edition` of a collection they were shown changes the rules of that one and no other; what is already
as it is asked for is left as it is (see `retrieval.collection_changes`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

from policies.access import AccessRule, Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.guardrails import Concern, Response, Responses
from policies.principal import Principal
from retrieval import collection_table as table
from retrieval import keeping, unsupported
from retrieval.catalog import Catalog
from retrieval.collection_events import collection_event
from retrieval.corpus import Collection, DocumentState, Stage
from retrieval.names import valid_description, valid_group, valid_name, valid_readers
from retrieval.permission import Permission, Which
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
    quarantine: QuarantineTable = field(default_factory=QuarantineTable)

    async def readable(self, principal: Principal) -> list[tuple[Collection, int]]:
        """What the principal may read, by name, each with its number of documents that can be found."""
        async with self.pool.connection() as connection:
            held = await self.catalog.collections(connection)
            allowed = self.policy.permitted(principal, Action.READ, (collection.rule for collection in held))
            counts = await self.catalog.count_documents(connection, allowed)
        return [(one, counts[one.id][DocumentState.INDEXED]) for one in held if one.id in allowed]

    async def create(
        self,
        principal: Principal,
        name: str,
        description: str,
        owner: str,
        readers: Iterable[str],
        *,
        reviewed: bool = False,
    ) -> Collection:
        """A new, empty collection; one that is `reviewed` is a draft that its readers see once it is published.

        Raises `Refused`, `NameInvalid`, `DescriptionInvalid`, `GroupInvalid`, `CollectionExists`.
        """
        name, description = valid_name(name), valid_description(description)
        owner, groups = owner.strip() and valid_group(owner), valid_readers(readers)
        rule = AccessRule(collection_id=uuid4(), owner=owner, readers=groups)
        decision = await self._permission().require(principal, Action.CREATE_COLLECTION, rule, name)
        async with self.pool.connection() as connection:
            collection = await self.catalog.create_collection(
                connection, name, owner=owner, readers=groups, description=description
            )
            if reviewed:
                collection = await table.put(connection, replace(collection, reviewed=True, stage=Stage.DRAFT))
            collection = replace(collection, allowed_by=decision.rules)
            await self.ledger.append(connection, collection_event(Act.COLLECTION_CREATED, principal, collection))
        return collection

    def may_create(self, principal: Principal) -> bool:
        """Whether the policy lets the principal make one."""
        return self.policy.decide(principal, Action.CREATE_COLLECTION, _anybodys()).allowed

    async def require_creation(self, principal: Principal) -> None:
        """Raises `Refused`, which is recorded, where it does not."""
        await self._permission().require(principal, Action.CREATE_COLLECTION, _anybodys(), "nouvelle")

    async def kept(self, principal: Principal, which: Which, action: Action = Action.INGEST) -> Collection:
        """The collection, for whoever may act so on it. Raises `CollectionNotFound`, `Refused`."""
        return await self._permission().called(principal, action, which)

    async def guardrails(self, principal: Principal, which: Which) -> Responses:
        """What is done with texts that hold something, as whoever reads the collection may know.

        Raises `CollectionNotFound`.
        """
        collection = await self._permission().called(principal, Action.READ, which)
        async with self.pool.connection() as connection:
            return await self.quarantine.responses(connection, collection.id)

    async def set_guardrails(
        self, principal: Principal, which: Which, chosen: Mapping[Concern, Response], edition: int | None = None
    ) -> Responses:
        """Change these answers, for the documents that come from now on.

        Raises `CollectionNotFound`, `Refused`, `CollectionChanged`, as the next two.
        """
        collection = await self._permission().called(principal, Action.INGEST, which)
        details: dict[str, Json] = {"collection_id": str(collection.id), "rules": [*collection.allowed_by]}
        details |= {concern.value: response.value for concern, response in chosen.items()}
        async with self.pool.connection() as connection:
            before = await self.quarantine.responses(connection, collection.id)
            if all(before.of(concern) is response for concern, response in chosen.items()):
                return before
            await table.locked(connection, collection, edition)
            details["before"] = {concern.value: before.of(concern).value for concern in chosen}
            responses = await self.quarantine.put_responses(connection, collection.id, chosen)
            await table.count_up(connection, collection.id)
            await self.ledger.append(connection, Event(Act.GUARDRAILS_SET, principal, details))
        return responses

    async def unsupported(self, principal: Principal, which: Which) -> Unsupported:
        """What is done with sentences that no passage bears out. Raises `CollectionNotFound`."""
        collection = await self._permission().called(principal, Action.READ, which)
        async with self.pool.connection() as connection:
            return await unsupported.strictest(connection, [collection.id])

    async def set_unsupported(
        self, principal: Principal, which: Which, rule: Unsupported, edition: int | None = None
    ) -> None:
        """Change that, for the answers that come from now on."""
        collection = await self._permission().called(principal, Action.INGEST, which)
        async with self.pool.connection() as connection:
            before = await unsupported.strictest(connection, [collection.id])
            if rule is before:
                return
            await table.locked(connection, collection, edition)
            details: dict[str, Json] = {
                "collection_id": str(collection.id),
                "rule": rule.value,
                "before": before.value,
                "rules": [*collection.allowed_by],
            }
            await unsupported.put(connection, collection.id, rule)
            await table.count_up(connection, collection.id)
            await self.ledger.append(connection, Event(Act.UNSUPPORTED_SET, principal, details))

    async def retention(self, principal: Principal, which: Which) -> int | None:
        """For how many months conversations that stand on it are kept; None: as long as others.

        Raises `CollectionNotFound`.
        """
        collection = await self._permission().called(principal, Action.READ, which)
        async with self.pool.connection() as connection:
            return await keeping.months(connection, collection.id)

    async def set_retention(
        self, principal: Principal, which: Which, months: int | None, edition: int | None = None
    ) -> None:
        """Change that, for those that there are too."""
        collection = await self._permission().called(principal, Action.INGEST, which)
        async with self.pool.connection() as connection:
            before = await keeping.months(connection, collection.id)
            if months == before:
                return
            await table.locked(connection, collection, edition)
            details: dict[str, Json] = {
                "collection_id": str(collection.id),
                "months": months,
                "before": before,
                "rules": [*collection.allowed_by],
            }
            await keeping.put(connection, collection.id, months)
            await table.count_up(connection, collection.id)
            await self.ledger.append(connection, Event(Act.RETENTION_SET, principal, details))

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


def _anybodys() -> AccessRule:
    """What is known of a collection before there is one."""
    return AccessRule(collection_id=uuid4(), owner="", readers=frozenset())

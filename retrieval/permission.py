"""On which collections somebody may act: decided by the policy, a refusal recorded."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from uuid import UUID

from policies.access import AccessRule, Action, Decision, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.errors import Refused
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.errors import CollectionNotFound
from retrieval.rows import Pool

Which = str | UUID
"""A collection by its name, as people type it, or by its identifier."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Asks the policy before anything is done."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger

    async def collection(self, principal: Principal, action: Action, name: str) -> Collection:
        """The collection of that name, on which the principal may act so.

        Who may not read it is told that there is none. Raises `CollectionNotFound`, `Refused`.
        """
        async with self.pool.connection() as connection:
            collection = await self.catalog.collection(connection, name)
        return await self.permitted(principal, action, collection, name)

    async def collection_by_id(self, principal: Principal, action: Action, collection_id: UUID) -> Collection:
        """The same by its identifier. Raises `CollectionNotFound`, `Refused`."""
        async with self.pool.connection() as connection:
            collection = await self.catalog.collection_by_id(connection, collection_id)
        return await self.permitted(principal, action, collection, str(collection_id))

    async def collections(self, principal: Principal, action: Action, names: Sequence[str] = ()) -> list[Collection]:
        """All that the principal may read and on which they may act so; or those of these names, asked one by one.

        Raises, for a name that is given, `CollectionNotFound`, `Refused`.
        """
        if names:
            return [await self.collection(principal, action, name) for name in names]
        async with self.pool.connection() as connection:
            held = await self.catalog.collections(connection)
        rules = [one.rule for one in held]
        allowed = self.policy.permitted(principal, Action.READ, rules) & self.policy.permitted(principal, action, rules)
        return [one for one in held if one.id in allowed]

    async def attached(self, principal: Principal, conversation_id: UUID) -> Collection | None:
        """The collection of the files of a conversation, where it is the principal's and has any."""
        async with self.pool.connection() as connection:
            held = await self.catalog.private_collection(connection, principal.subject, conversation_id)
        return self._own(principal, held)

    async def attached_by_id(self, principal: Principal, collection_id: UUID) -> Collection | None:
        """The same, by the collection's own identifier."""
        async with self.pool.connection() as connection:
            held = await self.catalog.private_collection_by_id(connection, principal.subject, collection_id)
        return self._own(principal, held)

    async def require_everywhere(self, principal: Principal, action: Action) -> None:
        """Raises `Refused`, which is recorded, where there is a collection on which the policy does not permit it."""
        async with self.pool.connection() as connection:
            held = await self.catalog.collections(connection)
        for collection in held:
            await self.require(principal, action, collection.rule, collection.name)

    async def called(self, principal: Principal, action: Action, which: Which) -> Collection:
        """The collection of that name or identifier. Raises `CollectionNotFound`, `Refused`."""
        if isinstance(which, UUID):
            return await self.collection_by_id(principal, action, which)
        return await self.collection(principal, action, which)

    async def permitted(
        self, principal: Principal, action: Action, collection: Collection, asked_as: str
    ) -> Collection:
        """The same of one that is at hand, and that was asked for by these words."""
        reading = self.policy.decide(principal, Action.READ, collection.rule)
        if not reading.allowed:
            await self._record(principal, action, collection.rule, reading.rules)
            raise CollectionNotFound(asked_as)
        decision = await self.require(principal, action, collection.rule, collection.name)
        return replace(collection, allowed_by=decision.rules)

    def _own(self, principal: Principal, held: Collection | None) -> Collection | None:
        if held is None:
            return None
        decision = self.policy.decide(principal, Action.READ, held.rule)
        return replace(held, allowed_by=decision.rules) if decision.allowed else None

    async def require(self, principal: Principal, action: Action, rule: AccessRule, name: str) -> Decision:
        """What the policy decides. Raises `Refused`, which is recorded, where it does not permit it."""
        decision = self.policy.decide(principal, action, rule)
        if not decision.allowed:
            await self._record(principal, action, rule, decision.rules)
            raise Refused(principal, action, name, decision.rules)
        return decision

    async def allowed_by(self, principal: Principal, ids: Set[UUID]) -> list[Json]:
        """The names of the rules by which the principal may read these, as records say them; not of attached files."""
        async with self.pool.connection() as connection:
            held = await self.catalog.collections_by_id(connection, ids)
        decisions = [self.policy.decide(principal, Action.READ, one.rule) for one in held]
        return [*sorted({rule for decision in decisions for rule in decision.rules})]

    async def _record(self, principal: Principal, action: Action, rule: AccessRule, rules: tuple[str, ...]) -> None:
        details: dict[str, Json] = {"action": action.value, "collection_id": str(rule.collection_id), "rules": [*rules]}
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.REFUSED, principal, details))


async def require_right(pool: Pool, policy: Policy, ledger: Ledger, principal: Principal, action: Action) -> list[Json]:
    """Let only those through who may do what is done to no collection; a refusal is recorded. Raises `Refused`.

    Gives the names of the rules that permit it, as records say them.
    """
    decision = policy.may(principal, action)
    if not decision.allowed:
        details: dict[str, Json] = {"action": action.value, "rules": [*decision.rules]}
        async with pool.connection() as connection:
            await ledger.append(connection, Event(Act.REFUSED, principal, details))
        raise Refused(principal, action, rules=decision.rules)
    return [*decision.rules]

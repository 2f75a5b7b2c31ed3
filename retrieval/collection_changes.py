"""Changing what is said of a collection: its name, who keeps and reads it, whether it takes documents and is found.

1. Each change is decided by the policy, and recorded in its own transaction with all that decides who reads it then.
2. Who says which `edition` they were shown changes that one and no other; without it, the one of now. Where it has
   changed meanwhile `CollectionChanged` is raised, but not where all is already as it was asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from policies.access import Action, Policy
from policies.audit.event import Act, Json
from policies.audit.ledger import Ledger
from policies.errors import Refused
from policies.principal import Principal
from retrieval import collection_table as table
from retrieval.catalog import Catalog
from retrieval.collection_events import collection_event
from retrieval.corpus import Collection
from retrieval.errors import OwnerRefused
from retrieval.names import valid_description, valid_group, valid_name, valid_readers
from retrieval.permission import Permission, Which
from retrieval.rows import Pool


@dataclass(frozen=True, slots=True)
class CollectionChanges:
    """For whoever may add to the collection. All methods raise `CollectionNotFound`, `Refused`, `CollectionChanged`."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger

    async def describe(
        self, principal: Principal, which: Which, name: str, description: str, edition: int | None = None
    ) -> Collection:
        """Give it another name or description. Raises `NameInvalid`, `DescriptionInvalid`, `CollectionExists`."""
        name, description = valid_name(name), valid_description(description)
        return await self._change(
            principal,
            which,
            edition,
            Act.COLLECTION_DESCRIBED,
            lambda held: replace(held, name=name, description=description),
            lambda held: {"before": {"name": held.name}},
        )

    async def set_access(
        self, principal: Principal, which: Which, owner: str, readers: Iterable[str], edition: int | None = None
    ) -> Collection:
        """Give it to another group, or to other readers; without readers it is open to every agent.

        Whoever does so must still keep it afterwards. Raises `GroupInvalid`, `OwnerRefused`.
        """
        owner, groups = owner.strip() and valid_group(owner), valid_readers(readers)
        permission = self._permission()
        held = await permission.called(principal, Action.INGEST, which)
        if owner != held.owner:
            try:
                await permission.require(principal, Action.INGEST, replace(held, owner=owner).rule, held.name)
            except Refused as refused:
                raise OwnerRefused(held.name, owner) from refused
        return await self._change(
            principal,
            which,
            edition,
            Act.COLLECTION_ACCESS_SET,
            lambda held: replace(held, owner=owner, readers=groups),
            lambda held: {"before": {"owner": held.owner, "readers": [*sorted(held.readers)]}},
        )

    async def pause(self, principal: Principal, which: Which, edition: int | None = None) -> Collection:
        """Have it take no new document until it is resumed."""
        return await self._change(
            principal, which, edition, Act.COLLECTION_PAUSED, lambda held: replace(held, paused=True)
        )

    async def resume(self, principal: Principal, which: Which, edition: int | None = None) -> Collection:
        """Have it take documents again."""
        return await self._change(
            principal, which, edition, Act.COLLECTION_RESUMED, lambda held: replace(held, paused=False)
        )

    async def archive(self, principal: Principal, which: Which, edition: int | None = None) -> Collection:
        """Have it found by those alone who keep it, and by them where they name it."""
        return await self._change(
            principal, which, edition, Act.COLLECTION_ARCHIVED, lambda held: replace(held, archived=True)
        )

    async def restore(self, principal: Principal, which: Which, edition: int | None = None) -> Collection:
        """Have its readers find it again."""
        return await self._change(
            principal, which, edition, Act.COLLECTION_RESTORED, lambda held: replace(held, archived=False)
        )

    async def _change(
        self,
        principal: Principal,
        which: Which,
        edition: int | None,
        act: Act,
        change: Callable[[Collection], Collection],
        told: Callable[[Collection], dict[str, Json]] = lambda _: {},
    ) -> Collection:
        permitted = await self._permission().called(principal, Action.INGEST, which)
        if change(permitted) == permitted:
            return permitted
        async with self.pool.connection() as connection:
            held = await table.locked(connection, permitted, edition)
            changed = await table.put(connection, change(held))
            changed = replace(changed, allowed_by=permitted.allowed_by)
            await self.ledger.append(connection, collection_event(act, principal, changed, **told(held)))
        return changed

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)

"""Telling the assistant to change its embedding model, seeing how far that is, and giving it up: recorded."""

from dataclasses import dataclass
from secrets import token_hex

from ingestion import reencoding_queries as queries
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.open_spaces import OpenSpaces
from retrieval.permission import Permission
from retrieval.rows import Connection, Pool, one_row
from retrieval.space_table import SpaceRow, SpaceTable


@dataclass(frozen=True, slots=True)
class SuccessionProgress:
    """Models by name; of `documents`, so many are `copied` for the next one, which `problem` keeps from getting on.

    Unless it is `named` by the settings of this process, another must be at it.
    """

    in_use: str
    next: str = ""
    named: bool = False
    documents: int = 0
    copied: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Succession:
    """Of one embedding model by another, and of an index that an earlier version of the assistant made."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    spaces: OpenSpaces

    async def announce(self, principal: Principal) -> None:
        """Have the next model that the settings name take the place of the one in use, unless it did or is about to.

        An index that an earlier version of the assistant made comes first: nothing is found in it until it is made
        anew, with the same model.
        """
        table, old = SpaceTable(), await self.spaces.row_in_use()
        outdated = await self._outdated(old)
        wanted = old.embedding if outdated else self.spaces.models.next
        if wanted is None or (wanted == old.embedding and not outdated):
            return
        async with self.pool.connection() as connection:
            await table.lock(connection)
            in_use, known = await table.in_use(connection), await table.next(connection)
            if in_use != old or (known and known.embedding == wanted and not await self._outdated(known)):
                return
            if known is not None:
                await table.abandon(connection)
                await self._record(connection, Act.EMBEDDING_ABANDONED, principal, {"embedding": known.embedding})
            await table.announce(connection, token_hex(4), wanted)
            names: dict[str, Json] = {"embedding": wanted, "instead_of": old.embedding}
            await self._record(connection, Act.EMBEDDING_ANNOUNCED, principal, names)

    async def progress(self) -> SuccessionProgress:
        """How far it is."""
        in_use = (await self.spaces.row_in_use()).embedding
        async with self.pool.connection() as connection:
            row = await SpaceTable().next(connection)
            if row is None:
                return SuccessionProgress(in_use)
            count = await one_row(connection, queries.COUNT, {"space": row.id})
        assert count is not None  # noqa: S101 - it counts
        return SuccessionProgress(
            in_use=in_use,
            next=row.embedding,
            named=row.embedding in self.spaces.models.open,
            documents=count["documents"],
            copied=count["copied"],
            problem=row.problem,
        )

    async def abandon(self, principal: Principal) -> str:
        """Stay with the model in use; gives the name of the one that was to come, empty where none was.

        Raises `Refused`.
        """
        permission = Permission(self.pool, self.policy, self.catalog, self.ledger)
        await permission.require_everywhere(principal, Action.INGEST)
        if await self._outdated(await self.spaces.row_in_use()):
            return ""  # nothing would be found any more
        async with self.pool.connection() as connection:
            row = await SpaceTable().abandon(connection)
            if row is None:
                return ""
            await self._record(connection, Act.EMBEDDING_ABANDONED, principal, {"embedding": row.embedding})
        return row.embedding

    async def _outdated(self, row: SpaceRow) -> bool:
        return (await self.spaces.opened(row)).index.outdated

    async def _record(self, connection: Connection, act: Act, principal: Principal, details: dict[str, Json]) -> None:
        await self.ledger.append(connection, Event(act, principal, details))

"""The ministry's own glossary: what its acronyms stand for. It comes before what texts say (`understanding`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.errors import AcronymInvalid
from retrieval.permission import require_right
from retrieval.question import CONTROL
from retrieval.rows import Connection, Pool, all_rows
from retrieval.understanding.words import WORD, fold

LONGEST_SHORT, LONGEST_LONG = 20, 200  # characters

ENTRIES: LiteralString = "select short, long from glossary order by folded"

# One row an entry that is new or says something else than before.
PUT: LiteralString = """
with given as (
    select * from unnest(%s::text[], %s::text[], %s::text[]) as given (folded, short, long)
), before as (
    select folded from glossary
), put as (
    insert into glossary as held (folded, short, long) select folded, short, long from given
    on conflict (folded) do update set short = excluded.short, long = excluded.long
        where (held.short, held.long) is distinct from (excluded.short, excluded.long)
    returning folded
)
select put.folded, before.folded is null as is_new from put left join before on before.folded = put.folded
"""

REMOVE: LiteralString = "delete from glossary where folded = any(%s::text[]) returning short, long"


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """An acronym, a word of letters, and what it stands for, on one line. Raises `AcronymInvalid`."""

    short: str
    long: str

    def __post_init__(self) -> None:
        if not WORD.fullmatch(self.short) or len(self.short) > LONGEST_SHORT:
            raise AcronymInvalid(f"«\u202f{self.short}\u202f» n’est pas un sigle de {LONGEST_SHORT} lettres au plus")
        if not self.long.strip() or len(self.long) > LONGEST_LONG or CONTROL.search(self.long) or "\n" in self.long:
            raise AcronymInvalid(
                f"ce que veut dire «\u202f{self.short}\u202f» doit tenir sur une ligne de {LONGEST_LONG} caractères"
            )
        if self.folded == fold(self.long):
            raise AcronymInvalid(f"«\u202f{self.short}\u202f» doit être développé en d’autres mots que lui-même")

    @property
    def folded(self) -> str:
        """By what it is known: in lower case, without accents."""
        return fold(self.short)


@dataclass(frozen=True, slots=True)
class GlossaryChange:
    """How many entries were added, now say something else, and were so already."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Glossary:
    """Kept by administrators; each change is recorded."""

    pool: Pool
    policy: Policy
    ledger: Ledger

    async def entries(self) -> list[GlossaryEntry]:
        """All of it, in the order of the alphabet: no secret to whoever is at work here."""
        async with self.pool.connection() as connection:
            return [GlossaryEntry(**row) for row in await all_rows(connection, ENTRIES)]

    async def put(self, principal: Principal, entries: Sequence[GlossaryEntry]) -> GlossaryChange:
        """Add these, no two of the same acronym; those of other acronyms stay. Raises `Refused`."""
        rules = await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_GLOSSARY)
        columns = [[one.folded for one in entries], [one.short for one in entries], [one.long for one in entries]]
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, PUT, columns)
            put = {row["folded"] for row in rows}
            added = sum(row["is_new"] for row in rows)
            change = GlossaryChange(added, len(rows) - added, len(entries) - len(rows))
            if rows:
                counts: dict[str, Json] = {"added": change.added, "changed": change.changed, "rules": rules}
                await self._record(connection, principal, counts, [one for one in entries if one.folded in put])
        return change

    async def remove(self, principal: Principal, shorts: Sequence[str]) -> int:
        """Take these acronyms out; gives how many there were. Raises `Refused`."""
        rules = await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_GLOSSARY)
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, REMOVE, [[fold(short) for short in shorts]])
            if rows:
                await self._record(
                    connection,
                    principal,
                    {"removed": len(rows), "rules": rules},
                    [GlossaryEntry(**row) for row in rows],
                )
        return len(rows)

    async def _record(
        self, connection: Connection, principal: Principal, counts: dict[str, Json], entries: Sequence[GlossaryEntry]
    ) -> None:
        content = {"entries": "\n".join(f"{one.short}\u202f: {one.long}" for one in entries)}
        await self.ledger.append(connection, Event(Act.GLOSSARY_CHANGED, principal, counts, content))

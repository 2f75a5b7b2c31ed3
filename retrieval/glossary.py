"""The ministry's own glossary: what its acronyms stand for. It comes before what texts say (`understanding`)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import LiteralString

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.errors import AcronymExists, AcronymInvalid, AcronymNotFound, GlossaryChanged
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

# Whoever changes the glossary by what they have read of it keeps others from it meanwhile.
LOCK: LiteralString = "lock table glossary in share row exclusive mode"

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

    @property
    def edition(self) -> str:
        """By what somebody sees that it says something else by now."""
        return edition_of([self])


def edition_of(entries: Iterable["GlossaryEntry"]) -> str:
    """The fingerprint of what some entries say, in 16 hexadecimal digits."""
    said = "\n".join(f"{one.short}\t{one.long}" for one in entries)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class GlossaryChange:
    """How many entries were added, now say something else, and were so already."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class GlossaryComparison:
    """What some entries would change in the glossary, whose `edition` is that of all of it."""

    added: Sequence[GlossaryEntry]
    changed: Sequence[tuple[GlossaryEntry, GlossaryEntry]]
    """Before and after."""
    unchanged: int
    edition: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """Kept by administrators; each change is recorded. What changes something raises `Refused`.

    Who gives the `edition` of what they have read is told by `GlossaryChanged` that it says something else by now.
    """

    pool: Pool
    policy: Policy
    ledger: Ledger

    async def entries(self) -> list[GlossaryEntry]:
        """All of it, in the order of the alphabet: no secret to whoever is at work here."""
        async with self.pool.connection() as connection:
            return await _held(connection)

    async def compare(self, principal: Principal, entries: Sequence[GlossaryEntry]) -> GlossaryComparison:
        """What `put` would do with these."""
        await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_GLOSSARY)
        held = await self.entries()
        known = {one.folded: one for one in held}
        both = [(known[one.folded], one) for one in entries if one.folded in known]
        changed = [(before, after) for before, after in both if before != after]
        added = [one for one in entries if one.folded not in known]
        return GlossaryComparison(added, changed, len(both) - len(changed), edition_of(held))

    async def add(self, principal: Principal, entry: GlossaryEntry) -> None:
        """A new entry. Raises `AcronymExists`."""
        rules = await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_GLOSSARY)
        async with self.pool.connection() as connection:
            await connection.execute(LOCK)
            _require_free(await _held(connection), entry)
            await connection.execute(PUT, _columns([entry]))
            await self._record(connection, principal, {"added": 1, "rules": rules}, [entry])

    async def change(self, principal: Principal, short: str, edition: str, entry: GlossaryEntry) -> None:
        """Have that entry be another one. Raises `AcronymNotFound`, `AcronymExists`, `GlossaryChanged`."""
        rules = await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_GLOSSARY)
        async with self.pool.connection() as connection:
            await connection.execute(LOCK)
            held = await _held(connection)
            before = _read(held, short, edition)
            _require_free([one for one in held if one != before], entry)
            if entry != before:
                await connection.execute(REMOVE, [[before.folded]])
                await connection.execute(PUT, _columns([entry]))
                await self._record(connection, principal, {"changed": 1, "rules": rules}, [entry], [before])

    async def drop(self, principal: Principal, short: str, edition: str) -> None:
        """Take that entry out, which was read. Raises `AcronymNotFound`, `GlossaryChanged`."""
        rules = await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_GLOSSARY)
        async with self.pool.connection() as connection:
            await connection.execute(LOCK)
            entry = _read(await _held(connection), short, edition)
            await connection.execute(REMOVE, [[entry.folded]])
            await self._record(connection, principal, {"removed": 1, "rules": rules}, [entry])

    async def put(self, principal: Principal, entries: Sequence[GlossaryEntry], edition: str = "") -> GlossaryChange:
        """Add these, no two of the same acronym; those of other acronyms stay.

        Raises `GlossaryChanged` where the whole glossary is no longer of that `edition` (`compare`).
        """
        rules = await require_right(self.pool, self.policy, self.ledger, principal, Action.ADMINISTER_GLOSSARY)
        async with self.pool.connection() as connection:
            await connection.execute(LOCK)
            if edition and edition_of(await _held(connection)) != edition:
                raise GlossaryChanged
            rows = await all_rows(connection, PUT, _columns(entries))
            put = {row["folded"] for row in rows}
            added = sum(row["is_new"] for row in rows)
            change = GlossaryChange(added, len(rows) - added, len(entries) - len(rows))
            if rows:
                counts: dict[str, Json] = {"added": change.added, "changed": change.changed, "rules": rules}
                await self._record(connection, principal, counts, [one for one in entries if one.folded in put])
        return change

    async def remove(self, principal: Principal, shorts: Sequence[str]) -> int:
        """Take these acronyms out; gives how many there were."""
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
        self,
        connection: Connection,
        principal: Principal,
        counts: dict[str, Json],
        entries: Sequence[GlossaryEntry],
        before: Sequence[GlossaryEntry] = (),
    ) -> None:
        content = {"entries": _said(entries)} | ({"before": _said(before)} if before else {})
        await self.ledger.append(connection, Event(Act.GLOSSARY_CHANGED, principal, counts, content))


async def _held(connection: Connection) -> list[GlossaryEntry]:
    return [GlossaryEntry(**row) for row in await all_rows(connection, ENTRIES)]


def _read(held: Sequence[GlossaryEntry], short: str, edition: str) -> GlossaryEntry:
    """The entry of that acronym, as it was read."""
    entry = next((one for one in held if one.folded == fold(short)), None)
    if entry is None:
        raise AcronymNotFound(short)
    if entry.edition != edition:
        raise GlossaryChanged
    return entry


def _require_free(held: Sequence[GlossaryEntry], entry: GlossaryEntry) -> None:
    for one in held:
        if one.folded == entry.folded:
            raise AcronymExists(one.short, one.long)


def _columns(entries: Sequence[GlossaryEntry]) -> list[list[str]]:
    return [[one.folded for one in entries], [one.short for one in entries], [one.long for one in entries]]


def _said(entries: Sequence[GlossaryEntry]) -> str:
    return "\n".join(f"{one.short}\u202f: {one.long}" for one in entries)

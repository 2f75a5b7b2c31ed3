"""How many documents there are of each collection, kind, year of signature and author, for who may read them.

Counted in the catalogue and not in the index: of documents, not of chunks; the same for both engines; and outside
this process, which the embedded engine holds while it counts.

1. Nothing of a collection that is not permitted is counted.
2. Each facet is counted under all filters but its own, so that it shows what else could be chosen.
3. A document counts when its latest version can be found; one that is being read again does not.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, Protocol
from uuid import UUID

from policies.principal import Principal
from retrieval.corpus import Collection, TextKind
from retrieval.names import folded, name_key
from retrieval.rows import Connection, Pool, all_rows
from retrieval.within import EVERYTHING, Filters

AUTHORS = 20  # the most frequent ones; the others are found by their name

# The versions are read apart, and all at once: the planner would look each of them up by itself, which takes more than
# twice the time.
COUNT: LiteralString = """
with version as materialized (
    select collection_id, document_id, version, kind, author, author_key, signed_on
    from document_version
    where collection_id = any(%(permitted)s)
        and coalesce(in_force_from, signed_on, %(on)s) <= %(on)s and (repealed_on is null or repealed_on > %(on)s)
), held as (
    select d.collection_id, v.kind, v.author, v.author_key, extract(year from v.signed_on)::int as year,
        d.collection_id = any(%(wanted)s) as by_collection,
        coalesce(%(kinds)s::text[] = '{}' or v.kind = any(%(kinds)s), false) as by_kind,
        %(authors)s::text[] = '{}' or v.author_key = any(%(authors)s) as by_author,
        coalesce(%(signed_from)s::date is null or v.signed_on >= %(signed_from)s, false)
            and coalesce(%(signed_until)s::date is null or v.signed_on <= %(signed_until)s, false) as by_period
    from document d
    join version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
    where d.state = 'indexed'
), author as (
    select min(author) as author, count(*) as documents from held
    where by_collection and by_kind and by_period and author_key <> ''
    group by author_key order by documents desc, author_key limit %(most)s
)
select 'all' as facet, null as value, count(*) as documents from held
where by_collection and by_kind and by_author and by_period
union all
select 'collection', collection_id::text, count(*) from held
where by_kind and by_author and by_period group by collection_id
union all
select 'kind', kind, count(*) from held
where by_collection and by_author and by_period and kind is not null group by kind
union all
select 'year', year::text, count(*) from held
where by_collection and by_kind and by_author and year is not null group by year
union all
select 'author', author, documents from author
"""


@dataclass(frozen=True, slots=True)
class Facets:
    """Each value with its number of documents: collections by name, kinds and authors the most frequent first, years
    the latest first. `documents` are those that stand under all filters."""

    documents: int
    collections: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[TextKind, int], ...]
    years: tuple[tuple[int, int], ...]
    authors: tuple[tuple[str, int], ...]


class Readable(Protocol):
    """Knows what a person may read; `retrieval.search.Search` does."""

    async def permitted(self, principal: Principal, names: Sequence[str] = ()) -> list[Collection]:
        """These collections, or all that are open to the person. Raises `CollectionNotFound`."""


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """Counts what a person may read. Nothing is recorded: no text is given."""

    pool: Pool
    readable: Readable

    async def of(
        self, principal: Principal, on: dt.date, names: Sequence[str] = (), filters: Filters = EVERYTHING
    ) -> Facets:
        """Of the texts in force on that day. Raises `CollectionNotFound`."""
        permitted = await self.readable.permitted(principal)
        known = {name_key(one.name): one.id for one in permitted}
        if names:
            await self.readable.permitted(principal, names)
        wanted = [known[name_key(name)] for name in names] or list(known.values())
        async with self.pool.connection() as connection:
            rows = await _rows(connection, permitted, wanted, on, filters)
        return _facets(rows, {str(one.id): one.name for one in permitted})


async def _rows(
    connection: Connection, permitted: Sequence[Collection], wanted: Sequence[UUID], on: dt.date, filters: Filters
) -> list[tuple[str, str, int]]:
    values = {
        "permitted": [one.id for one in permitted],
        "wanted": list(wanted),
        "on": on,
        "kinds": sorted(filters.kinds),
        "authors": sorted(map(folded, filters.authors)),
        "signed_from": filters.signed_from,
        "signed_until": filters.signed_until,
        "most": AUTHORS,
    }
    return [(row["facet"], row["value"], row["documents"]) for row in await all_rows(connection, COUNT, values)]


def _facets(rows: Sequence[tuple[str, str, int]], names: dict[str, str]) -> Facets:
    def counted(facet: str) -> list[tuple[Any, int]]:
        return [(value, documents) for found, value, documents in rows if found == facet]

    ((_, documents),) = counted("all")
    return Facets(
        documents=documents,
        collections=tuple(sorted(((names[value], n) for value, n in counted("collection")), key=_by_name)),
        kinds=tuple(sorted(((TextKind(value), n) for value, n in counted("kind")), key=_by_number)),
        years=tuple(sorted(((int(value), n) for value, n in counted("year")), reverse=True)),
        authors=tuple(sorted(counted("author"), key=_by_number)),
    )


def _by_name(value: tuple[str, int]) -> str:
    return folded(value[0])


def _by_number(value: tuple[str, int]) -> tuple[int, str]:
    return -value[1], folded(value[0])

"""How many documents each filter would leave, for who may read them."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import CedarPolicy, PostgresLedger, Principal
from retrieval import Collection, CollectionNotFound, DocumentMetadata, Filters, SparseEncoder, TextKind, VectorSpace
from retrieval.facets import AUTHORS, FacetCounts, Facets
from retrieval.names import folded
from retrieval.search import Search
from tests.retrieval.catalogued import catalog, create, document
from ui.database import Pool
from ui.services import FUSION

TODAY = dt.date(2026, 11, 24)
DGS, DGOS = "Direction générale de la santé", "Direction générale de l’offre de soins"
CIRCULAR = DocumentMetadata("Titre", kind=TextKind.CIRCULAIRE, author=DGS, signed_on=dt.date(2023, 3, 1))
ORDER = DocumentMetadata("Titre", kind=TextKind.ARRETE, author=DGOS, signed_on=dt.date(2024, 3, 1))


@dataclass(frozen=True)
class Counted:
    """Facets over documents in the catalogue, no index being asked."""

    counts: FacetCounts

    async def enter(self, collection: Collection, *held: DocumentMetadata, indexed: bool = True) -> None:
        entries = [
            (replace(document(collection, f"{indexed}{n}"), metadata=metadata), "") for n, metadata in enumerate(held)
        ]
        async with self.counts.pool.connection() as connection:
            versions = await catalog.put_documents(connection, entries)
            if indexed:
                await catalog.mark_indexed(connection, collection.id, versions)


@pytest.fixture
def counted(pool: Pool, policy: CedarPolicy, no_space: VectorSpace) -> Counted:
    search = Search(pool, policy, catalog, PostgresLedger(), no_space, SparseEncoder(), FUSION)
    return Counted(FacetCounts(pool, search))


@pytest.fixture
def no_space() -> VectorSpace:
    """Facets need no vectors."""
    return None  # type: ignore[return-value]


async def test_documents_are_counted_by_what_is_known_of_them(counted: Counted, agent: Principal) -> None:
    health, other = await create(counted.counts.pool), await create(counted.counts.pool, "Autres")
    await counted.enter(health, CIRCULAR, CIRCULAR, ORDER, DocumentMetadata("Titre"))
    await counted.enter(other, replace(CIRCULAR, author="DIRECTION GENERALE DE LA SANTE"))
    assert await counted.counts.of(agent, TODAY) == Facets(
        documents=5,
        collections=(("Autres", 1), ("Santé", 4)),
        kinds=((TextKind.CIRCULAIRE, 3), (TextKind.ARRETE, 1)),
        years=((2024, 1), (2023, 3)),
        authors=(("DIRECTION GENERALE DE LA SANTE", 3), (DGOS, 1)),
    )


async def test_a_facet_shows_what_else_could_be_chosen(counted: Counted, agent: Principal) -> None:
    health, other = await create(counted.counts.pool), await create(counted.counts.pool, "Autres")
    await counted.enter(health, CIRCULAR, ORDER)
    await counted.enter(other, CIRCULAR)
    chosen = await counted.counts.of(agent, TODAY, ["santé"], Filters(kinds=frozenset({TextKind.CIRCULAIRE})))
    assert chosen.documents == 1
    assert chosen.collections == (("Autres", 1), ("Santé", 1))
    assert chosen.kinds == ((TextKind.ARRETE, 1), (TextKind.CIRCULAIRE, 1))
    assert chosen.years == ((2023, 1),)
    assert chosen.authors == ((DGS, 1),)


async def test_nothing_of_a_shut_collection_is_counted(counted: Counted, agent: Principal) -> None:
    shut = await create(counted.counts.pool, "Réservée", readers=frozenset({"/Cabinet"}))
    await counted.enter(shut, CIRCULAR)
    assert await counted.counts.of(agent, TODAY) == Facets(0, (), (), (), ())
    with pytest.raises(CollectionNotFound):
        await counted.counts.of(agent, TODAY, ["Réservée"])


async def test_what_cannot_be_found_is_not_counted(counted: Counted, agent: Principal) -> None:
    health = await create(counted.counts.pool)
    await counted.enter(health, CIRCULAR, indexed=False)
    await counted.enter(health, replace(ORDER, repealed_on=TODAY), replace(ORDER, signed_on=TODAY + dt.timedelta(1)))
    assert (await counted.counts.of(agent, TODAY)).documents == 0
    assert (await counted.counts.of(agent, TODAY - dt.timedelta(1))).documents == 1


async def test_only_the_most_frequent_authors_are_named(counted: Counted, agent: Principal) -> None:
    health = await create(counted.counts.pool)
    held = [replace(CIRCULAR, author=f"Bureau {chr(97 + n)}") for n in range(AUTHORS + 3)]
    await counted.enter(health, *held, replace(CIRCULAR, author="Bureau w"))
    authors = (await counted.counts.of(agent, TODAY)).authors
    assert (len(authors), authors[0]) == (AUTHORS, ("Bureau w", 2))


days = st.none() | st.dates(dt.date(2023, 12, 30), dt.date(2024, 1, 2))
kinds = st.sampled_from([TextKind.LOI, TextKind.DECRET])
texts = st.builds(
    DocumentMetadata,
    st.just("Titre"),
    kind=st.none() | kinds,
    author=st.sampled_from(["", DGS, DGOS]),
    signed_on=days,
    in_force_from=days,
    repealed_on=days,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(texts, max_size=12),
    chosen=st.builds(Filters, st.frozensets(kinds), st.frozensets(st.sampled_from([DGS, DGOS])), days),
)
async def test_facets_agree_with_what_the_filters_say(
    counted: Counted, agent: Principal, held: list[DocumentMetadata], chosen: Filters
) -> None:
    on = dt.date(2024, 1, 1)
    async with counted.counts.pool.connection() as connection:
        await connection.execute("delete from collection")
    collection = await create(counted.counts.pool)
    await counted.enter(collection, *held)

    def kept(filters: Filters) -> list[DocumentMetadata]:
        return [
            text
            for text in held
            if text.in_force(on)
            and (not filters.kinds or text.kind in filters.kinds)
            and (not filters.authors or text.author in filters.authors)
            and (not filters.signed_from or (text.signed_on is not None and text.signed_on >= filters.signed_from))
        ]

    found = await counted.counts.of(agent, on, filters=chosen)
    assert found.documents == len(kept(chosen))
    of_kinds = Counter(text.kind for text in kept(replace(chosen, kinds=frozenset())) if text.kind)
    of_authors = Counter(text.author for text in kept(replace(chosen, authors=frozenset())) if text.author)
    of_years = Counter(text.signed_on.year for text in kept(replace(chosen, signed_from=None)) if text.signed_on)
    assert (dict(found.kinds), dict(found.authors), dict(found.years)) == (of_kinds, of_authors, of_years)
    assert list(found.authors) == sorted(found.authors, key=lambda value: (-value[1], folded(value[0])))

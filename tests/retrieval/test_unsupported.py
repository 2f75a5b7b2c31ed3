import pytest

from policies import CedarPolicy, PostgresLedger, Principal, Refused
from retrieval import CollectionNotFound, Collections, Unsupported
from retrieval.unsupported import strictest
from tests.retrieval.small_corpus import Corpus


async def test_a_collections_rule_is_set_by_who_may_add_to_it_and_recorded(
    corpus: Corpus, policy: CedarPolicy, agent: Principal, administrateur: Principal
) -> None:
    ledger = PostgresLedger()
    collections = Collections(corpus.pool, policy, corpus.catalog, ledger)
    await corpus.collection("Notes", {})
    assert await collections.unsupported(agent, "Notes") is Unsupported.MARK
    await collections.set_unsupported(administrateur, "Notes", Unsupported.DROP)
    with pytest.raises(Refused):
        await collections.set_unsupported(agent, "Notes", Unsupported.MARK)
    with pytest.raises(CollectionNotFound):
        await collections.set_unsupported(administrateur, "Nulle part", Unsupported.MARK)
    assert await collections.unsupported(agent, "Notes") is Unsupported.DROP
    async with corpus.pool.connection() as connection:
        bodies = [record.body async for record in ledger.records(connection)]
    assert b'"rule":"drop"' in next(body for body in bodies if b"unsupported.set" in body)


async def test_the_strictest_rule_wins(corpus: Corpus, policy: CedarPolicy, administrateur: Principal) -> None:
    collections = Collections(corpus.pool, policy, corpus.catalog, PostgresLedger())
    mild, strict = await corpus.collection("Notes", {}), await corpus.collection("Textes", {})
    await collections.set_unsupported(administrateur, "Textes", Unsupported.DROP)
    async with corpus.pool.connection() as connection:
        assert await strictest(connection, [mild.id, strict.id]) is Unsupported.DROP
        assert await strictest(connection, [mild.id]) is Unsupported.MARK
        assert await strictest(connection, []) is Unsupported.MARK

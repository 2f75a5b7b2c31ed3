"""A text that lies in two collections is found once, with its variants; a limit counts texts."""

import datetime as dt

from policies import Principal
from retrieval import DocumentMetadata, Search
from tests.retrieval.small_corpus import Corpus

MATERNITY = "Le congé de maternité dure seize semaines."
PATERNITY = "Le congé de paternité et d'accueil de l'enfant dure vingt-cinq jours."
QUESTION = "Combien de semaines dure le congé de maternité ?"


async def test_a_copy_in_another_collection_is_a_variant_and_takes_no_place(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Un", {"maternité": MATERNITY})
    await corpus.collection("Deux", {"maternité": MATERNITY, "paternité": PATERNITY})
    found = await search.search(agent, QUESTION, limit=2)
    assert [passage.document_id for passage in found.passages] == ["maternité", "paternité"]
    (copy,) = found.passages[0].variants
    assert {found.passages[0].collection, copy.collection} == {"Un", "Deux"}
    assert (copy.document_id, copy.version, copy.metadata.title) == ("maternité", 1, "maternité")
    chunks = await search.find(QUESTION, await search.permitted(agent), limit=2)
    assert [passage.document_id for passage in chunks.passages] == ["maternité", "paternité"]


async def test_a_copy_that_a_person_may_not_read_is_no_variant(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Ouverte", {"maternité": MATERNITY})
    await corpus.collection("Réservée", {"maternité": MATERNITY}, readers=frozenset({"/Cabinet"}))
    found = await search.search(agent, QUESTION)
    assert [(passage.collection, passage.variants) for passage in found.passages] == [("Ouverte", ())]


async def test_a_text_is_found_under_the_one_that_replaces_it(search: Search, corpus: Corpus, agent: Principal) -> None:
    texts = {"ancien": MATERNITY, "nouveau": "Le congé de maternité dure dix-huit semaines à la troisième naissance."}
    collection = await corpus.collection("Notes", texts)
    old = DocumentMetadata("ancien", number="DGOS/2020/7", signed_on=dt.date(2020, 1, 1))
    new = DocumentMetadata("nouveau", number="DGOS/2024/1", replaces=("DGOS/2020/7",), signed_on=dt.date(2024, 1, 1))
    await corpus.index.describe(collection.id, "ancien", old)
    await corpus.index.describe(collection.id, "nouveau", new)
    (passage,) = (await search.search(agent, QUESTION)).passages
    assert passage.document_id == "nouveau"
    assert [variant.document_id for variant in passage.variants] == ["ancien"]

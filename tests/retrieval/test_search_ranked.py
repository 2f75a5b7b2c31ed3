"""Search in the order of a ranker, on real stores and the real model."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from policies import Principal
from retrieval import EmbeddingFailed, Found, Search, Vector, VectorSpace
from retrieval.index import Respect
from retrieval.ranking.features import NAMES
from retrieval.ranking.ranker import Ranker, shipped
from retrieval.ranking.table import LENGTHS
from tests.retrieval.small_corpus import Corpus

LEAVE = {
    "maternité": "Le congé de maternité dure seize semaines.\nIl commence six semaines avant la date prévue.",
    "paternité": "Le congé de paternité et d'accueil de l'enfant dure vingt-cinq jours.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
    "prime": "La prime d'activité complète les revenus.",
}
QUESTION = "Combien de semaines dure le congé de maternité ?"

SERVICES = {
    "revenus": "La prime d'activité complète les revenus.",
    "hôpitaux": "Une ordonnance prépare la fusion des établissements hospitaliers.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
    "impôt": "L'impôt sur les revenus est dû en mai.",
    "logement": "L'aide au logement dépend de la taille du foyer.",
    "carte": "La carte Vitale se met à jour en pharmacie.",
    "congé": "Le congé de paternité dure vingt-cinq jours.",
}
GLOSSARY = {"DFH": "DFH : dispositif d'aide au logement du foyer."}

# The cabinet's own, which says nearly what is asked.
SECRET = {
    "note": "Note confidentielle : le congé de maternité passera à vingt semaines.\nLe congé, le congé, le congé.",
    "retraites": "La retraite passera à soixante ans, la prime d'activité au double.",
}
CABINET = frozenset({"/Cabinet"})


class Wordless:
    """`Embedder` that fails for questions."""

    def __init__(self, corpus: Corpus) -> None:
        self.name = corpus.embedder.name
        self.dimension = corpus.embedder.dimension

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        raise NotImplementedError

    async def embed_query(self, text: str) -> Vector:
        raise EmbeddingFailed


@pytest.fixture
def ranked(search: Search) -> Search:
    """Search with the ranker that is shipped."""
    return replace(search, ranker=shipped())


def weighing(**weights: float) -> Ranker:
    """A ranker of these features alone."""
    return Ranker(shipped().embedding, dict.fromkeys(NAMES, 0.0) | weights, {})


def without_the_words_of_feedback() -> Ranker:
    """The one that is shipped, but for the feature in which words weigh by how many texts of the index have them."""
    return replace(shipped(), weights={**shipped().weights, "further_words": 0.0})


def told(found: Found) -> list[tuple[str, int]]:
    """Documents and chunks, in their order."""
    return [(passage.document_id, passage.chunk.ordinal) for passage in found.passages]


async def test_the_best_document_comes_first_each_once_in_the_order_of_the_scores(
    ranked: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    found = await ranked.search(agent, QUESTION, limit=3)
    assert told(found)[0] == ("maternité", 0)
    assert len({passage.document_id for passage in found.passages}) == 3
    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    assert found.similarity > 0.5
    chunks = await ranked.find(QUESTION, await ranked.permitted(agent), limit=4)
    assert {("maternité", 0), ("maternité", 1)} < set(told(chunks))


async def test_what_lies_near_is_what_the_index_says_when_asked_for_it_alone(
    search: Search, ranked: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    await corpus.collection("Services", SERVICES)
    readable = await search.permitted(agent)
    for chosen in (readable, readable[:1]):
        asked_for = await search.find(QUESTION, chosen, limit=4, readable=readable)  # lists nothing
        listed = await ranked.find(QUESTION, chosen, limit=4, readable=readable)
        assert listed.nearby == asked_for.nearby
        assert listed.nearby.chunks == len(LEAVE) + 1 + len(SERVICES)


async def test_what_may_be_read_but_was_not_chosen_helps_and_is_not_given_back(
    search: Search, corpus: Corpus, agent: Principal, administrateur: Principal
) -> None:
    await corpus.collection("Santé", SERVICES)
    await corpus.collection("Glossaire", GLOSSARY, readers=CABINET)
    ranked = replace(search, ranker=weighing(further_words=1.0))
    question = "Que devient la DFH ?"
    knowing = await ranked.search(administrateur, question, ["Santé"])
    unknowing = await ranked.search(agent, question, ["Santé"])
    assert told(knowing)[0] == ("logement", 0) != told(unknowing)[0]
    for found in (knowing, unknowing):
        assert {passage.document_id for passage in found.passages} == SERVICES.keys()
    readable = await ranked.permitted(administrateur)
    chosen = [one for one in readable if one.name == "Santé"]
    chunks = await ranked.find(question, chosen, limit=10, readable=readable)
    assert told(chunks) == told(knowing)


@pytest.mark.parametrize("question", ["congé", "retraite", "L'âge de la retraite ?"])
async def test_what_a_person_may_not_read_moves_nothing(
    search: Search, corpus: Corpus, agent: Principal, administrateur: Principal, question: str
) -> None:
    ranked = replace(search, ranker=without_the_words_of_feedback())
    await corpus.collection("Santé", LEAVE)
    await corpus.collection("Glossaire", GLOSSARY)
    before = await ranked.search(agent, question), await ranked.search(agent, question, ["Santé"])
    await corpus.collection("Réservée", SECRET, readers=CABINET)
    after = await ranked.search(agent, question), await ranked.search(agent, question, ["Santé"])
    for one, other in zip(before, after, strict=True):
        assert told(one) == told(other)
        scores = [passage.score for passage in one.passages]
        assert [passage.score for passage in other.passages] == pytest.approx(scores, abs=1e-5)
    theirs = await ranked.search(administrateur, question)
    assert {"note", "retraites"} & {passage.document_id for passage in theirs.passages}


async def test_a_question_whose_meaning_cannot_be_had_is_ranked_by_its_words(
    ranked: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    alone = replace(ranked, spaces=VectorSpace(Wordless(corpus), corpus.index))
    found = await alone.search(agent, QUESTION)
    assert told(found)[0] == ("maternité", 0)
    assert (found.by_words_alone, found.similarity) == (True, 0.0)


async def test_a_ranker_of_another_model_is_not_used(search: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    foreign = replace(search, ranker=replace(shipped(), embedding="autre"))
    found, fused = await foreign.search(agent, QUESTION), await search.search(agent, QUESTION)
    assert told(found) == told(fused)
    assert [passage.score for passage in found.passages] == [passage.score for passage in fused.passages]


async def test_a_document_that_its_whole_text_alone_finds_comes_with_its_first_chunk(
    ranked: Search, corpus: Corpus, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LENGTHS, Respect.WORDS, 1)
    spread = "Le début parle d'autre chose.\nPuis du congé.\nEnfin de la maternité."
    await corpus.collection("Santé", {"direct": "Le congé de maternité.", "étalé": spread})
    alone = replace(ranked, spaces=VectorSpace(Wordless(corpus), corpus.index))
    found = await alone.search(agent, "congé de maternité")
    assert told(found) == [("direct", 0), ("étalé", 0)]
    assert found.passages[1].chunk.text == "Le début parle d'autre chose."


async def test_a_question_of_stop_words_is_ranked_by_its_meaning(
    ranked: Search, corpus: Corpus, agent: Principal
) -> None:
    question = "Que peut-on faire et comment ?"
    assert ranked.sparse.query("Que et comment ?").indices == ()
    await corpus.collection("Santé", LEAVE)
    assert len((await ranked.search(agent, "Que et comment ?")).passages) == len(LEAVE)
    assert (await ranked.search(agent, question)).passages
    alone = replace(ranked, spaces=VectorSpace(Wordless(corpus), corpus.index))
    assert (await alone.search(agent, "Que et comment ?")).passages == ()


async def test_an_empty_collection_and_none_at_all_find_nothing(
    ranked: Search, corpus: Corpus, agent: Principal
) -> None:
    assert (await ranked.search(agent, QUESTION)).passages == ()
    await corpus.collection("Vide", {})
    assert (await ranked.search(agent, QUESTION)).passages == ()


async def test_the_text_that_a_question_names_comes_before_what_the_ranker_prefers(
    ranked: Search, corpus: Corpus, agent: Principal
) -> None:
    article = "Code de la sécurité sociale, article L162-5-3"
    await corpus.collection("Codes", LEAVE | {article: "Les tarifs sont fixés par décret."})
    found = await ranked.search(agent, "congé de maternité de l'art. L. 162-5-3 CSS")
    assert told(found)[:2] == [(article, 0), ("maternité", 0)]
    assert found.named


async def test_what_is_gone_between_two_requests_is_left_out(ranked: Search, corpus: Corpus, agent: Principal) -> None:
    collection = await corpus.collection("Santé", LEAVE)

    class Losing:
        """The index, from which a document goes after it was listed."""

        def __getattr__(self, name: str) -> Any:
            return getattr(corpus.index, name)

        async def lists(self, *asked: Any, **how: Any) -> Any:
            listed = await corpus.index.lists(*asked, **how)
            await corpus.index.delete(collection.id, "maternité")
            return listed

    index: Any = Losing()
    found = await replace(ranked, spaces=VectorSpace(corpus.embedder, index)).search(agent, QUESTION)
    assert {passage.document_id for passage in found.passages} == LEAVE.keys() - {"maternité"}


async def test_candidates_are_of_what_was_chosen(ranked: Search, corpus: Corpus, agent: Principal) -> None:
    collection = await corpus.collection("Santé", LEAVE)
    await corpus.collection("Glossaire", GLOSSARY)
    found = await ranked.candidates(agent, QUESTION, ["Santé"])
    assert set(found.documents) == {(str(collection.id), name) for name in LEAVE}
    best = found.documents[int(shipped().scores(found).argmax())]
    assert best == (str(collection.id), "maternité")


async def test_texts_that_have_the_one_word_of_a_question_come_first(
    ranked: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", LEAVE | {"fosse": "Avant chaque visite, les cunettes sont curées."})
    assert ranked.ranker is not None
    blind = replace(ranked.ranker, weights=dict.fromkeys(NAMES, 0.0) | {"whole": -1.0})
    found = await replace(ranked, ranker=blind).search(agent, "cunette")
    assert found.passages[0].document_id == "fosse"
    assert len(found.passages) > 1

"""What a search does without: a model that fails for a question, a part of the index that is away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from policies import Principal
from retrieval import EmbeddingFailed, Hit, IndexUnavailable, Search, Vector, VectorSpace
from retrieval.index import Listed, PartialHits, PartialLists
from retrieval.ranking.ranker import shipped
from retrieval.results import PART_AWAY, WORDS_ALONE
from tests.retrieval.small_corpus import Corpus

LEAVE = {"maternité": "Le congé de maternité dure seize semaines.", "impôt": "L’impôt est dû en mai."}


class Failing:
    """`Embedder` that reads passages alone."""

    def __init__(self, corpus: Corpus) -> None:
        self.name = corpus.embedder.name
        self.dimension = corpus.embedder.dimension

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        raise NotImplementedError

    async def embed_query(self, text: str) -> Vector:
        raise EmbeddingFailed


class PartOf:
    """An index a part of which is away."""

    def __init__(self, index: Any, problem: Exception | None = None) -> None:
        self._index = index
        self._problem = problem

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    async def search(self, *asked: Any, **how: Any) -> list[Hit]:
        if self._problem:
            raise self._problem
        return PartialHits(await self._index.search(*asked, **how))

    async def lists(self, *asked: Any, **how: Any) -> list[list[Listed]]:
        if self._problem:
            raise self._problem
        return PartialLists(await self._index.lists(*asked, **how))


@pytest.fixture(params=[None, shipped()], ids=["fused", "ranked"])
def search(request: pytest.FixtureRequest, search: Search) -> Search:
    """In the order of the index, and in that of the ranker."""
    return replace(search, ranker=request.param)


async def test_a_question_whose_meaning_cannot_be_had_is_searched_by_its_words(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    alone = replace(search, spaces=VectorSpace(Failing(corpus), corpus.index))
    found = await alone.search(agent, "Combien de temps dure un congé de maternité ?")
    assert [passage.document_id for passage in found.passages] == ["maternité"]
    assert (found.partial, found.by_words_alone, found.similarity) == ((WORDS_ALONE,), True, 0.0)
    chunks = await alone.find("congé de maternité", await search.permitted(agent), limit=5)
    assert (len(chunks.passages), chunks.partial) == (1, (WORDS_ALONE,))
    assert (await alone.search(agent, "Que dire ?")).passages == ()


async def test_the_part_of_an_index_that_answers_is_searched_and_it_is_said(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    index: Any = PartOf(corpus.index)
    part = replace(search, spaces=VectorSpace(corpus.embedder, index))
    found = await part.search(agent, "congé de maternité")
    assert (found.passages[0].document_id, found.partial) == ("maternité", (PART_AWAY,))
    assert not found.by_words_alone
    chunks = await part.find("congé de maternité", await search.permitted(agent), limit=5)
    assert chunks.partial == (PART_AWAY,)


async def test_a_part_that_goes_away_between_two_requests_is_said(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    class Going(PartOf):
        async def lists(self, *asked: Any, **how: Any) -> list[list[Listed]]:
            return list(await self._index.lists(*asked, **how))

        async def hits(self, *asked: Any, **how: Any) -> list[Hit]:
            return PartialHits(await self._index.hits(*asked, **how))

    await corpus.collection("Santé", LEAVE)
    index: Any = Going(corpus.index)
    part = replace(search, spaces=VectorSpace(corpus.embedder, index))
    assert (await part.search(agent, "congé de maternité")).partial == (PART_AWAY,)


async def test_an_index_that_is_away_whole_is_an_error(search: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    index: Any = PartOf(corpus.index, IndexUnavailable("L’index ne répond pas."))
    with pytest.raises(IndexUnavailable):
        await replace(search, spaces=VectorSpace(corpus.embedder, index)).search(agent, "congé")


async def test_a_whole_search_says_nothing(search: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    found = await search.search(agent, "congé de maternité")
    assert (found.partial, found.by_words_alone) == ((), False)

"""Where passages stood at each stage of a search, on real stores and the real model."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from policies import Principal
from retrieval import Fusion, Reranking, Search
from retrieval.ranking.ranker import shipped
from retrieval.rerank import Scores
from retrieval.stages import Explained, Place, explain
from retrieval.trace import Trace
from tests.retrieval.small_corpus import Corpus

LEAVE = {
    "maternité": "Le congé de maternité dure seize semaines.\nIl commence six semaines avant la date prévue.",
    "paternité": "Le congé de paternité et d'accueil de l'enfant dure vingt-cinq jours.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
}
QUESTION = "Combien de semaines dure le congé de maternité ?"
FUSION = Fusion(k=20, dense_weight=0.5, candidates=50)


class Upside:
    """Gives the last the best score."""

    name = "upside"

    async def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        return np.arange(len(texts), dtype=np.float32)


async def found(search: Search, agent: Principal, question: str = QUESTION) -> Explained:
    trace = Trace()
    traced = replace(search, trace=trace)
    collections = await traced.permitted(agent)
    return await explain(question, await traced.find(question, collections, 10), trace, FUSION)


@pytest.fixture(autouse=True)
async def _filled(corpus: Corpus) -> None:
    await corpus.collection("Santé", LEAVE)


async def test_each_passage_has_its_place_by_meaning_by_words_and_fused(search: Search, agent: Principal) -> None:
    told = await found(search, agent)
    first, *others = told.stages
    assert told.found.passages[0].document_id == "maternité"
    assert (first.meaning and first.meaning.rank, first.words and first.words.rank) == (1, 1)
    assert first.meaning is not None
    assert first.meaning.score == pytest.approx(told.found.passages[0].similarity, abs=1e-4)
    assert first.fused == first.ordered == Place(1, told.found.passages[0].score)
    assert [stages.fused and stages.fused.rank for stages in told.stages] == list(range(1, len(told.stages) + 1))
    assert {stages.reranked for stages in told.stages} == {None}
    retired = next(
        stages for one, stages in zip(told.found.passages, told.stages, strict=True) if one.document_id == "retraite"
    )
    assert retired.words is None
    assert (told.learned, told.reranked, told.references) == (False, False, ())
    assert (told.for_meaning, told.for_words) == (QUESTION, QUESTION)
    assert others


async def test_a_learned_order_is_told_from_the_fusion_by_rank(search: Search, agent: Principal) -> None:
    told = await found(replace(search, ranker=shipped()), agent)
    assert told.learned
    scores = [stages.ordered.score for stages in told.stages if stages.ordered]
    assert scores == [passage.score for passage in told.found.passages]
    assert scores != [stages.fused.score for stages in told.stages if stages.fused]


async def test_a_reranker_gives_its_own_scores_and_the_last_word(search: Search, agent: Principal) -> None:
    told = await found(replace(search, reranking=Reranking(Upside(), passages=3, seconds=60)), agent)
    assert told.reranked
    assert [stages.reranked and stages.reranked.rank for stages in told.stages][:3] == [1, 2, 3]
    assert told.stages[0].ordered == Place(3, told.found.passages[0].score)


async def test_a_text_that_is_named_stands_first_in_the_order_whatever_its_lists_say(
    search: Search, agent: Principal, corpus: Corpus
) -> None:
    await corpus.collection("Codes", {"Code de la santé publique, article L1110-4": "Le secret est dû."})
    told = await found(search, agent, "Que dit l'article L. 1110-4 du code de la santé publique ?")
    assert told.references == ("code de la santé publique, article L1110-4",)
    assert told.found.passages[0].collection == "Codes"
    assert told.stages[0].ordered
    assert told.stages[0].ordered.rank == 1

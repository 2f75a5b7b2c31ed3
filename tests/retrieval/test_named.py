"""A text that a question names by a legal reference comes first, on real stores and the real model."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from policies import Principal
from retrieval import DocumentMetadata, Hit, Search, Vector, Within
from retrieval.index import Link, PartialHits
from retrieval.named import named_first
from retrieval.rerank import Reranking, Scores
from tests.contracts.indexes import A, point
from tests.retrieval.small_corpus import Corpus

CSS = "Code de la sécurité sociale, article"
LAWS = {
    f"{CSS} L162-5-3": "Les honoraires sont fixés par la convention.",
    f"{CSS} L162-5": "Les médecins sont tenus d'appliquer les tarifs de l'article L. 162-5-3.",
    "Code du travail, article L162-5-3": "Le contrat d'apprentissage fixe la durée de la formation.",
    "Commentaire de l'article L. 162-5-3 CSS": "L'article L. 162-5-3 du CSS, article L. 162-5-3, article L. 162-5-3.",
    "Circulaire DGS/SP1 n° 2004-123 du 12 mars 2004 relative aux congés": "NOR : SSAP0430123C\nMadame, Monsieur,",
    "Circulaire du 12 mars 2020 relative aux visites": "Les visites sont permises.",
}


async def found(search: Search, agent: Principal, question: str) -> list[str]:
    """The documents that are found, best first."""
    return [passage.document_id for passage in (await search.search(agent, question)).passages]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("art. L. 162-5-3 CSS", [f"{CSS} L162-5-3"]),
        ("que dit l'article L162-5-3 du code de la sécurité sociale sur l'apprentissage ?", [f"{CSS} L162-5-3"]),
        ("L 162 5 3 code du travail", ["Code du travail, article L162-5-3"]),
        ("L162-5 et L162-5-3 CSS", [f"{CSS} L162-5", f"{CSS} L162-5-3"]),
        ("circulaire n° DGS/SP1/2004/123", ["Circulaire DGS/SP1 n° 2004-123 du 12 mars 2004 relative aux congés"]),
        ("NOR SSAP0430123C", ["Circulaire DGS/SP1 n° 2004-123 du 12 mars 2004 relative aux congés"]),
        ("la circulaire du 12 mars 2020", ["Circulaire du 12 mars 2020 relative aux visites"]),
    ],
)
async def test_the_text_that_is_named_comes_first(
    search: Search, corpus: Corpus, agent: Principal, question: str, first: list[str]
) -> None:
    await corpus.collection("Droit", LAWS)
    documents = await found(search, agent, question)
    assert documents[: len(first)] == first
    assert len(documents) == len(set(documents)) == len(LAWS)  # the rest follows


async def test_an_article_without_its_code_is_that_of_any(search: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Droit", LAWS)
    documents = await found(search, agent, "L162-5-3")
    assert set(documents[:2]) == {f"{CSS} L162-5-3", "Code du travail, article L162-5-3"}


async def test_scores_fall_and_passages_too_come_named_first(search: Search, corpus: Corpus, agent: Principal) -> None:
    collection = await corpus.collection("Droit", LAWS)
    result = await search.search(agent, "L162-5-3")
    scores = [passage.score for passage in result.passages]
    assert scores == sorted(scores, reverse=True)
    passages = (await search.find("article L162-5 CSS", [collection], limit=3)).passages
    assert passages[0].document_id == f"{CSS} L162-5"
    assert len({(passage.document_id, passage.chunk.ordinal) for passage in passages}) == 3


async def test_what_may_not_be_read_or_applies_no_more_is_not_named(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Réservée", {f"{CSS} L1": "Secret."}, readers=frozenset({"/Cabinet"}))
    collection = await corpus.collection("Droit", {f"{CSS} L2": "Ancien.", "Autre": "Autre texte."})
    repealed = DocumentMetadata(f"{CSS} L2", repealed_on=dt.date(2020, 1, 1))
    await corpus.index.describe(collection.id, f"{CSS} L2", repealed)
    assert await found(search, agent, "article L1 CSS") == ["Autre"]
    assert await found(search, agent, "article L2 CSS") == ["Autre"]


async def test_a_reranker_does_not_move_it(search: Search, corpus: Corpus, agent: Principal) -> None:
    class Contrary:
        name = "contrary"

        async def rerank(self, question: str, texts: Sequence[str]) -> Scores:
            return np.arange(len(texts), dtype=np.float32)

    await corpus.collection("Droit", LAWS)
    search = replace(search, reranking=Reranking(Contrary(), passages=10, seconds=10))
    assert (await found(search, agent, "art. L. 162-5-3 CSS"))[0] == f"{CSS} L162-5-3"


class Scripted:
    """An index that knows what is tied to references, and counts how often it is asked."""

    def __init__(self, named: list[Hit], citing: list[Hit]) -> None:
        self.of = {Link.NAMED: named, Link.CITING: citing}
        self.asked: list[Link] = []

    async def linked(
        self, link: Link, references: Iterable[str], dense: Vector, *, within: Within, limit: int
    ) -> list[Hit]:
        self.asked.append(link)
        return self.of[link]


def hit(document: str, title: str = "", ordinal: int = 0) -> Hit:
    """A chunk of a document of that title."""
    chunk = replace(point(A, document).chunk, ordinal=ordinal)
    return Hit(A, document, 1, DocumentMetadata(title), chunk, 0.5, 0.5)


async def first(index: Scripted, question: str, hits: list[Hit]) -> list[Hit]:
    """What comes of these hits."""
    return await named_first(question, index, np.empty(0, np.float32), Within(frozenset({A})), hits)  # type: ignore[arg-type]


async def test_the_index_is_asked_once_more_only_for_a_reference() -> None:
    index, hits = Scripted([], []), [hit("a")]
    assert await first(index, "congé de maternité", hits) == hits
    assert index.asked == []
    await first(index, "art. L162-5 CSS", hits)
    assert index.asked == [Link.NAMED]
    await first(index, "NOR SSAH2012345A", hits)
    assert index.asked == [Link.NAMED, Link.NAMED, Link.CITING]


async def test_of_several_texts_of_one_name_the_exact_one_comes_first_then_the_shorter_title() -> None:
    named = [
        hit("vague", "Article L162-5"),
        hit("commented", f"{CSS} L162-5 : commentaire"),
        hit("exact", f"{CSS} L162-5"),
    ]
    documents = [one.document_id for one in await first(Scripted(named, []), "art. L162-5 CSS", [])]
    assert documents == ["exact", "commented", "vague"]


async def test_one_long_text_leaves_room_for_others() -> None:
    named = [hit("long", f"{CSS} L162-5", ordinal) for ordinal in range(9)]
    documents = [one.document_id for one in await first(Scripted(named, []), "art. L162-5 CSS", [hit("other")])]
    assert documents == ["long"] * 4 + ["other"]


async def test_hits_of_a_part_of_the_index_remain_such() -> None:
    named = [hit("it", f"{CSS} L162-5")]
    assert isinstance(await first(Scripted(PartialHits(named), []), "art. L162-5 CSS", [hit("a")]), PartialHits)
    assert isinstance(await first(Scripted(named, []), "art. L162-5 CSS", PartialHits([hit("a")])), PartialHits)

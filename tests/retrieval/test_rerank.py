"""Passages in a reranker's order, and in the search's own where there is none to be had."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest

from retrieval.corpus import Chunk, DocumentMetadata, Locator
from retrieval.errors import RerankerAway, RerankingFailed
from retrieval.index import Hit
from retrieval.rerank import AWAY, PAUSE_S, Reranking, Scores


class Scripted:
    """Gives each text the number that it ends in; or raises, or never answers."""

    name = "scripted"

    def __init__(self, problem: Exception | None = None, *, silent: bool = False) -> None:
        self.problem = problem
        self.silent = silent
        self.asked: list[list[str]] = []

    async def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        self.asked.append(list(texts))
        if self.problem:
            raise self.problem
        if self.silent:
            await asyncio.Event().wait()
        return np.asarray([float(text.split()[-1]) for text in texts], np.float32)


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def hits(*numbers: int) -> list[Hit]:
    def hit(place: int, number: int) -> Hit:
        chunk = Chunk(place, f"texte {number}", Locator(None, ("Partie",), 0, 1))
        return Hit(UUID(int=1), f"d{place}", 1, DocumentMetadata("Titre"), chunk, 1 / (place + 1), 0.9)

    return [hit(place, number) for place, number in enumerate(numbers)]


def order(found: Sequence[Hit]) -> list[str]:
    return [hit.document_id for hit in found]


async def test_the_first_passages_come_in_the_rerankers_order_and_the_others_follow() -> None:
    reranker = Scripted()
    reranked = await Reranking(reranker, passages=3, seconds=60).rerank("q", hits(1, 3, 2, 9))
    assert order(reranked.hits) == ["d1", "d2", "d0", "d3"]
    assert reranked.partial == ()
    assert reranker.asked == [["Titre\nPartie\ntexte 1", "Titre\nPartie\ntexte 3", "Titre\nPartie\ntexte 2"]]


async def test_of_equals_the_first_stays_first() -> None:
    reranked = await Reranking(Scripted(), passages=10, seconds=60).rerank("q", hits(1, 2, 1, 2))
    assert order(reranked.hits) == ["d1", "d3", "d0", "d2"]


async def test_nothing_found_asks_nobody() -> None:
    reranker = Scripted()
    assert (await Reranking(reranker, passages=10, seconds=60).rerank("q", [])).hits == []
    assert reranker.asked == []


@pytest.mark.parametrize("reranker", [Scripted(RerankerAway()), Scripted(RerankingFailed()), Scripted(silent=True)])
async def test_without_scores_the_order_stays_and_it_is_said(reranker: Scripted) -> None:
    reranked = await Reranking(reranker, passages=2, seconds=0).rerank("q", hits(1, 2, 3))
    assert order(reranked.hits) == ["d0", "d1", "d2"]
    assert reranked.partial == (AWAY,)


@pytest.mark.parametrize("reranker", [Scripted(RerankerAway()), Scripted(silent=True)])
async def test_a_reranker_that_is_away_or_slow_is_left_alone_for_a_while(reranker: Scripted) -> None:
    clock = Clock()
    reranking = Reranking(reranker, passages=2, seconds=0, clock=clock)
    for _ in range(3):
        assert (await reranking.rerank("q", hits(1, 2))).partial == (AWAY,)
    assert len(reranker.asked) == 1
    clock.now += PAUSE_S
    await reranking.rerank("q", hits(1, 2))
    assert len(reranker.asked) == 2


async def test_a_text_that_cannot_be_scored_does_not_keep_other_questions_from_the_reranker() -> None:
    reranker = Scripted(RerankingFailed())
    reranking = Reranking(reranker, passages=2, seconds=60)
    await reranking.rerank("q", hits(1, 2))
    reranker.problem = None
    assert order((await reranking.rerank("q", hits(1, 2))).hits) == ["d1", "d0"]

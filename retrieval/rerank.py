"""Reading a question and each passage found for it together, and putting the passages in that order: the port.

A cross-encoder (Nogueira and Cho, 2019) sees both texts at once: it judges better than two vectors compared, and
costs one pass of a model for each passage. A search does not depend on it: without it the order that was there stays.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import contextualise
from retrieval.errors import RerankerAway, RerankingFailed
from retrieval.index import Hit

Scores = NDArray[np.float32]

PAUSE_S = 30.0  # a model that is away or slow is not asked again for so long: nobody waits for it at each question

AWAY = (
    "Le modèle de reclassement n’a pas répondu\u202f: les passages sont dans l’ordre de la recherche, "
    "qui peut être moins bon."
)


class Reranker(Protocol):
    """A model that reads two texts together. Calls run outside the event loop and end when they are cancelled."""

    @property
    def name(self) -> str:
        """Which model, for whoever looks whether it answers."""

    async def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        """How well each text answers, shape (len(texts),): finite, higher is better, of no fixed range.

        Raises `RerankingFailed`.
        """


async def in_batches(texts: Sequence[str], size: int, score: Callable[[list[str]], Awaitable[Scores]]) -> Scores:
    """The scores of all, so many texts in one call, in their order.

    Texts of like length are in one call: what is shorter is filled up, and costs as much as the longest.
    """
    longest_first = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    scores = np.empty(len(texts), np.float32)
    for start in range(0, len(texts), size):
        places = longest_first[start : start + size]
        scores[places] = await score([texts[place] for place in places])
    return scores


@dataclass(frozen=True, slots=True)
class Reranked:
    """The same hits, each once; `partial` says in French why they are in the order in which they were, if so.

    `scores` are those that the reranker gave the first of them, in this order.
    """

    hits: list[Hit]
    partial: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()


class Reranking:
    """Puts the first `passages` hits in the order of a reranker that has `seconds` for it; the others follow them.

    `hit.score` stays what the search gave it: the reranker's figures have no scale in common with it.
    """

    def __init__(
        self, reranker: Reranker, passages: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._reranker = reranker
        self.passages = passages
        self._seconds = seconds
        self._clock = clock
        self._again_from = clock()

    @property
    def name(self) -> str:
        """Of the reranker."""
        return self._reranker.name

    async def rerank(self, question: str, hits: Sequence[Hit]) -> Reranked:
        """Best first; of equals the one that was first. A reranker that is away or slow changes nothing."""
        read, rest = list(hits[: self.passages]), list(hits[self.passages :])
        if not read:
            return Reranked(rest)
        if self._clock() < self._again_from:
            return Reranked(read + rest, (AWAY,))
        texts = [contextualise(hit.metadata.title, hit.chunk) for hit in read]
        try:
            async with asyncio.timeout(self._seconds):
                scores = await self._reranker.rerank(question, texts)
        except (RerankerAway, TimeoutError):
            self._again_from = self._clock() + PAUSE_S
            return Reranked(read + rest, (AWAY,))
        except RerankingFailed:
            return Reranked(read + rest, (AWAY,))
        best = np.argsort(-scores, kind="stable")
        return Reranked([read[place] for place in best] + rest, scores=tuple(scores[best].tolist()))


def checked(scores: Scores, texts: Sequence[str], name: str) -> Scores:
    """The same scores. Raises `RerankingFailed` where they are not one finite number a text."""
    if scores.shape != (len(texts),) or not np.isfinite(scores).all():
        raise RerankingFailed(
            f"Le modèle de reclassement {name} n’a pas rendu une note par passage. "
            "Vérifiez que c’est un modèle de reclassement, qui rend une seule note pour deux textes."
        )
    return scores

"""How near passages of an attached file are to a question, beside the nearest of the whole corpus (`retrieval.beside`).

For each question on fiches its own fiche is taken for the attached file, and out of the corpus: it is to be near. Files
about something else are other fiches, for the same questions and for those that no fiche answers: they are not to be.
"""

import random
from pathlib import Path
from typing import Any
from uuid import UUID

from retrieval import Embedder, Index, Within
from retrieval.beside import NEAR
from retrieval.index import Respect, Wanted
from tests.benchmarks.corpus import open_corpus, questions
from ui.identity import local_principal

EVERY = {"fiches": 5, "unanswerable": 4}  # so many questions are passed over
OTHERS = 5  # files about something else, for each question
DEEP = 6_000  # chunks listed; what comes later is not near


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """The shares of files that are taken to be near; by `worst_own` the farthest of the right ones lies behind."""
    async with open_corpus(evaluation, home) as services:
        space = await services.search.spaces.in_use()
        held = await services.search.permitted(local_principal())
        return await nearness(space.embedder, space.index, frozenset(one.id for one in held), evaluation)


async def nearness(embedder: Embedder, index: Index, collections: frozenset[UUID], evaluation: Path) -> dict[str, Any]:
    """The same, with an index that holds the corpus."""
    chance = random.Random(7)  # noqa: S311 - for figures that can be had again
    files = sorted({one for asked in questions(evaluation, "fiches")[:: EVERY["fiches"]] for one in asked["relevant"]})
    margins: dict[str, list[float]] = {"own": [], "other_fiches": [], "other_unanswerable": []}
    for name, every in EVERY.items():
        for asked in questions(evaluation, name)[::every]:
            best = await _best(embedder, index, collections, asked["question"])
            relevant = set(asked.get("relevant", ()))
            if relevant:
                corpus = max(score for document, score in best.items() if document not in relevant)
                margins["own"].append(max(best.get(one, 0.0) for one in relevant) - corpus)
            for other in chance.sample([one for one in files if one not in relevant], OTHERS):
                margins[f"other_{name}"].append(best.get(other, 0.0) - max(best.values()))
    near = {f"near_{kind}": sum(one >= -NEAR for one in found) / len(found) for kind, found in margins.items()}
    return {"files": {kind: len(found) for kind, found in margins.items()}, **near, "worst_own": -min(margins["own"])}


async def _best(embedder: Embedder, index: Index, collections: frozenset[UUID], question: str) -> dict[str, float]:
    """The cosine of the nearest chunk of each document."""
    wanted = Wanted(Respect.MEANING, await embedder.embed_query(question), DEEP)
    (listed,) = await index.lists([wanted], within=Within(collections))
    best: dict[str, float] = {}
    for one in listed:
        best.setdefault(one.document_id, one.score)
    return best

"""Whether the golden questions find as well as before: measured on what would be, and on what is.

Nothing is made for it: the search looks in the collection and its draft at once, without the documents of the
collection that the draft replaces or takes out.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from ingestion.publication.table import Figures, Progress
from policies import Principal
from retrieval.corpus import Collection
from retrieval.evaluation import retrieved
from retrieval.evaluation_run import EvaluatedQuestion, JudgedQuestion
from retrieval.figures import figures
from retrieval.search import Search

READ = 10  # documents for each question: as many as the figures look at

Golden = Callable[[Principal, Collection], Awaitable[Sequence[JudgedQuestion]]]


async def no_questions(_principal: Principal, _collection: Collection) -> Sequence[JudgedQuestion]:
    """Where nobody keeps any."""
    return ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is searched: in these collections, without those documents of one of them."""

    collections: Sequence[Collection]
    without: tuple[UUID, frozenset[str]] | None = None


async def measured(
    search: Search, questions: Sequence[JudgedQuestion], before: Place | None, after: Place
) -> AsyncIterator[Progress | Figures]:
    """Progress after each question, at last the figures; without `before` there is nothing to compare with.

    Raises as `Search.find_as_if` does.
    """
    judged = [one for one in questions if one.relevant]
    found_before, found_after = list[EvaluatedQuestion](), list[EvaluatedQuestion]()
    for done, question in enumerate(judged, start=1):
        if before is not None:
            found_before.append(await _asked(search, question, before))
        found_after.append(await _asked(search, question, after))
        yield Progress(done, len(judged))
    yield Figures(len(judged), _means(found_before), _means(found_after))


async def _asked(search: Search, question: JudgedQuestion, place: Place) -> EvaluatedQuestion:
    found = await search.find_as_if(question.question, place.collections, place.without, READ)
    return EvaluatedQuestion(
        id=question.id,
        question=question.question,
        relevant=frozenset(question.relevant),
        found=tuple(map(retrieved, found.passages)),
        latency_ms=found.retrieval_ms,
    )


def _means(found: Sequence[EvaluatedQuestion]) -> dict[str, float]:
    return figures(found, READ) if found else {}

"""Whether the golden questions find as well as before, and are refused as before: measured on what would be, and on
what is.

What is measured of refusals is what the search decides by itself, before a model is asked: no model is needed. Where it
decides nothing the question counts as left to the model.

Nothing is made for it: the search looks in the collection and its draft at once, without the documents of the
collection that the draft replaces or takes out.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from ingestion.publication.table import REFUSED, WRONGLY_REFUSED, Figures, Progress
from policies import Principal
from retrieval.corpus import Collection
from retrieval.evaluation import retrieved
from retrieval.evaluation_run import EvaluatedQuestion, JudgedQuestion
from retrieval.figures import figures
from retrieval.results import Found
from retrieval.search import Search

READ = 10  # documents for each question: as many as the figures look at

Golden = Callable[[Principal, Collection], Awaitable[Sequence[JudgedQuestion]]]


@dataclass(frozen=True, slots=True)
class Refusing:
    """`decides` whether a question is refused before a model is asked, by so many passages; None: left to the model."""

    decides: Callable[[Found], bool | None]
    passages: int


async def no_questions(_principal: Principal, _collection: Collection) -> Sequence[JudgedQuestion]:
    """Where nobody keeps any."""
    return ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is searched: in these collections, without those documents of one of them."""

    collections: Sequence[Collection]
    without: tuple[UUID, frozenset[str]] | None = None
    readable: Sequence[Collection] = ()
    """What else the person who has it measured may read."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Without `refusing` nothing of refusals is measured, and questions that nothing answers are not asked."""

    search: Search
    refusing: Refusing | None = None

    async def measured(
        self, questions: Sequence[JudgedQuestion], before: Place | None, after: Place
    ) -> AsyncIterator[Progress | Figures]:
        """Progress after each question, at last the figures; without `before` there is nothing to compare with.

        Raises as `Search.find_as_if` does.
        """
        asked = [one for one in questions if one.relevant or self.refusing]
        was, would_be = Outcomes(), Outcomes()
        for done, question in enumerate(asked, start=1):
            if before is not None:
                await self._ask(question, before, was)
            await self._ask(question, after, would_be)
            yield Progress(done, len(asked))
        yield Figures(
            questions=len(would_be.found),
            before=was.means,
            after=would_be.means,
            unanswerable=len(would_be.unanswerable),
            undecided=would_be.undecided,
        )

    async def _ask(self, question: JudgedQuestion, place: Place, outcomes: "Outcomes") -> None:
        if question.relevant:
            outcomes.found.append(await _found(self.search, question, place))
        if self.refusing is not None:
            passages = await self.search.passages_as_if(
                question.question, place.collections, place.without, place.readable, self.refusing.passages
            )
            decided = outcomes.answerable if question.relevant else outcomes.unanswerable
            decided.append(self.refusing.decides(passages))


@dataclass(slots=True)
class Outcomes:
    """What was found in one place, and what was decided of questions that documents answer and that none does."""

    found: list[EvaluatedQuestion] = field(default_factory=list)
    answerable: list[bool | None] = field(default_factory=list)
    unanswerable: list[bool | None] = field(default_factory=list)

    @property
    def undecided(self) -> int:
        """How many questions are left to the model."""
        return sum(one is None for one in (*self.answerable, *self.unanswerable))

    @property
    def means(self) -> dict[str, float]:
        """By measure; of refusals none where the search decided nothing of such questions."""
        told = figures(self.found, READ) if self.found else {}
        for name, decided in ((REFUSED, self.unanswerable), (WRONGLY_REFUSED, self.answerable)):
            if any(one is not None for one in decided):
                told[name] = sum(one is True for one in decided) / len(decided)
        return told


async def _found(search: Search, question: JudgedQuestion, place: Place) -> EvaluatedQuestion:
    found = await search.find_as_if(question.question, place.collections, place.without, READ)
    return EvaluatedQuestion(
        id=question.id,
        question=question.question,
        relevant=frozenset(question.relevant),
        found=tuple(map(retrieved, found.passages)),
        latency_ms=found.retrieval_ms,
    )

"""A question answered from the documents, each step recorded before it is shown.

Order, which the tests hold to:
1. the question is checked, the permitted collections are searched;
2. `question.asked` is committed; only then are the sources told;
3. with too little evidence the answer is a refusal and no model is called;
4. the model answers in its turn, each sentence checked against the passages it was given;
5. `answer.given` is committed; only then is the answer told. An answer of which no sentence is borne
   out is replaced by a refusal.
A reader who leaves, and a failure, in between leave `answer.abandoned`. No record, no answer.
"""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from assistant.allowance import Allowance
from assistant.answer import Answer, Answered, AskEvent, Citation, SourcesFound, TextStreamed, Timings, Turn, Waiting
from assistant.checking.checked_text import DROPPED, CheckedText
from assistant.checking.citations import CitationCheck
from assistant.engines.choice import Engines, Prompted
from assistant.engines.engine import Engine
from assistant.evidence import Evidence, suffices
from assistant.follow_up.stand_alone import stand_alone
from assistant.injected import LEFT_OUT, Screened, addresses_model, screened
from assistant.refusal import refusal
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.corpus import Passage
from retrieval.day_asked import day_asked
from retrieval.question import validate_question
from retrieval.results import Found
from retrieval.rows import Pool
from retrieval.search import Search
from retrieval.unsupported import Unsupported, strictest

# Passages that an answer stands on.
PASSAGES = 4


class Ask:
    """Answers questions; as many may be asked at once as the engines' queues hold."""

    def __init__(
        self,
        search: Search,
        engines: Engines,
        ledger: Ledger,
        pool: Pool,
        *,
        evidence: Evidence | None = None,
        passages: int = PASSAGES,
        allowance: Allowance | None = None,
    ) -> None:
        self._search = search
        self._engines = engines
        self._ledger = ledger
        self._pool = pool
        self._evidence = evidence
        self._passages = passages
        self._allowance = allowance or Allowance(pool, ledger, {})
        self._recording: set[asyncio.Task[None]] = set()

    async def ask(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        history: Sequence[Turn] = (),
        on: dt.date | None = None,
    ) -> AsyncGenerator[AskEvent, None]:
        """What happens while the question is answered; `Answered` is last. Close it to stop the answer.

        The answer stands on texts in force on the day that is given, or that the question names, or today.

        Raises `EmptyQuestion`, `QuestionTooLong`, `CollectionNotFound`, `EmbeddingFailed`,
        `IndexUnavailable`, `LedgerUnavailable`, `TooManyQuestions`, `QueueFull`, `QuestionTooWide`, `ModelMissing`,
        `ModelUnusable`, `ModelUnavailable`.
        """
        draft = await self._inquire(principal, validate_question(question), names, history, on)
        try:
            yield SourcesFound(draft.found.passages, draft.found.searched, draft.understood)
            if draft.answerable:
                async with aclosing(self._generate(draft)) as events:
                    async for event in events:
                        yield event
            answer = draft.answer()
            await self._record(_given(draft, answer))
        except BaseException as error:
            await self._record_in_any_case(_abandoned(draft, error))
            raise
        yield Answered(answer)

    async def _inquire(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str],
        history: Sequence[Turn],
        on: dt.date | None,
    ) -> "_Draft":
        """Search, and record the question with what was found."""
        began = time.perf_counter()
        await self._allowance.spend(principal)
        collections = await self._search.permitted(principal, names)
        asked = stand_alone(question, history)
        day = on or day_asked(question)  # its own, before that of the question it follows
        readable = await self._search.permitted(principal) if names else collections
        found = await self._search.find(asked, collections, self._passages, day, readable)
        draft = _Draft(
            principal=principal,
            question=question,
            asked=asked,
            found=found,
            screened=screened(found.passages),
            answerable=suffices(found, self._evidence),
            engine=self._engines.first,
            began=began,
            retrieval_ms=_since(began),
        )
        await self._record(_asked(draft))
        return draft

    async def _generate(self, draft: "_Draft") -> AsyncGenerator[AskEvent, None]:
        """Let an engine answer in its turn; what is shown goes into the draft as well."""
        events = self._engines.generate(draft.principal.subject, draft.asked, draft.screened.passages)
        async with aclosing(events):
            async for event in events:
                match event:
                    case Waiting():
                        yield event
                    case Prompted():
                        draft.engine, draft.engine_name = event.engine, event.name
                        rule = await self._rule(event.passages)
                        draft.checked = CheckedText(CitationCheck(event.passages), rule)
                    case piece:
                        draft.first_token_ms = draft.first_token_ms or _since(draft.began)
                        if shown := draft.checked.feed(piece):
                            draft.text += shown
                            yield TextStreamed(shown)
        if shown := draft.checked.finish():
            draft.text += shown
            yield TextStreamed(shown)

    async def _rule(self, passages: Sequence[Passage]) -> Unsupported:
        """What these passages' collections do with sentences that none bears out."""
        async with self._pool.connection() as connection:
            return await strictest(connection, {passage.collection_id for passage in passages})

    async def _record(self, event: Event) -> None:
        async with self._pool.connection() as connection:
            await self._ledger.append(connection, event)

    async def _record_in_any_case(self, event: Event) -> None:
        """Record even while this task is being cancelled, once and again."""
        recording = asyncio.create_task(self._record(event))
        self._recording.add(recording)
        recording.add_done_callback(self._recording.discard)
        await asyncio.shield(recording)


@dataclass(slots=True)
class _Draft:
    """An answer in the making."""

    principal: Principal
    question: str
    asked: str  # the question as it was searched and put to the model
    found: Found
    screened: Screened
    answerable: bool
    engine: Engine
    began: float
    retrieval_ms: float
    id: UUID = field(default_factory=uuid4)
    engine_name: str = ""
    checked: CheckedText = field(default_factory=lambda: CheckedText(CitationCheck(())))
    text: str = ""
    first_token_ms: float | None = None

    @property
    def refused(self) -> bool:
        return self.checked.supported == 0

    @property
    def understood(self) -> str:
        return self.asked if self.asked != self.question else ""

    def answer(self) -> Answer:
        return Answer(
            id=self.id,
            question=self.question,
            understood=self.understood,
            text=refusal(self.found.searched, self.screened.passages) if self.refused else self.text,
            refused=self.refused,
            citations=() if self.refused else tuple(self._citations()),
            passages=self.found.passages,
            searched=self.found.searched,
            collections=self.found.collections,
            model=self.engine.name,
            timings=Timings(self.retrieval_ms, self.first_token_ms, _since(self.began)),
            on=self.found.on,
            partial=(
                *self.found.partial,
                *([LEFT_OUT] if self.screened.suspicious else ()),
                *([DROPPED] if self.checked.dropped and not self.refused else ()),
            ),
            supported=self.checked.supported,
            unsupported=self.checked.unsupported,
        )

    def _citations(self) -> list[Citation]:
        passages = dict(enumerate(self.found.passages, start=1))
        quotes = self.checked.quotes
        doubted = self.checked.doubted & passages.keys() - quotes.keys()
        return [Citation.of(number, passages[number], quotes.get(number)) for number in sorted({*quotes, *doubted})]


def _asked(draft: _Draft) -> Event:
    details: dict[str, Json] = {
        "answer_id": str(draft.id),
        "searched": list(draft.found.searched),
        "on": draft.found.on.isoformat(),
        "passages": [_identified(passage) for passage in draft.found.passages],
        "similarity": round(draft.found.similarity, 4),
        "coverage": round(draft.found.coverage, 4),
        "decision": "answer" if draft.answerable else "refuse",
        **({"partial": [*draft.found.partial]} if draft.found.partial else {}),
    }
    content = {"question": draft.question, **({"understood": draft.understood} if draft.understood else {})}
    return Event(Act.QUESTION_ASKED, draft.principal, details, content)


def _given(draft: _Draft, answer: Answer) -> Event:
    details: dict[str, Json] = {
        "answer_id": str(draft.id),
        "engine": draft.engine_name or None,
        "model": draft.engine.name if draft.answerable else None,
        "prompt": draft.engine.profile.fingerprint if draft.answerable else None,
        "refused": answer.refused,
        "supported": draft.checked.supported,
        "unsupported": draft.checked.unsupported,
        "dropped": draft.checked.dropped,
        "suspicious": [_identified(passage) for passage in draft.screened.suspicious],
        "suspicious_question": addresses_model(draft.asked),
        "cited": [_identified(citation.passage) for citation in answer.citations if citation.supported],
    }
    return Event(Act.ANSWER_GIVEN, draft.principal, details, {"answer": answer.text})


def _abandoned(draft: _Draft, error: BaseException) -> Event:
    left = isinstance(error, GeneratorExit | asyncio.CancelledError)
    details: dict[str, Json] = {
        "answer_id": str(draft.id),
        "reason": "reader left" if left else type(error).__name__,
        "engine": draft.engine_name or None,
        "characters": len(draft.text),
    }
    return Event(Act.ANSWER_ABANDONED, draft.principal, details, {"answer": draft.text} if draft.text else {})


def _identified(passage: Passage) -> Json:
    return {
        "collection_id": str(passage.collection_id),
        "document_id": passage.document_id,
        "version": passage.version,
        "chunk": passage.chunk.ordinal,
        "score": passage.score,
    }


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000

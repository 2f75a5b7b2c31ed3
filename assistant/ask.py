"""A question answered from the documents, each step recorded before it is shown.

Order, which the tests hold to:
1. the question is checked, the permitted collections are searched;
2. `question.asked` is committed; only then are the sources told;
3. with too little evidence the answer is a refusal and no model is called;
4. the model answers in its turn, each sentence checked against the passages it was given;
5. `answer.given` is committed; only then is the answer told. An answer of which no sentence is borne
   out is replaced by what the passages say themselves, where they are known to carry one, or by a refusal.
A reader who leaves, and a failure, in between leave `answer.abandoned`. No record, no answer.
"""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from uuid import UUID

from assistant.allowance import Allowance
from assistant.answer import Answered, AskEvent, SourcesFound, TextStreamed, Turn, Waiting
from assistant.checking.checked_text import CheckedText
from assistant.checking.citations import CitationCheck
from assistant.checking.entailment import Judging
from assistant.draft import Draft, answer_abandoned, answer_given, figure_of, question_asked, since
from assistant.engines.choice import Engines
from assistant.engines.desk import Prompted
from assistant.engines.engine import Engine
from assistant.evidence import Basis, Evidence
from assistant.figures import AnswerFigures
from assistant.follow_up.stand_alone import stand_alone
from assistant.injected import screened
from assistant.recording import Recorder
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.corpus import Collection, Passage
from retrieval.day_asked import day_asked
from retrieval.question import validate_question
from retrieval.results import Found
from retrieval.rows import Pool
from retrieval.search import Search
from retrieval.successors import until_replaced
from retrieval.unsupported import Unsupported, strictest
from retrieval.watch import Step

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
        judging: Judging | None = None,
        guidance: Callable[[], Awaitable[str]] | None = None,
        watch: Callable[[Draft], None] | None = None,
        figures: AnswerFigures | None = None,
    ) -> None:
        """`guidance` gives what the model is told besides our own instructions (`assistant.guidance`).

        `figures` count what people ask; what is asked to try or to measure is not counted.

        `watch` is given each draft once its passages are found, and may look at it as it grows.
        """
        self._search = search
        self._engines = engines
        self._pool = pool
        self._evidence = evidence
        self._passages = passages
        self._allowance = allowance or Allowance(pool, ledger, {})
        self._judging = judging
        self._guidance = guidance
        self._watch = watch
        self._recorder = Recorder(pool, ledger, figures)

    async def ask(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        history: Sequence[Turn] = (),
        on: dt.date | None = None,
        conversation_id: UUID | None = None,
    ) -> AsyncGenerator[AskEvent, None]:
        """What happens while the question is answered; `Answered` is last. Close it to stop the answer.

        The answer stands on texts in force on the day that is given, or that the question names, or today; and on the
        files of the conversation, which are the person's own.

        Raises `EmptyQuestion`, `QuestionTooLong`, `CollectionNotFound`, `EmbeddingFailed`,
        `IndexUnavailable`, `LedgerUnavailable`, `TooManyQuestions`, `QueueFull`, `QuestionTooWide`, `ModelMissing`,
        `ModelUnusable`, `ModelUnavailable`.
        """
        question = validate_question(question)
        with self._engines.held(await self._guidance() if self._guidance else "") as engines:
            draft = await self._inquire(principal, question, names, history, on, conversation_id, engines.first)
            try:
                yield SourcesFound(draft.found.passages, draft.found.searched, draft.understood)
                if draft.answerable:
                    async with aclosing(self._generate(draft, engines)) as events:
                        async for event in events:
                            yield event
                answer = draft.answer()
                await self._recorder.record(answer_given(draft, answer), figure_of(draft, answer))
            except BaseException as error:
                await self._recorder.record_in_any_case(answer_abandoned(draft, error), figure_of(draft))
                raise
        yield Answered(answer)

    async def _inquire(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str],
        history: Sequence[Turn],
        on: dt.date | None,
        conversation_id: UUID | None,
        engine: Engine,
    ) -> Draft:
        """Search, and record the question with what was found."""
        began = time.perf_counter()
        await self._allowance.spend(principal)
        collections = await self._search.permitted(principal, names)
        asked = stand_alone(question, history)
        day = on or day_asked(question)  # its own, before that of the question it follows
        readable = await self._search.permitted(principal) if names else collections
        attached = None if conversation_id is None else await self._search.attached(principal, conversation_id)
        found = await self._search.find(asked, collections, self._passages, day, readable, attached)
        found = await self._until_replaced(found, readable)
        rules = await self._search.allowed_by(principal, found)
        if attached is not None and found.attached:
            rules += attached.allowed_by
        with self._search.watch.step(Step.DECIDE):
            harmless, basis = screened(found.passages), Basis.of(found)
        draft = Draft(
            principal=principal,
            question=question,
            asked=asked,
            found=found,
            screened=harmless,
            basis=basis,
            evidence=self._evidence,
            engine=engine,
            began=began,
            retrieval_ms=since(began),
            conversation_id=conversation_id,
            rules=rules,
        )
        await self._recorder.record(question_asked(draft))
        if self._watch:
            self._watch(draft)
        return draft

    async def _until_replaced(self, found: Found, readable: Sequence[Collection]) -> Found:
        """The same, with the day on which texts end of which a successor is known."""
        async with self._pool.connection() as connection:
            ids = [one.id for one in readable]
            return replace(found, passages=await until_replaced(connection, found.passages, ids, found.on))

    async def _generate(self, draft: Draft, engines: Engines) -> AsyncGenerator[AskEvent, None]:
        """Let an engine answer in its turn; what is shown goes into the draft as well."""
        events = engines.generate(draft.principal.subject, draft.asked, draft.screened.passages, effort=draft.effort)
        async with aclosing(events):
            async for event in events:
                match event:
                    case Waiting():
                        yield event
                    case Prompted():
                        draft.engine, draft.engine_name, draft.given = event.engine, event.name, event.passages
                        draft.prompt = event.messages
                        rule = await self._rule(event.passages)
                        draft.check = CitationCheck(event.passages, judging=self._judging)
                        draft.checked = CheckedText(draft.check, rule)
                    case piece:
                        draft.said += piece
                        draft.first_token_ms = draft.first_token_ms or since(draft.began)
                        if shown := await self._let_through(draft, partial(draft.checked.feed, piece)):
                            draft.text += shown
                            yield TextStreamed(shown)
        if shown := await self._let_through(draft, draft.checked.finish):
            draft.text += shown
            yield TextStreamed(shown)

    async def _let_through(self, draft: Draft, check: Callable[[], str]) -> str:
        """What the check lets through; it waits in a thread where a model takes part in it."""
        began = time.perf_counter()
        shown = check() if self._judging is None else await asyncio.to_thread(check)
        draft.checking_ms += since(began)
        return shown

    async def _rule(self, passages: Sequence[Passage]) -> Unsupported:
        """What these passages' collections do with sentences that none bears out."""
        async with self._pool.connection() as connection:
            return await strictest(connection, {passage.collection_id for passage in passages})

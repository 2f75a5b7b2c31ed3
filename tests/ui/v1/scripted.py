"""An assistant that tells what a test wants, and answers for it to tell."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from assistant.answer import Answer, Answered, AskEvent, Citation, SourcesFound, TextStreamed, Timings, Turn
from policies.principal import Principal
from retrieval.corpus import Chunk, DocumentMetadata, Locator, Passage
from retrieval.errors import CollectionNotFound
from retrieval.question import validate_question
from retrieval.results import Found
from retrieval.within import EVERYTHING, Filters

TODAY = dt.date(2026, 11, 24)
TEXT = "Le congé est de dix jours [1]. Il se demande par écrit."
PASSAGE = Passage(
    collection_id=UUID(int=1),
    collection="Aide",
    document_id="conge.md",
    version=1,
    metadata=DocumentMetadata("Congé"),
    chunk=Chunk(0, "Le congé est de dix jours.", Locator(1, ("Durée",), 0, 26)),
    score=0.5,
)
ASKED: list[Any] = [{"role": "user", "content": "Combien de jours ?"}]


def answer(text: str = TEXT, *, refused: bool = False) -> Answer:
    citation = Citation(n=1, passage=PASSAGE, quote="dix jours", supported=True)
    return Answer(
        id=UUID(int=7),
        question="Combien de jours ?",
        text=text,
        refused=refused,
        citations=() if refused else (citation,),
        passages=(PASSAGE,),
        searched=("Aide",),
        collections=(UUID(int=1),),
        model="essai",
        timings=Timings(1.0, 2.0, 3.0),
        on=TODAY,
    )


def told(text: str = TEXT, *, refused: bool = False) -> list[AskEvent | Exception]:
    """An answer in pieces of four characters."""
    pieces = [TextStreamed(TEXT[start : start + 4]) for start in range(0, len(TEXT), 4)]
    return [SourcesFound((PASSAGE,), ("Aide",)), *pieces, Answered(answer(text, refused=refused))]


@dataclass
class Script:
    """Tells `events`, an exception by raising it; then waits for ever where `endless` says so."""

    events: list[AskEvent | Exception] = field(default_factory=told)
    endless: bool = False
    asked: list[tuple[str, str, tuple[str, ...], tuple[Turn, ...]]] = field(default_factory=list)
    filters: list[Filters] = field(default_factory=list)
    reached_end: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        history: Sequence[Turn] = (),
        on: dt.date | None = None,
        conversation_id: UUID | None = None,
    ) -> AsyncGenerator[AskEvent, None]:
        self.asked.append((principal.subject, validate_question(question), tuple(names), tuple(history)))
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield event
            self.reached_end.set()
            if self.endless:
                await asyncio.Event().wait()
        finally:
            self.stopped.set()

    async def search(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        limit: int = 10,
        on: dt.date | None = None,
        filters: Filters = EVERYTHING,
        context: int = 0,
    ) -> Found:
        self.asked.append((principal.subject, validate_question(question), tuple(names), ()))
        self.filters.append(filters)
        if "Paie" in names:
            raise CollectionNotFound("Paie")
        self.reached_end.set()
        if self.endless:
            try:
                await asyncio.Event().wait()
            finally:
                self.stopped.set()
        return Found((PASSAGE,) * min(limit, 2), ("Aide",), (UUID(int=1),), 0.9, 1.0, 1.5, on or TODAY)

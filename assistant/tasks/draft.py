"""The result of a task in the making."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from assistant.answer import Answer, Timings, citations
from assistant.checking.checked_text import DROPPED, CheckedText
from assistant.checking.citations import Quote
from assistant.engines.effort import Effort
from assistant.engines.engine import Engine
from assistant.figures import Figure, Outcome
from assistant.injected import LEFT_OUT
from assistant.recording import reason_of
from assistant.tasks.filling import Filled
from assistant.tasks.request import GIVEN
from assistant.tasks.template import Template
from policies.audit.event import Act, Event, Json
from policies.principal import Principal
from retrieval.corpus import Passage
from retrieval.results import Found
from retrieval.search import today

NOTHING = (
    "La tâche n’a rien donné que les textes confirment\u202f: rien n’est affiché. Changez les champs, ou le texte."
)


@dataclass(slots=True)
class Draft:
    """`passages` have the numbers of the marks in `text`; `found` are those of collections, where any were searched."""

    principal: Principal
    template: Template
    filled: Filled
    passages: tuple[Passage, ...]
    suspicious: tuple[Passage, ...] = ()
    found: Found | None = None
    rules: Sequence[Json] = ()  # by which the person may read what was found
    conversation_id: UUID | None = None  # in which it is done
    began: float = field(default_factory=time.perf_counter)
    id: UUID = field(default_factory=uuid4)
    engine: Engine | None = None
    engine_name: str = ""
    first_token_ms: float | None = None
    effort: Effort = field(default_factory=Effort)
    text: str = ""
    pieces: int = 0
    done: int = 0
    supported: int = 0
    unsupported: int = 0
    dropped: int = 0
    quotes: dict[int, Quote] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    failure: str = ""

    @property
    def title(self) -> str:
        """What was asked for, in words."""
        names = ", ".join(one.title for one in self.filled.materials)
        return f"{self.template.title} — {names}" if names else self.template.title

    @property
    def refused(self) -> bool:
        return self.supported == 0

    def take(self, checked: CheckedText) -> None:
        """Count what was checked, and keep what it quotes."""
        self.supported += checked.supported
        self.unsupported += checked.unsupported
        self.dropped += checked.dropped
        self.doubted |= checked.doubted
        for number, quote in checked.quotes.items():
            self.quotes[number] = quote | self.quotes.get(number, quote)

    def note(self, sentence: str) -> None:
        """A French sentence that the answer says besides, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def answer(self) -> Answer:
        """What the reader gets in the end."""
        searched = self.found.searched if self.found else ()
        collections = self.found.collections if self.found else ()
        return Answer(
            id=self.id,
            question=self.title,
            text=NOTHING if self.refused else self.text,
            refused=self.refused,
            citations=() if self.refused else tuple(citations(self.passages, self.quotes, self.doubted)),
            passages=self.passages,
            searched=searched,
            collections=collections,
            model=self.engine.name if self.engine else "",
            timings=Timings(0.0, self.first_token_ms, self.elapsed_ms),
            on=self.found.on if self.found else today(),
            partial=(
                *(self.found.partial if self.found else ()),
                *([LEFT_OUT] if self.suspicious else ()),
                *([DROPPED] if self.dropped and not self.refused else ()),
                *self.notes,
            ),
            supported=self.supported,
            unsupported=self.unsupported,
        )

    @property
    def elapsed_ms(self) -> float:
        return (time.perf_counter() - self.began) * 1000


def asked(draft: Draft) -> Event:
    """The record that comes before anything is done; titles and what was filled in are content."""
    details: dict[str, Json] = {
        **_place(draft),
        "materials": [_identified(one.passages[0]) for one in draft.filled.materials],
        "characters": sum(len(passage.chunk.text) for one in draft.filled.materials for passage in one.passages),
        "searched": list(draft.found.searched) if draft.found else [],
        "passages": [_identified(passage) for passage in draft.found.passages] if draft.found else [],
        "rules": [*draft.rules],
    }
    content = {"task": draft.title} | {f"field {name}": value for name, value in draft.filled.values.items() if value}
    return Event(Act.TASK_ASKED, draft.principal, details, content)


def given(draft: Draft, answer: Answer, prompt: str) -> Event:
    """The record that comes before the result is told."""
    details: dict[str, Json] = {
        **_place(draft),
        "engine": draft.engine_name or None,
        "model": answer.model or None,
        "model_sha256": [*draft.engine.digests()] if draft.engine else [],
        "prompt": prompt or None,
        "pieces": draft.pieces,
        "done": draft.done,
        "failure": draft.failure or None,
        "refused": answer.refused,
        "supported": draft.supported,
        "unsupported": draft.unsupported,
        "dropped": draft.dropped,
        "suspicious": [_identified(passage) for passage in draft.suspicious],
        "cited": [_identified(citation.passage) for citation in answer.citations if citation.supported],
    }
    return Event(Act.ANSWER_GIVEN, draft.principal, details, {"answer": answer.text})


def abandoned(draft: Draft, error: BaseException) -> Event:
    """The record of a task that came to no end."""
    details: dict[str, Json] = {
        **_place(draft),
        "reason": reason_of(error),
        "engine": draft.engine_name or None,
        "pieces": draft.pieces,
        "done": draft.done,
        "characters": len(draft.text),
    }
    return Event(Act.ANSWER_ABANDONED, draft.principal, details, {"answer": draft.text} if draft.text else {})


def figure_of(draft: Draft, answer: Answer | None = None) -> Figure | None:
    """What is counted of it; without an answer it was abandoned. A template that is only tried is not counted."""
    if draft.template.is_draft:
        return None
    outcome = Outcome.ABANDONED if answer is None else Outcome.REFUSED if answer.refused else Outcome.ANSWERED
    cited = answer.citations if answer else ()
    return Figure(
        answer_id=draft.id,
        kind="task",
        outcome=outcome,
        searched=draft.found.collections if draft.found else (),
        cited=sorted({citation.passage.collection_id for citation in cited if citation.supported}),
        supported=draft.supported,
        unsupported=draft.unsupported,
        first_token_ms=draft.first_token_ms,
        total_ms=draft.elapsed_ms,
        model=draft.engine.name if draft.engine else "",
        effort=draft.effort,
    )


def _place(draft: Draft) -> dict[str, Json]:
    """Which answer it is, of which conversation, by which template."""
    template = draft.template
    return {
        "answer_id": str(draft.id),
        "conversation": None if draft.conversation_id is None else str(draft.conversation_id),
        "task": template.name,
        "version": template.version,
        "template": template.fingerprint,
    }


def _identified(passage: Passage) -> Json:
    """Which passage it is; of a text that no collection holds only that it is one, for its title is content."""
    if passage.collection_id == GIVEN:
        return {"collection_id": None, "chunk": passage.chunk.ordinal}
    return {
        "collection_id": str(passage.collection_id),
        "document_id": passage.document_id,
        "version": passage.version,
        "chunk": passage.chunk.ordinal,
    }

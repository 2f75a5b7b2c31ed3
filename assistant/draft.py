"""An answer in the making, and its records."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID, uuid4

from langchain_core.messages import BaseMessage

from assistant.answer import Answer, Timings, citations
from assistant.checking.checked_text import DROPPED, CheckedText
from assistant.checking.citations import CitationCheck
from assistant.checking.entailment import UNJUDGED
from assistant.engines.effort import Effort
from assistant.engines.engine import Engine
from assistant.evidence import Basis, Evidence, certain, suffices
from assistant.extracts import Extracts, extracts, says_that_it_cannot
from assistant.figures import Figure, Outcome
from assistant.injected import LEFT_OUT, Screened, addresses_model
from assistant.recording import reason_of
from assistant.refusal import refusal
from policies.audit.event import Act, Event, Json
from policies.principal import Principal
from retrieval.corpus import Passage
from retrieval.results import Found


@dataclass(slots=True)
class Draft:
    """What is known of it until now; `given` are the passages that the model read."""

    principal: Principal
    question: str
    asked: str  # the question as it was searched and put to the model
    found: Found
    screened: Screened
    basis: Basis
    evidence: Evidence | None
    engine: Engine
    began: float
    retrieval_ms: float
    conversation_id: UUID | None = None  # of which it is; none of what a program asks
    rules: Sequence[Json] = ()  # by which the person may read what was found
    id: UUID = field(default_factory=uuid4)
    engine_name: str = ""
    given: Sequence[Passage] = ()
    prompt: Sequence[BaseMessage] = ()  # as the model was told it
    check: CitationCheck = field(default_factory=lambda: CitationCheck(()))
    checked: CheckedText = field(default_factory=lambda: CheckedText(CitationCheck(())))
    said: str = ""  # by the model
    text: str = ""  # of it what was shown
    first_token_ms: float | None = None
    checking_ms: float = 0.0
    effort: Effort = field(default_factory=Effort)

    @property
    def answerable(self) -> bool:
        """Whether the passages are worth asking a model about."""
        return suffices(self.basis, self.evidence)

    @property
    def certain(self) -> bool:
        """Whether it is known that they carry an answer."""
        return certain(self.basis, self.evidence)

    @property
    def understood(self) -> str:
        return self.asked if self.asked != self.question else ""

    def answer(self) -> Answer:
        """The model's words; where none of them is borne out, those of the passages, or a refusal."""
        spoken = None if self.checked.supported else self._extracts()
        refused = not (self.checked.supported or spoken)
        text, quotes = (spoken.text, spoken.quotes) if spoken else (self.text, self.checked.quotes)
        doubted = self.checked.doubted if self.checked.supported else frozenset[int]()
        return Answer(
            id=self.id,
            question=self.question,
            understood=self.understood,
            text=refusal(self.found.searched, self.screened.passages) if refused else text,
            refused=refused,
            extracted=spoken is not None,
            citations=() if refused else tuple(citations(self.found.passages, quotes, doubted)),
            passages=self.found.passages,
            searched=self.found.searched,
            collections=self.found.collections,
            model=self.engine.name,
            timings=Timings(self.retrieval_ms, self.first_token_ms, since(self.began)),
            on=self.found.on,
            partial=(
                *self.found.partial,
                *([LEFT_OUT] if self.screened.suspicious else ()),
                *([DROPPED] if self.checked.dropped and self.checked.supported else ()),
                *([UNJUDGED] if self.check.unjudged and self.checked.supported else ()),
            ),
            supported=self.checked.supported,
            unsupported=self.checked.unsupported,
        )

    def _extracts(self) -> Extracts | None:
        """Only where it is known that the passages carry an answer, and the model has not said otherwise."""
        if not self.certain or says_that_it_cannot(self.said):
            return None
        return extracts(self.asked, self.given)


def question_asked(draft: Draft) -> Event:
    """The question, with what was found for it."""
    details: dict[str, Json] = {
        **_place(draft),
        "searched": list(draft.found.searched),
        "on": draft.found.on.isoformat(),
        "passages": [_identified(passage) for passage in draft.found.passages],
        "basis": asdict(draft.basis),
        "thresholds": draft.evidence.fingerprint if draft.evidence else None,
        "decision": "answer" if draft.answerable else "refuse",
        "rules": [*draft.rules],
        **({"partial": [*draft.found.partial]} if draft.found.partial else {}),
    }
    content = {"question": draft.question, **({"understood": draft.understood} if draft.understood else {})}
    return Event(Act.QUESTION_ASKED, draft.principal, details, content)


def answer_given(draft: Draft, answer: Answer) -> Event:
    """The answer, and how it came to be."""
    details: dict[str, Json] = {
        **_place(draft),
        "engine": draft.engine_name or None,
        "model": draft.engine.name if draft.answerable else None,
        "model_sha256": [*draft.engine.digests()] if draft.answerable else [],
        "prompt": draft.engine.profile.fingerprint if draft.answerable else None,
        "refused": answer.refused,
        "extracted": answer.extracted,
        "supported": draft.checked.supported,
        "unsupported": draft.checked.unsupported,
        "dropped": draft.checked.dropped,
        "judged": draft.check.judged,
        "suspicious": [_identified(passage) for passage in draft.screened.suspicious],
        "suspicious_question": addresses_model(draft.asked),
        "cited": [_identified(citation.passage) for citation in answer.citations if citation.supported],
    }
    return Event(Act.ANSWER_GIVEN, draft.principal, details, {"answer": answer.text})


def answer_abandoned(draft: Draft, error: BaseException) -> Event:
    """What there was of an answer that did not come to its end."""
    details: dict[str, Json] = {
        **_place(draft),
        "reason": reason_of(error),
        "engine": draft.engine_name or None,
        "characters": len(draft.text),
    }
    return Event(Act.ANSWER_ABANDONED, draft.principal, details, {"answer": draft.text} if draft.text else {})


def figure_of(draft: Draft, answer: Answer | None = None) -> Figure:
    """What is counted of it; without an answer it was abandoned."""
    outcome = Outcome.ABANDONED if answer is None else Outcome.REFUSED if answer.refused else Outcome.ANSWERED
    cited = answer.citations if answer else ()
    return Figure(
        answer_id=draft.id,
        kind="question",
        outcome=outcome,
        searched=draft.found.collections,
        cited=sorted({citation.passage.collection_id for citation in cited if citation.supported}),
        supported=draft.checked.supported,
        unsupported=draft.checked.unsupported,
        first_token_ms=draft.first_token_ms,
        total_ms=since(draft.began),
        model=draft.engine.name if draft.engine_name else "",
        effort=draft.effort,
    )


def _place(draft: Draft) -> dict[str, Json]:
    """Which answer it is, and of which conversation."""
    return {
        "answer_id": str(draft.id),
        "conversation": None if draft.conversation_id is None else str(draft.conversation_id),
    }


def _identified(passage: Passage) -> Json:
    return {
        "collection_id": str(passage.collection_id),
        "document_id": passage.document_id,
        "version": passage.version,
        "chunk": passage.chunk.ordinal,
        "score": passage.score,
    }


def since(began: float) -> float:
    """Milliseconds."""
    return (time.perf_counter() - began) * 1000

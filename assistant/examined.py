"""What there is to see of an answer once it is given: how it came to be, step by step. Types only."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.checking.checked_text import CheckedSentence
from assistant.draft import Draft
from assistant.injected import addresses_model
from assistant.weighing import Weighed, weighed
from retrieval.corpus import Passage
from retrieval.stages import Explained


@dataclass(frozen=True, slots=True)
class ExaminedSearch:
    """What was found and how, and whether a model would be asked about the first of it."""

    explained: Explained
    weighed: Weighed


@dataclass(frozen=True, slots=True)
class Message:
    """A part of the prompt, as the model was told it; `role` is `system` or `human`."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class ExaminedAnswer:
    """An answer, the prompt to the letter, what the model said of itself, and the check of each sentence.

    `given` are the passages in the prompt, by the numbers that citations have, from 1; `suspicious` ones spoke to the
    model, and were put to it without those words. Where no model was asked, there is no prompt, and nothing was said.
    """

    answer: Answer
    weighed: Weighed
    prompt: tuple[Message, ...]
    said: str
    sentences: tuple[CheckedSentence, ...]
    given: tuple[Passage, ...]
    suspicious: tuple[Passage, ...]
    suspicious_question: bool
    engine: str
    digests: Sequence[str]
    prompt_sha256: str


def examined(draft: Draft, answer: Answer) -> ExaminedAnswer:
    """Of a draft that has become an answer."""
    asked = draft.answerable
    return ExaminedAnswer(
        answer=answer,
        weighed=weighed(draft.basis, draft.evidence),
        prompt=tuple(Message(message.type, message.text) for message in draft.prompt),
        said=draft.said,
        sentences=tuple(draft.checked.sentences),
        given=tuple(draft.given),
        suspicious=draft.screened.suspicious,
        suspicious_question=addresses_model(draft.asked),
        engine=draft.engine_name,
        digests=[*draft.engine.digests()] if asked else [],
        prompt_sha256=draft.engine.profile.fingerprint if asked else "",
    )

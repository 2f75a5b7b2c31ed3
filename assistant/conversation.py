"""The words of a conversation: exchanges, the sources that an answer stands on, feedback."""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from assistant.answer import Answer, Turn
from assistant.follow_up.topic import noun_phrase
from assistant.tasks.difference import Difference
from assistant.tasks.order import TaskOrder
from assistant.tasks.request import GIVEN
from retrieval.corpus import Passage

TITLE_CHARACTERS = 80

WITHHELD = (
    "Cette réponse n’est plus affichée\u202f: elle s’appuyait sur des documents auxquels vous n’avez plus accès, "
    "ou qui ont été supprimés."
)


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as a conversation keeps it: enough to name it and to open it again, never its text.

    `collection` is its name, `collection_id` tells it from a later one of that name. `start` and `end`
    count characters in the text of that version of the document. The days are those that were known when it was
    found: from when, and until when (exclusive), the text applies.
    """

    collection_id: UUID
    collection: str
    document_id: str
    version: int
    title: str
    heading_path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    in_force_from: dt.date | None = None
    repealed_on: dt.date | None = None

    @classmethod
    def of(cls, passage: Passage) -> "Source":
        """What is kept of a passage."""
        locator = passage.chunk.locator
        return cls(
            collection_id=passage.collection_id,
            collection=passage.collection,
            document_id=passage.document_id,
            version=passage.version,
            title=passage.metadata.title,
            heading_path=locator.heading_path,
            page=locator.page,
            start=locator.start,
            end=locator.end,
            in_force_from=passage.metadata.in_force_from,
            repealed_on=passage.metadata.repealed_on,
        )


class Ending(StrEnum):
    """How an answer came to its end."""

    COMPLETE = "complete"
    STOPPED = "stopped"  # by the reader
    FAILED = "failed"
    WITHHELD = "withheld"  # it stands on documents that the reader may no longer read


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as the reader saw it: `text` with its marks `[n]`, `sources` in the order of their numbers.

    `doubtful` are the numbers that the check found not to bear out what they stand behind. `named` are the
    collections that the text names: a refusal says where it searched. `partial` says what the search had to do
    without, `on` as of which day it speaks, `understood` how a follow-up question was understood, `acronyms` what those
    of the text stand for, `differences` what a comparison found, `answer` which one it is in the register. An answer
    that was stopped has the text shown until then, one that failed the sentence that says why.
    """

    text: str
    sources: tuple[Source, ...] = ()
    doubtful: tuple[int, ...] = ()
    named: tuple[UUID, ...] = ()
    model: str = ""
    refused: bool = False
    ending: Ending = Ending.COMPLETE
    partial: tuple[str, ...] = ()
    on: dt.date | None = None
    understood: str = ""
    acronyms: tuple[tuple[str, str], ...] = ()
    differences: tuple[Difference, ...] = ()
    answer: UUID | None = None

    @property
    def collections(self) -> Set[UUID]:
        """Those of which it tells something; a text that the reader brought is in none."""
        return {source.collection_id for source in self.sources if source.collection_id != GIVEN} | set(self.named)

    @classmethod
    def of(cls, answer: Answer) -> "Reply":
        """What is kept of an answer."""
        supported = {citation.n for citation in answer.citations if citation.supported}
        return cls(
            text=answer.text,
            sources=_sources(answer),
            doubtful=tuple(sorted({citation.n for citation in answer.citations} - supported)),
            named=tuple(one for one in answer.collections if one != GIVEN) if answer.refused else (),
            model=answer.model,
            refused=answer.refused,
            partial=answer.partial,
            on=None if _given(answer) else answer.on,
            understood=answer.understood,
            answer=answer.id,
        )


def _given(answer: Answer) -> bool:
    """Whether it stands on texts that the reader brought, and on nothing that could be in force."""
    return bool(answer.passages) and all(passage.collection_id == GIVEN for passage in answer.passages)


def _sources(answer: Answer) -> tuple[Source, ...]:
    """The passages; of those that the answer cites the words that bear it out."""
    quoted = {citation.n: citation for citation in answer.citations if citation.quote}
    sources = [Source.of(passage) for passage in answer.passages]
    return tuple(
        replace(source, start=quoted[n].start, end=quoted[n].end) if n in quoted else source
        for n, source in enumerate(sources, start=1)
    )


class FeedbackReason(StrEnum):
    """Why an answer was of no use, in the words that readers choose from."""

    INCOMPLETE = "incomplet"
    WRONG = "faux"
    UNSUITABLE = "source inadaptée"
    OUTDATED = "périmé"
    OTHER = "autre"


# The minutes that an answer saved, in the words that readers choose from; who says «plus» is taken at the least of it.
SAVED: Mapping[str, int] = {
    "temps gagné aucun": 0,
    "temps gagné 5 min": 5,
    "temps gagné 15 min": 15,
    "temps gagné 30 min": 30,
    "temps gagné 1 h": 60,
    "temps gagné plus d’1 h": 60,
}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the reader thought of an answer, and why: «périmé, incomplet : la circulaire a changé».

    `reason` is as it was given; those of the small sets that it begins with are its `reasons`, and what it
    `saved`.
    """

    useful: bool
    reason: str = ""

    @property
    def reasons(self) -> tuple[FeedbackReason, ...]:
        """The reasons before the colon, or all where nothing else is said."""
        return tuple(FeedbackReason(word) for word in self._chosen if word not in SAVED)

    @property
    def saved(self) -> int | None:
        """How many minutes it saved them; None where they did not say."""
        return next((SAVED[word] for word in self._chosen if word in SAVED), None)

    @property
    def _chosen(self) -> list[str]:
        """What is said before the colon in words of the small sets; nothing where it has any other."""
        chosen = [word.strip().lower() for word in self.reason.partition(":")[0].split(",")]
        known = {*SAVED, *(reason.value for reason in FeedbackReason)}
        return [*dict.fromkeys(chosen)] if {*chosen} <= known else []


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer; `reply` is None until there is one. Of a task, `question` is its heading."""

    id: UUID
    question: str
    asked_at: dt.datetime
    reply: Reply | None = None
    feedback: Feedback | None = None
    task: TaskOrder | None = None

    def readable(self, permitted: Set[UUID]) -> "Exchange":
        """As someone sees it now who may read these collections.

        An answer repeats what its sources say, so it is withheld whole as soon as one of the passages that
        the model was given is out of reach, cited or not. A refusal says where it searched, so it is withheld as
        soon as one of those collections is.
        """
        if self.reply is None or self.reply.collections <= permitted:
            return self
        return replace(self, reply=Reply(WITHHELD, ending=Ending.WITHHELD))


@dataclass(frozen=True, slots=True)
class Conversation:
    """A person's conversation, without its exchanges."""

    id: UUID
    title: str
    updated_at: dt.datetime


def title_of(question: str) -> str:
    """The title of a conversation that begins with this question: what it asks for, as a noun phrase."""
    return shortened(noun_phrase(question) or question)


def shortened(question: str) -> str:
    """The words on one line, cut at a word where they are too long for a title."""
    words = " ".join("".join(character if character.isprintable() else " " for character in question).split())
    if len(words) <= TITLE_CHARACTERS:
        return words
    cut = words[: TITLE_CHARACTERS - 1]
    return (cut[: cut.rfind(" ")] if " " in cut else cut) + "…"


def turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    """The exchanges that ended with an answer, as the context of a follow-up question: each as it was understood."""
    return [
        Turn(question=exchange.reply.understood or exchange.question, answer=exchange.reply.text)
        for exchange in exchanges
        if exchange.reply is not None and exchange.reply.ending is Ending.COMPLETE
    ]

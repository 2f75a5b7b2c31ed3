"""The words of question sets: questions whose documents are known, kept to measure by. Types only."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from retrieval.corpus import Collection
from retrieval.errors import KeptQuestionInvalid
from retrieval.question import CONTROL, validate_question

MOST_QUESTIONS = 5_000  # in one set
MOST_RELEVANT = 100  # documents of one question
LONGEST_ID = 1_000  # characters, of a question and of a document
LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question and the ids of the documents that answer it; without any, it must be refused.

    `id` names it within its set, as files do; `note` is for people. `edition` rises with each change. Raises
    `KeptQuestionInvalid`, `EmptyQuestion`, `QuestionTooLong`.
    """

    id: str
    question: str
    relevant: frozenset[str] = frozenset()
    note: str = ""
    edition: int = 0

    def __post_init__(self) -> None:
        validate_question(self.question)
        if not _is_name(self.id):
            raise KeptQuestionInvalid(
                f"L’identifiant d’une question tient sur une ligne de 1 à {LONGEST_ID} caractères visibles."
            )
        if len(self.relevant) > MOST_RELEVANT:
            raise KeptQuestionInvalid(
                f"La question «\u202f{self.id}\u202f» attend {len(self.relevant)} documents, pour {MOST_RELEVANT} au "
                "plus. Gardez ceux qui répondent le mieux."
            )
        if not all(map(_is_name, self.relevant)):
            raise KeptQuestionInvalid(
                f"Un document attendu de la question «\u202f{self.id}\u202f» n’a pas d’identifiant d’une ligne de 1 à "
                f"{LONGEST_ID} caractères visibles."
            )
        if len(self.note) > LONGEST_NOTE or CONTROL.search(self.note):
            raise KeptQuestionInvalid(
                f"La note de la question «\u202f{self.id}\u202f» dépasse {LONGEST_NOTE} caractères, ou en a "
                "d’invisibles. Raccourcissez-la."
            )


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A named set of questions to one collection.

    `golden`: they are asked before anything is published there. `edition` rises with each change, of its questions too.
    """

    id: UUID
    collection: Collection
    name: str
    golden: bool
    edition: int
    created_at: dt.datetime
    created_by: str
    questions: int


@dataclass(frozen=True, slots=True)
class QuestionsChange:
    """How many questions were added, now say something else, and were so already."""

    added: int
    changed: int
    unchanged: int


def _is_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= LONGEST_ID and not CONTROL.search(text) and text.splitlines() == [text]

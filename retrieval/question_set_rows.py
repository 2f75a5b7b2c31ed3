"""Question sets as the rows and columns of their tables."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from retrieval.corpus import Collection
from retrieval.question_set import KeptQuestion, QuestionSet


def set_of(row: DictRow, collections: Mapping[UUID, Collection]) -> QuestionSet:
    """From a row of the sets; its collection is among these."""
    return QuestionSet(
        id=row["id"],
        collection=collections[row["collection_id"]],
        name=row["name"],
        golden=row["golden"],
        edition=row["edition"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        questions=row["questions"],
    )


def question_of(row: DictRow) -> KeptQuestion:
    """From a row of the questions."""
    return KeptQuestion(row["id"], row["question"], frozenset(row["relevant"]), row["note"], row["edition"])


def columns(set_id: UUID, questions: Sequence[KeptQuestion]) -> dict[str, object]:
    """What a query enters, each field of all of them."""
    return {
        "set": set_id,
        "ids": [one.id for one in questions],
        "questions": [one.question for one in questions],
        "relevant": [Jsonb(sorted(one.relevant)) for one in questions],
        "notes": [one.note for one in questions],
    }

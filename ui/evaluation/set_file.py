"""A set of questions as a file: the JSON lines that `assistant evaluate --questions` reads, each with its note."""

import json
from collections.abc import Iterable

from retrieval import EmptyQuestion, KeptQuestion, KeptQuestionInvalid, QuestionTooLong
from retrieval.question_set import MOST_QUESTIONS
from ui.errors import QuestionsInvalid
from ui.evaluation.questions_file import EvaluationQuestion, questions_of

LARGEST = 4 * 2**20  # bytes


class SetQuestion(EvaluationQuestion):
    """Keys beyond these are other people's."""

    note: str = ""


def set_questions(path: str, content: bytes) -> list[KeptQuestion]:
    """The questions of what a file of that name holds. Raises `QuestionsInvalid`, with the line at fault."""
    if len(content) > LARGEST:
        raise QuestionsInvalid(
            f"{path} dépasse {LARGEST // 2**20} Mio\u202f: répartissez les questions en plusieurs jeux."
        )
    read = questions_of(path, content, SetQuestion)
    if len(read) > MOST_QUESTIONS:
        raise QuestionsInvalid(f"{path} contient {len(read)} questions, pour {MOST_QUESTIONS} au plus dans un jeu.")
    seen: set[str] = set()
    for one in read:
        if one.id in seen:
            raise QuestionsInvalid(f"{path}\u202f: deux questions portent l’identifiant «\u202f{one.id}\u202f».")
        seen.add(one.id)
    return [_kept(path, one) for one in read]


def set_text(questions: Iterable[KeptQuestion]) -> str:
    """What the file of a set holds."""
    return "".join(
        json.dumps(
            {
                "id": one.id,
                "question": one.question,
                "relevant": sorted(one.relevant),
                **({"note": one.note} if one.note else {}),
            },
            ensure_ascii=False,
        )
        + "\n"
        for one in questions
    )


def _kept(path: str, one: SetQuestion) -> KeptQuestion:
    try:
        return KeptQuestion(one.id, one.question, frozenset(one.relevant), one.note)
    except (EmptyQuestion, QuestionTooLong, KeptQuestionInvalid) as error:
        raise QuestionsInvalid(f"{path}, question «\u202f{one.id}\u202f»\u202f: {error}") from error

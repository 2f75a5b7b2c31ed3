"""Questions whose documents are known, as JSON lines `{id, question, relevant}`."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ui.errors import QuestionsInvalid
from ui.french import system_reason, value_reason


class EvaluationQuestion(BaseModel):
    """Keys beyond these are other people's notes."""

    model_config = ConfigDict(frozen=True)

    id: str
    question: str = Field(pattern=r"\S")
    relevant: list[str]


Question = TypeVar("Question", bound=EvaluationQuestion)


def read_questions(path: Path) -> list[EvaluationQuestion]:
    """All questions of the file. Raises `QuestionsInvalid` with the line at fault."""
    return questions_of(str(path), read_lines(path), EvaluationQuestion)


def read_lines(path: Path) -> bytes:
    """What the file holds. Raises `QuestionsInvalid`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise QuestionsInvalid(
            f"Le fichier de questions {path} ne peut pas être lu : {system_reason(error)}."
        ) from error


def questions_of(path: str, content: bytes, kind: type[Question]) -> list[Question]:
    """All questions of what a file of that name holds. Raises `QuestionsInvalid` with the line at fault."""
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise QuestionsInvalid(f"Le fichier de questions {path} n’est pas en UTF-8. Enregistrez-le ainsi.") from error
    questions = [_question(path, number, line, kind) for number, line in enumerate(lines, start=1) if line.strip()]
    if not questions:
        raise QuestionsInvalid(f"Le fichier de questions {path} est vide : donnez au moins une ligne JSON.")
    return questions


def _question(path: str, number: int, line: str, kind: type[Question]) -> Question:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f"{part} : " for part in first["loc"])
        raise QuestionsInvalid(
            f"{path}, ligne {number} : {where}{value_reason(first)}. "
            'Attendu : {"id": "…", "question": "…", "relevant": ["…"]}.'
        ) from error

"""A question as it may be searched."""

import re

from retrieval.errors import EmptyQuestion, QuestionTooLong

QUESTION_LENGTH = 4_000

# All of Unicode's control characters but tab and line breaks, and halves of characters, which are no text.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def validate_question(question: str) -> str:
    """The question without the blanks around it and without control characters, which PostgreSQL refuses.

    Raises `EmptyQuestion`, `QuestionTooLong`.
    """
    question = CONTROL.sub(" ", question).strip()
    if not any(character.isalnum() for character in question):
        raise EmptyQuestion
    if len(question) > QUESTION_LENGTH:
        raise QuestionTooLong(len(question), QUESTION_LENGTH)
    return question

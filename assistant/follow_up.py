"""Follow-up questions: «Et pour les contractuels ?» is searched with the question before it."""

from collections.abc import Sequence

from assistant.answer import Turn
from assistant.words import words
from retrieval.question import QUESTION_LENGTH

# With fewer words of meaning than this, a question leans on the one before.
STANDS_ALONE = 3


def in_full(question: str, history: Sequence[Turn]) -> str:
    """The question, after the last one of the conversation where it would not be understood without."""
    if not history or len(words(question)) >= STANDS_ALONE:
        return question
    room = max(QUESTION_LENGTH - len(question) - 1, 0)
    return f"{history[-1].question[:room]} {question}"

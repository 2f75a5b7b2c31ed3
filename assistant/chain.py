"""The chain from a question and its passages to the model's text: prompt, model, parser (LCEL)."""

from collections.abc import Sequence

import langsmith
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import Runnable

from assistant.engine import Engine
from assistant.errors import QuestionTooWide
from retrieval.corpus import Passage

# What a chat template adds around a message, at most.
TEMPLATE_TOKENS = 16


def answering(engine: Engine) -> Runnable[dict[str, str], str]:
    """Takes what `Profile.variables` gives and streams the answer's text, not checked yet.

    Nothing leaves: a variable of the environment makes LangChain send all that passes through it to its
    maker's server, and so that is switched off, for the whole process.
    """
    langsmith.configure(enabled=False)
    profile = engine.profile
    model = engine.model.bind(stop=list(profile.stop), max_tokens=profile.max_tokens)
    return profile.prompt | model | StrOutputParser()


def fitting(engine: Engine, question: str, passages: Sequence[Passage]) -> Sequence[Passage]:
    """The first passages, as many as the model can read along with the question and still answer.

    Raises `QuestionTooWide` if not even one fits.
    """
    room = engine.context - engine.profile.max_tokens
    for count in range(len(passages), 0, -1):
        if _prompt_tokens(engine, question, passages[:count]) <= room:
            return passages[:count]
    raise QuestionTooWide(
        "La question et un seul extrait dépassent déjà ce que le modèle peut lire. Raccourcissez la question."
    )


def _prompt_tokens(engine: Engine, question: str, passages: Sequence[Passage]) -> int:
    messages = engine.profile.prompt.format_messages(**engine.profile.variables(question, passages))
    return sum(engine.model.get_num_tokens(message.text) + TEMPLATE_TOKENS for message in messages)

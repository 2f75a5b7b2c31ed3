"""The chain from a question and its passages to the model's text: prompt, model, parser (LCEL)."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import langsmith
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable

from assistant.checking.sentences import sentences
from assistant.engines.engine import Engine
from assistant.engines.reasoning import Spoken
from assistant.errors import QuestionTooWide
from retrieval.corpus import Passage

# What a chat template adds around a message, at most.
TEMPLATE_TOKENS = 16

# A beginning of a passage with fewer sentences than this seldom says what the passage is there for.
FEWEST_SENTENCES = 2


def answering(engine: Engine) -> Runnable[dict[str, str], str]:
    """Takes what `Profile.variables` gives and streams what the model says, its reasoning too."""
    profile = engine.profile
    return profile.prompt | saying(engine, profile.max_tokens, profile.stop)


def saying(engine: Engine, max_tokens: int, stop: Sequence[str] = ()) -> Runnable[LanguageModelInput, str]:
    """Takes messages and streams what the model says, which gets at most so long and ends at one of `stop`.

    Nothing leaves: a variable of the environment makes LangChain send all that passes through it to its
    maker's server, and so that is switched off, for the whole process.
    """
    langsmith.configure(enabled=False)
    return engine.model.bind(stop=list(stop), max_tokens=max_tokens) | Spoken()


def fitting(engine: Engine, question: str, passages: Sequence[Passage]) -> Sequence[Passage]:
    """The first passages, as many as the model can read along with the question and still answer.

    Of the first that does not fit whole its beginning is added, cut at the end of a sentence, where at least
    `FEWEST_SENTENCES` fit. Raises `QuestionTooWide` if nothing fits.
    """
    room = engine.room(engine.profile.max_tokens)

    def excess(given: Sequence[Passage]) -> int:
        return _prompt_tokens(engine, question, given) - room

    whole = next(count for count in range(len(passages), -1, -1) if not count or excess(passages[:count]) <= 0)
    if whole == len(passages):
        return passages
    beginnings = _beginnings(passages[whole])
    more = bisect_right(beginnings, 0, key=lambda beginning: excess([*passages[:whole], beginning]))
    given = [*passages[:whole], *beginnings[:more][-1:]]
    if given:
        return given
    raise QuestionTooWide(
        "La question et un seul extrait dépassent déjà ce que le modèle peut lire. Raccourcissez la question."
    )


def _beginnings(passage: Passage) -> list[Passage]:
    """The passage cut after its second sentence, its third, and so on."""
    texts = list(accumulate(sentences(passage.chunk.text)))[FEWEST_SENTENCES - 1 : -1]
    return [replace(passage, chunk=replace(passage.chunk, text=text.rstrip())) for text in texts]


def tokens(engine: Engine, messages: Sequence[BaseMessage]) -> int:
    """How many the model reads, by its own tokenizer."""
    return sum(engine.model.get_num_tokens(message.text) + TEMPLATE_TOKENS for message in messages)


def _prompt_tokens(engine: Engine, question: str, passages: Sequence[Passage]) -> int:
    return tokens(engine, engine.profile.prompt.format_messages(**engine.profile.variables(question, passages)))

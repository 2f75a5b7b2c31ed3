"""The chain sends nothing anywhere, and gives a model as much as it can read."""

from collections.abc import Iterator
from typing import Any

import langsmith
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langsmith.utils import get_env_var, tracing_is_enabled

from assistant.engines.chain import TEMPLATE_TOKENS, answering, fitting
from assistant.errors import QuestionTooWide
from assistant.prompts.profiles import CHAT
from retrieval.corpus import Passage
from tests.assistant.conftest import passage
from tests.assistant.scripted import Scripted, engine


@pytest.fixture
def told_to_send(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment in which LangChain reports all it does."""
    remembered: Any = get_env_var
    remembered.cache_clear()
    langsmith.configure(enabled=None)
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    yield
    remembered.cache_clear()


@pytest.mark.usefixtures("told_to_send")
def test_no_variable_of_the_environment_has_questions_sent_elsewhere() -> None:
    assert tracing_is_enabled()
    answering(engine(Scripted()))
    assert not tracing_is_enabled()


SENTENCES = ("La carte est valable cinq ans. ", "Elle est gratuite. ", "Elle se demande en mairie. ", "Elle se rend.")


def _tokens(question: str, passages: list[Passage]) -> int:
    model = Scripted()
    messages = CHAT.prompt.format_messages(**CHAT.variables(question, passages))
    return sum(model.get_num_tokens(message.text) + TEMPLATE_TOKENS for message in messages)


@given(st.integers(0, 60))
def test_passages_are_cut_at_the_end_of_a_sentence_or_not_at_all(room: int) -> None:
    first, second = passage("Carte", "".join(SENTENCES)), passage("Permis", "".join(SENTENCES))
    context = CHAT.max_tokens + _tokens("Combien ?", []) + room
    reading = engine(Scripted(), context)
    try:
        fitted = fitting(reading, "Combien ?", [first, second])
    except QuestionTooWide:
        fitted = []
    whole = [one.chunk.text for one in fitted[:-1]]
    assert whole == ["".join(SENTENCES)] * len(whole)
    allowed = [("".join(SENTENCES[:count])).rstrip() for count in range(2, len(SENTENCES) + 1)]
    assert all(one.chunk.text in allowed for one in fitted[-1:])
    assert _tokens("Combien ?", list(fitted)) <= context - CHAT.max_tokens


def test_the_last_passage_gives_as_many_sentences_as_fit() -> None:
    cut = passage("Carte", "".join(SENTENCES[:3]).rstrip())
    context = CHAT.max_tokens + _tokens("Combien ?", [cut])
    (fitted,) = fitting(engine(Scripted(), context), "Combien ?", [passage("Carte", "".join(SENTENCES))])
    assert fitted.chunk.text == cut.chunk.text


def test_where_not_even_two_sentences_fit_the_question_is_too_wide() -> None:
    with pytest.raises(QuestionTooWide, match="Raccourcissez la question"):
        fitting(engine(Scripted(), CHAT.max_tokens + 200), "mot " * 300, [passage("Carte", "".join(SENTENCES))])

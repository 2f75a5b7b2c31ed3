"""The chain sends nothing anywhere."""

from collections.abc import Iterator
from typing import Any

import langsmith
import pytest
from langsmith.utils import get_env_var, tracing_is_enabled

from assistant.chain import answering
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

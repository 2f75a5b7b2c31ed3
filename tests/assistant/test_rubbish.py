"""A model that answers nothing or rubbish: a French text that says so or quotes, and never its words as an answer."""

import pytest

from assistant.prompts.neutral import seen
from policies import Act, Principal
from retrieval import Search
from tests.assistant.asking import QUESTION, acts, answer, asking
from tests.assistant.scripted import Scripted
from ui.database import Pool

RUBBISH = {
    "nothing": ("",),
    "blanks": (" ", "\n\n", "\t"),
    "a page of HTML": ("<!DOCTYPE html><title>502</title>", "<p>Bad gateway<script>x()</script>"),
    "bytes": ("\ufffd\ufffd\x00\x1b[31m", "\u202e\u200b"),
    "one word for ever": ("la " * 300,),
    "JSON": ('{"answer": null, "usage": {"tokens": 99}}',),
    "another language": ("The quick brown fox jumps over ", "the lazy dog."),
}


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize("pieces", RUBBISH.values(), ids=RUBBISH)
async def test_it_is_never_the_answer(search: Search, pool: Pool, agent: Principal, pieces: tuple[str, ...]) -> None:
    given = await answer(asking(search, Scripted(pieces=pieces), pool).ask(agent, QUESTION))
    assert given.refused or given.extracted
    assert given.supported == 0
    assert given.text == seen(given.text)
    assert not any(word in given.text for word in ("script", "tokens", "fox", "la la"))
    assert await acts(pool) == [Act.QUESTION_ASKED, Act.ANSWER_GIVEN]

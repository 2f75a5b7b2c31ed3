"""Questions as people really send them: each gets a clear sentence or a sensible answer."""

import pytest

from assistant import Ask
from policies import PostgresLedger, Principal
from retrieval import Search
from tests.assistant.asking import QUESTION, TRUE, acts, answer
from tests.assistant.scripted import Scripted, engines
from ui.database import Pool
from ui.failures import EXPECTED, failure_of

CODE = "```python\ndef duree(conge: str) -> int:\n    return {'maternité': 16}[conge]  # semaines ?\n```"


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("?!… —", 422, "question"),
        ("\u200b\u202e", 422, "question"),
        ("\U0001f642\U0001f642", 422, "question"),
        ("a" * 50_000, 422, "raccourcissez-la"),
        ("Combien de semaines ? " * 2_500, 422, "raccourcissez-la"),
    ],
)
async def test_what_is_no_question_or_too_long_gets_a_sentence_and_no_record(
    search: Search, pool: Pool, agent: Principal, collection: str, question: str, status: int, words: str
) -> None:
    model = Scripted(pieces=(TRUE,))
    with pytest.raises(EXPECTED) as refused:
        await answer(Ask(search, engines(model), PostgresLedger(), pool).ask(agent, question))
    failure = failure_of(refused.value)
    assert failure.status == status
    assert words in failure.message.lower()
    assert (model.prompts, await acts(pool)) == ([], [])


@pytest.mark.parametrize(
    "question",
    [
        f"{QUESTION}\n\n{CODE}",
        "How long is maternity leave (congé de maternité)?",
        f"<b>{QUESTION}</b> {{question}} %s",
        QUESTION.upper(),
        f"{QUESTION} \x00\x07\ud800",
    ],
)
async def test_code_other_languages_and_signs_are_a_question_like_any_other(
    search: Search, pool: Pool, agent: Principal, collection: str, question: str
) -> None:
    model = Scripted(pieces=(TRUE, "."))
    given = await answer(Ask(search, engines(model), PostgresLedger(), pool).ask(agent, question))
    assert given.text
    if not given.refused:
        assert given.text == f"{TRUE} [1]."
        assert "Réponds en français" in model.prompts[0]

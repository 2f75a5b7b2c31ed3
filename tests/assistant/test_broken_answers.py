"""What is left of an answer that breaks off."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from assistant import AskEvent, AssistantError, ModelRefused, ModelUnavailable, SourcesFound, TextStreamed
from policies import Act, Event, LedgerUnavailable, PostgresLedger, Principal, Transaction
from retrieval import EmbeddingFailed, Search, Vector, VectorSpace
from retrieval.results import WORDS_ALONE
from tests.assistant.asking import QUESTION, TRUE, acts, answer, asking, records
from tests.assistant.scripted import Scripted
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool


async def test_a_reader_who_leaves_is_recorded_and_frees_the_model(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    model = Scripted(pieces=(TRUE,), gate=asyncio.Event())
    ask = asking(search, model, pool)
    async with aclosing(ask.ask(agent, QUESTION)) as events:
        async for event in events:
            if isinstance(event, TextStreamed):
                break
    asked, abandoned = await records(pool)
    assert abandoned["act"] == Act.ANSWER_ABANDONED
    assert abandoned["details"]["reason"] == "reader left"
    assert abandoned["details"]["answer_id"] == asked["details"]["answer_id"]
    assert model.gate
    model.gate.set()
    assert (await answer(ask.ask(agent, QUESTION))).text == f"{TRUE} [1]"


async def test_a_cancelled_answer_is_recorded_as_abandoned(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    started = asyncio.Event()

    async def read() -> None:
        async for event in asking(search, Scripted(pieces=(TRUE,), gate=asyncio.Event()), pool).ask(agent, QUESTION):
            if isinstance(event, TextStreamed):
                started.set()

    reading = asyncio.create_task(read())
    await started.wait()
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert await acts(pool) == [Act.QUESTION_ASKED, Act.ANSWER_ABANDONED]


@pytest.mark.parametrize(
    "error",
    [ModelUnavailable("Le serveur est parti."), ModelRefused("Le fichier n’est pas de la liste.", "0" * 64)],
    ids=lambda error: type(error).__name__,
)
async def test_a_model_that_fails_or_may_not_answer_leaves_a_record_and_its_error(
    search: Search, pool: Pool, agent: Principal, collection: str, error: AssistantError
) -> None:
    model = Scripted(pieces=(TRUE,), error=error)
    with pytest.raises(type(error), match=str(error)):
        await answer(asking(search, model, pool).ask(agent, QUESTION))
    _, abandoned = await records(pool)
    assert (abandoned["act"], abandoned["details"]["reason"]) == (Act.ANSWER_ABANDONED, type(error).__name__)


class Refusing(PostgresLedger):
    """A ledger that takes everything but one kind of act."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self.act = act

    async def append(self, transaction: Transaction, event: Event) -> int:
        if event.act == self.act:
            raise LedgerUnavailable("Le registre est plein.")
        return await super().append(transaction, event)


async def test_no_record_no_answer(search: Search, pool: Pool, agent: Principal, collection: str) -> None:
    for act, expected in ((Act.QUESTION_ASKED, []), (Act.ANSWER_GIVEN, [SourcesFound])):
        told: list[type[AskEvent]] = []

        async def read(act: Act, told: list[type[AskEvent]]) -> None:
            async for event in asking(search, Scripted(pieces=(TRUE,)), pool, Refusing(act)).ask(agent, QUESTION):
                told.append(type(event))  # noqa: PERF401 - what was told before the failure is what counts

        with pytest.raises(LedgerUnavailable):
            await read(act, told)
        assert [kind for kind in told if kind is not TextStreamed] == expected


async def test_where_the_meaning_of_a_question_cannot_be_had_no_model_is_asked_and_the_refusal_says_why(
    search: Search, pool: Pool, agent: Principal, corpus: Corpus, collection: str
) -> None:
    class Failing:
        name = corpus.embedder.name
        dimension = corpus.embedder.dimension

        async def embed_passages(self, texts: Sequence[str]) -> Vector:
            raise NotImplementedError

        async def embed_query(self, text: str) -> Vector:
            raise EmbeddingFailed

    model = Scripted(pieces=(TRUE, "."))
    alone = replace(search, spaces=VectorSpace(Failing(), corpus.index))
    given = await answer(asking(alone, model, pool).ask(agent, QUESTION))
    assert given.refused
    assert given.partial == (WORDS_ALONE,)
    assert [passage.document_id for passage in given.passages][:1] == ["Congé de maternité"]
    asked = next(record for record in await records(pool) if record["act"] == Act.QUESTION_ASKED)
    assert (asked["details"]["decision"], asked["details"]["partial"]) == ("refuse", [WORDS_ALONE])

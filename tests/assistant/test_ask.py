"""The order of an answer: what is told, what is recorded before it, what is left when it breaks off."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from assistant import (
    Answer,
    Answered,
    Ask,
    AskEvent,
    Engine,
    ModelUnavailable,
    SourcesFound,
    TextStreamed,
    Turn,
    Waiting,
)
from assistant.checked_text import UNSUPPORTED_MARK
from policies import Act, Event, LedgerUnavailable, PostgresLedger, Principal, Role, Transaction
from retrieval import CollectionNotFound, EmptyQuestion, Search
from tests.assistant.scripted import Scripted, engine
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool

LEAVE = {
    "Congé de maternité": "Le congé de maternité dure seize semaines.\nIl commence six semaines avant la date prévue.",
    "Retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
}
QUESTION = "Combien de semaines dure le congé de maternité ?"
TRUE = "Le congé de maternité dure seize semaines"
FALSE = "Le congé de maternité dure vingt semaines"


@pytest.fixture
async def collection(corpus: Corpus) -> str:
    await corpus.collection("Santé", LEAVE)
    return "Santé"


def asking(search: Search, model: Scripted, pool: Pool, ledger: PostgresLedger | None = None) -> Ask:
    return Ask(search, engine(model), ledger or PostgresLedger(), pool)


async def records(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


async def acts(pool: Pool) -> list[str]:
    return [record["act"] for record in await records(pool)]


async def answer(events: AsyncGenerator[AskEvent, None]) -> Answer:
    told = [event async for event in events]
    assert isinstance(told[-1], Answered)
    return told[-1].answer


async def test_each_thing_is_recorded_before_it_is_told(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    told: list[tuple[type[AskEvent], list[str]]] = []
    async for event in asking(search, Scripted(pieces=(TRUE, ".")), pool).ask(agent, QUESTION):
        if not told or not isinstance(event, TextStreamed):
            told.append((type(event), await acts(pool)))
    assert told == [(SourcesFound, [Act.QUESTION_ASKED]), (Answered, [Act.QUESTION_ASKED, Act.ANSWER_GIVEN])]


async def test_the_streamed_text_is_the_answer_with_its_citation(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    events = [event async for event in asking(search, Scripted(pieces=(TRUE, " [", "2].")), pool).ask(agent, QUESTION)]
    sources, last = events[0], events[-1]
    assert isinstance(sources, SourcesFound)
    assert isinstance(last, Answered)
    assert last.answer.text == f"{TRUE} [1]."
    assert "".join(event.text for event in events if isinstance(event, TextStreamed)) == last.answer.text
    supported, doubted = last.answer.citations
    assert (supported.n, supported.passage, supported.supported) == (1, sources.passages[0], True)
    assert supported.quote == "Le congé de maternité dure seize semaines."
    assert (doubted.n, doubted.supported) == (2, False)
    assert last.answer.searched == ("Santé",)
    assert not last.answer.refused
    assert last.answer.timings.first_token_ms is not None


async def test_what_no_passage_bears_out_is_marked(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    given = await answer(asking(search, Scripted(pieces=(f"{TRUE}. {FALSE}.",)), pool).ask(agent, QUESTION))
    assert given.text == f"{TRUE} [1]. {FALSE}{UNSUPPORTED_MARK}."
    (record,) = (record for record in await records(pool) if record["act"] == Act.ANSWER_GIVEN)
    assert (record["details"]["supported"], record["details"]["unsupported"]) == (1, 1)


async def test_an_answer_that_nothing_bears_out_becomes_a_refusal(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    given = await answer(asking(search, Scripted(pieces=(f"{FALSE}.",)), pool).ask(agent, QUESTION))
    assert given.refused
    assert given.citations == ()
    assert given.text == (
        "Les documents consultés (collection « Santé ») ne permettent pas de répondre à cette question. "
        "Documents les plus proches : « Congé de maternité » ; « Retraite »."
    )


async def test_the_model_is_not_asked_what_the_documents_do_not_carry(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    model = Scripted(pieces=(TRUE,))
    given = await answer(asking(search, model, pool).ask(agent, "Quel carburant met-on dans un tracteur ?"))
    assert given.refused
    assert given.timings.first_token_ms is None
    assert model.prompts == []
    assert await acts(pool) == [Act.QUESTION_ASKED, Act.ANSWER_GIVEN]


async def test_without_any_collection_the_refusal_says_so(search: Search, pool: Pool, agent: Principal) -> None:
    given = await answer(asking(search, Scripted(), pool).ask(agent, QUESTION))
    assert given.refused
    assert given.text.startswith("Aucune collection de documents ne vous est ouverte")


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


async def test_a_model_that_fails_leaves_a_record_and_its_error(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    model = Scripted(pieces=(TRUE,), error=ModelUnavailable("Le serveur est parti."))
    with pytest.raises(ModelUnavailable, match="Le serveur est parti"):
        await answer(asking(search, model, pool).ask(agent, QUESTION))
    _, abandoned = await records(pool)
    assert (abandoned["act"], abandoned["details"]["reason"]) == (Act.ANSWER_ABANDONED, "ModelUnavailable")


class Refusing(PostgresLedger):
    """A ledger that takes everything but one kind of act."""

    def __init__(self, act: Act) -> None:
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


async def test_one_waits_while_another_is_answered(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    gate = asyncio.Event()
    ask = asking(search, Scripted(pieces=(TRUE,), gate=gate), pool)
    other = Principal("s-autre", "autre", frozenset(), frozenset({Role.AGENT}))
    async with aclosing(ask.ask(agent, QUESTION)) as first, aclosing(ask.ask(other, QUESTION)) as second:
        assert [type(await anext(first)) for _ in range(2)] == [SourcesFound, TextStreamed]
        assert isinstance(await anext(second), SourcesFound)
        assert await anext(second) == Waiting(ahead=1)
        gate.set()
        assert (await answer(first)).text == f"{TRUE} [1]"
        assert (await answer(second)).text == f"{TRUE} [1]"


async def test_what_was_asked_and_answered_stands_in_the_content_alone(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    await answer(asking(search, Scripted(pieces=(TRUE,)), pool).ask(agent, QUESTION))
    bodies = json.dumps(await records(pool), ensure_ascii=False)
    assert "semaines" not in bodies


async def test_bad_questions_and_closed_collections_are_turned_away(
    search: Search, pool: Pool, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Cabinet", LEAVE, readers=frozenset({"/Cabinet"}))
    model = Scripted(pieces=(TRUE,))
    with pytest.raises(EmptyQuestion):
        await answer(asking(search, model, pool).ask(agent, "  ? "))
    with pytest.raises(CollectionNotFound):
        await answer(asking(search, model, pool).ask(agent, QUESTION, ["Cabinet"]))
    assert model.prompts == []


async def test_a_short_follow_up_is_asked_with_the_question_before_it(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    model = Scripted(pieces=(TRUE,))
    given = await answer(asking(search, model, pool).ask(agent, "Et ensuite ?", history=[Turn(QUESTION)]))
    assert given.question == "Et ensuite ?"
    assert f"Question : {QUESTION} Et ensuite ?" in model.prompts[0]


async def test_the_demonstration_model_answers_from_the_documents(
    search: Search, pool: Pool, agent: Principal, collection: str, llama: Engine
) -> None:
    given = await answer(Ask(search, llama, PostgresLedger(), pool).ask(agent, QUESTION))
    assert not given.refused
    assert "[1]" in given.text
    assert given.citations[0].passage.document_id == "Congé de maternité"
    assert given.model == "gemma"


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize(
    ("question", "on", "day"),
    [
        ("Combien de semaines durait le congé au 1er mars 2023 ?", None, dt.date(2023, 3, 1)),
        ("Et au 2 avril 2022 ?", None, dt.date(2022, 4, 2)),
        ("Et ensuite ?", None, dt.date(2020, 3, 1)),  # the day of the question that it follows
        ("Et ensuite ?", dt.date(2021, 1, 1), dt.date(2021, 1, 1)),
    ],
)
async def test_an_answer_and_its_record_say_which_day_was_asked_about(
    search: Search, pool: Pool, agent: Principal, question: str, on: dt.date | None, day: dt.date
) -> None:
    history = [Turn("Combien de semaines durait le congé de maternité en mars 2020 ?")]
    given = await answer(asking(search, Scripted(pieces=(TRUE,)), pool).ask(agent, question, history=history, on=on))
    assert given.on == day
    asked = (await records(pool))[0]
    assert (asked["act"], asked["details"]["on"]) == ("question.asked", day.isoformat())

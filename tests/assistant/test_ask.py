"""The order of an answer: what is told, and what is recorded before it."""

import asyncio
import datetime as dt
import json
from contextlib import aclosing

import pytest

from assistant import (
    Answered,
    Ask,
    AskEvent,
    Engine,
    Engines,
    Evidence,
    SourcesFound,
    TextStreamed,
    Turn,
    Waiting,
    evidence,
)
from assistant.checking.checked_text import DROPPED, UNSUPPORTED_MARK
from assistant.conversation import Reply
from assistant.extracts import INTRODUCTION
from policies import Act, PostgresLedger, Principal, Role
from retrieval import CollectionNotFound, EmptyQuestion, Search
from retrieval.rows import all_rows
from retrieval.unsupported import Unsupported, put
from tests.assistant.asking import FALSE, LEAVE, QUESTION, TRUE, acts, answer, asking, records
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool


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
    assert LEAVE["Congé de maternité"][supported.start : supported.end] == supported.quote
    [first, *_] = Reply.of(last.answer).sources
    assert (first.start, first.end) == (supported.start, supported.end)
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


async def test_where_its_collection_says_so_it_is_never_shown(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    async with pool.connection() as connection:
        [row] = await all_rows(connection, "select id from collection")
        await put(connection, row["id"], Unsupported.DROP)
    model = Scripted(pieces=tuple(f"{FALSE}. {TRUE}. {FALSE}"))
    events = [event async for event in asking(search, model, pool).ask(agent, QUESTION)]
    assert isinstance(events[-1], Answered)
    assert events[-1].answer.text == f"{TRUE} [1]. "
    assert "".join(event.text for event in events if isinstance(event, TextStreamed)) == f"{TRUE} [1]. "
    assert DROPPED in events[-1].answer.partial
    (record,) = (record for record in await records(pool) if record["act"] == Act.ANSWER_GIVEN)
    assert record["details"]["dropped"] == 2


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


async def test_a_follow_up_is_asked_and_recorded_as_it_is_understood(
    search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    model = Scripted(pieces=(TRUE,))
    given = await answer(asking(search, model, pool).ask(agent, "Et en 2020 ?", history=[Turn(QUESTION)]))
    understood = QUESTION.replace(" ?", " en 2020 ?")
    assert (given.question, given.understood) == ("Et en 2020 ?", understood)
    assert f"Question : {understood}" in model.prompts[0]
    assert (await records(pool))[0]["content"].keys() == {"question", "understood"}
    async with pool.connection() as connection:
        kept = await all_rows(connection, "select name, text from ledger_content where record = 0", {})
    assert {row["name"]: row["text"].decode() for row in kept} == {"question": "Et en 2020 ?", "understood": understood}


async def test_the_demonstration_model_answers_from_the_documents(
    search: Search, pool: Pool, agent: Principal, collection: str, llama: Engine
) -> None:
    given = await answer(Ask(search, Engines({"essai": llama}), PostgresLedger(), pool).ask(agent, QUESTION))
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


@pytest.fixture
async def certain(search: Search, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    """Weights by which each question has an answer, for however few chunks."""
    monkeypatch.setattr(evidence, "FEWEST", 0)
    space = await search.spaces.in_use()
    return Evidence(space.embedder.name, dict.fromkeys(evidence.NAMES, 0.0), 1.0, {})


@pytest.mark.parametrize("rule", Unsupported)
async def test_where_passages_carry_an_answer_that_the_model_does_not_give_they_are_quoted(
    search: Search, pool: Pool, corpus: Corpus, agent: Principal, certain: Evidence, rule: Unsupported
) -> None:
    collection = await corpus.collection("Santé", LEAVE)
    async with pool.connection() as connection:
        await put(connection, collection.id, rule)
    asks = Ask(search, engines(Scripted(pieces=(FALSE, "."))), PostgresLedger(), pool, evidence=certain)
    given = await answer(asks.ask(agent, QUESTION))
    assert given.extracted
    assert not given.refused
    assert given.text.startswith(INTRODUCTION)
    assert FALSE not in given.text
    assert DROPPED not in given.partial
    for citation in given.citations:
        assert citation.supported
        assert citation.quote in LEAVE[citation.passage.document_id]
        assert f"[{citation.n}]" in given.text
    (record,) = (record for record in await records(pool) if record["act"] == Act.ANSWER_GIVEN)
    assert record["details"]["extracted"]
    assert not record["details"]["refused"]
    assert len(record["details"]["cited"]) == len(given.citations) > 0


@pytest.mark.parametrize("rule", Unsupported)
async def test_a_model_that_says_that_it_cannot_answer_is_believed(
    search: Search, pool: Pool, corpus: Corpus, agent: Principal, certain: Evidence, rule: Unsupported
) -> None:
    collection = await corpus.collection("Santé", LEAVE)
    async with pool.connection() as connection:
        await put(connection, collection.id, rule)
    said = Scripted(pieces=("Les extraits ne per", "mettent pas de répondre."))
    given = await answer(Ask(search, engines(said), PostgresLedger(), pool, evidence=certain).ask(agent, QUESTION))
    assert given.refused
    assert not given.extracted

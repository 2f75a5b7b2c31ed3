"""Which engine answers, and what happens when one does not."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from assistant import Engine, ModelMissing, ModelUnavailable, QuestionTooWide, SourcesFound, TextStreamed, Waiting
from assistant.ask import Ask
from assistant.engines.choice import Engines
from assistant.engines.desk import Prompted
from assistant.engines.time_limits import TimeLimits
from policies import Act, PostgresLedger, Principal
from retrieval import Passage, Search
from tests.assistant.asking import QUESTION, TRUE, answer, records
from tests.assistant.scripted import Scripted, engine
from ui.database import Pool

DEAD = ModelUnavailable("Le serveur est parti.")
NEVER = TimeLimits(first_token=0.01, between_tokens=0.01, answer=10.0)


def failing(pieces: tuple[str, ...] = ()) -> Engine:
    return engine(Scripted(pieces=pieces, error=DEAD))


def good(text: str = "oui") -> Engine:
    return engine(Scripted(pieces=(text,)))


async def told(engines: Engines, passage: Passage, *, subject: str = "s", task: str = "") -> list[str]:
    """The names of the engines that were asked, and what they said."""
    events = [event async for event in engines.generate(subject, "Combien ?", [passage], task)]
    return [event.name if isinstance(event, Prompted) else str(event) for event in events]


async def test_the_first_answers_when_it_can(leave: Passage) -> None:
    assert await told(Engines({"un": good("1"), "deux": good("2")}), leave) == ["un", "1"]


async def test_the_next_takes_over_before_the_first_word(leave: Passage) -> None:
    assert await told(Engines({"un": failing(), "deux": good("2")}), leave) == ["un", "deux", "2"]


async def test_nobody_takes_over_after_it(leave: Passage) -> None:
    other = Scripted(pieces=("2",))
    engines = Engines({"un": failing(("Deux",)), "deux": engine(other)})
    events = engines.generate("s", "Combien ?", [leave])
    assert isinstance(await anext(events), Prompted)
    assert await anext(events) == "Deux"
    with pytest.raises(ModelUnavailable, match="est parti"):
        await anext(events)
    assert other.prompts == []


async def test_an_engine_that_is_not_ready_is_passed_over(leave: Passage) -> None:
    async def load() -> None:
        raise ModelMissing("Le fichier n’existe pas.")

    engines = Engines({"un": replace(good(), load=load), "deux": good("2")})
    await engines.load()
    assert await told(engines, leave) == ["deux", "2"]
    with pytest.raises(ModelMissing):
        await Engines({"un": replace(good(), load=load)}).load()


async def test_an_engine_that_failed_thrice_is_left_alone(leave: Passage) -> None:
    bad = Scripted(error=DEAD)
    engines = Engines({"un": engine(bad), "deux": good("2")})
    for _ in range(5):
        assert (await told(engines, leave))[-2:] == ["deux", "2"]
    assert len(bad.prompts) == 3


async def test_where_all_have_failed_of_late_the_reader_hears_it_at_once(leave: Passage) -> None:
    bad = Scripted(error=DEAD)
    engines = Engines({"un": engine(bad)})
    for _ in range(3):
        with pytest.raises(ModelUnavailable, match="est parti"):
            await told(engines, leave)
    with pytest.raises(ModelUnavailable, match="la recherche de textes fonctionne"):
        await told(engines, leave)
    assert len(bad.prompts) == 3


async def test_a_question_that_no_engine_can_read_is_not_an_engines_failure(leave: Passage) -> None:
    engines = Engines({"un": engine(Scripted(pieces=("1",)), context=100), "deux": good()})
    for _ in range(4):
        with pytest.raises(QuestionTooWide):
            await told(engines, leave)


async def test_a_task_has_the_engine_that_is_named_for_it_and_the_others_after_it(leave: Passage) -> None:
    engines = Engines(
        {"un": good("1"), "deux": good("2")}, reserved={"trois": failing()}, tasks={"résumé": "deux", "note": "trois"}
    )
    assert await told(engines, leave, task="résumé") == ["deux", "2"]
    assert await told(engines, leave, task="note") == ["trois", "un", "1"]
    assert await told(engines, leave, task="autre") == ["un", "1"]


@pytest.mark.parametrize("pieces", [(), ("Deux",), ("", "")])
async def test_an_engine_that_hangs_is_left_when_its_time_is_over(leave: Passage, pieces: tuple[str, ...]) -> None:
    hung = replace(engine(Scripted(pieces=pieces, gate=asyncio.Event())), limits=NEVER)
    with pytest.raises(ModelUnavailable, match="ne dit plus rien"):
        await told(Engines({"un": hung}), leave)


async def test_an_answer_ends_when_the_time_for_all_of_it_is_over(leave: Passage) -> None:
    limits = TimeLimits(first_token=60.0, between_tokens=60.0, answer=0.01)
    hung = replace(engine(Scripted(pieces=("Deux",), gate=asyncio.Event())), limits=limits)
    with pytest.raises(ModelUnavailable, match="trop de temps"):
        await told(Engines({"un": hung}), leave)


async def test_an_engine_that_does_not_get_ready_is_left_too(leave: Passage) -> None:
    async def load() -> None:
        await asyncio.Event().wait()

    slow = replace(good(), load=load, limits=TimeLimits(answer=0.01))
    assert await told(Engines({"un": slow, "deux": good("2")}), leave) == ["deux", "2"]


async def test_each_engine_has_a_queue_and_a_reader_who_leaves_makes_room(leave: Passage) -> None:
    gate = asyncio.Event()
    engines = Engines({"un": engine(Scripted(pieces=("1",), gate=gate)), "deux": good("2")}, tasks={"résumé": "deux"})
    async with (
        aclosing(engines.generate("s1", "Combien ?", [leave])) as first,
        aclosing(engines.generate("s2", "Combien ?", [leave])) as second,
    ):
        assert isinstance(await anext(first), Prompted)
        assert await anext(first) == "1"
        assert await anext(second) == Waiting(1)
        assert await told(engines, leave, task="résumé") == ["deux", "2"]
        await first.aclose()
        assert isinstance(await anext(second), Prompted)


async def test_who_waits_for_an_engine_that_fails_meanwhile_is_answered_by_the_next(leave: Passage) -> None:
    gate = asyncio.Event()
    engines = Engines({"un": engine(Scripted(gate=gate, error=DEAD)), "deux": good("2")})
    readers = [asyncio.create_task(told(engines, leave, subject=str(number))) for number in range(6)]
    gate.set()
    answers = await asyncio.gather(*readers)
    assert [said[-2:] for said in answers] == [["deux", "2"]] * 6
    assert sum("un" in said for said in answers) == 3


@pytest.mark.usefixtures("collection")
async def test_the_record_names_the_engine_that_answered(search: Search, pool: Pool, agent: Principal) -> None:
    engines = Engines({"un": failing(), "deux": replace(good(TRUE), name="autre modèle")})
    given = await answer(Ask(search, engines, PostgresLedger(), pool).ask(agent, QUESTION))
    assert given.model == "autre modèle"
    (record,) = (record for record in await records(pool) if record["act"] == Act.ANSWER_GIVEN)
    assert (record["details"]["engine"], record["details"]["model"]) == ("deux", "autre modèle")


@pytest.mark.usefixtures("collection")
async def test_an_answer_that_breaks_off_leaves_a_record_with_its_engine(
    search: Search, pool: Pool, agent: Principal
) -> None:
    engines = Engines({"un": failing((f"{TRUE}. ",)), "deux": good()})
    events = Ask(search, engines, PostgresLedger(), pool).ask(agent, QUESTION)
    assert isinstance(await anext(events), SourcesFound)
    assert isinstance(await anext(events), TextStreamed)
    with pytest.raises(ModelUnavailable):
        await anext(events)
    asked, abandoned = await records(pool)
    assert abandoned["act"] == Act.ANSWER_ABANDONED
    assert (abandoned["details"]["reason"], abandoned["details"]["engine"]) == ("ModelUnavailable", "un")
    assert abandoned["details"]["answer_id"] == asked["details"]["answer_id"]

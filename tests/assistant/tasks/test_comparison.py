"""Two versions of a text compared: what changed is found, in its place, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answered, Difference, DifferencesFound, TaskRequest
from assistant.tasks.comparing import MOVED_ONE, SAME
from assistant.tasks.differences import changes, units
from policies import Act, CedarPolicy, Principal
from retrieval import Search
from tests.assistant.asking import records
from tests.assistant.conftest import passage
from tests.assistant.scripted import Scripted
from tests.assistant.tasks.doing import answered, material, tasks
from ui.database import Pool

OLD = (
    "Article 1\nLe congé dure seize semaines. Il est accordé par l’employeur.",
    "Article 2\nLa demande est faite avant le 3 mars 2024. Elle est écrite.",
    "Article 3\nLe montant est de 1 200 €. Le préfet décide.",
)
NEW = (
    "Article 1\nLe congé dure dix-huit semaines. Il est accordé par l’employeur.",
    "Article 2\nLa demande est faite avant le 4 mars 2024. Elle est écrite. Elle est signée.",
    "Article 3\nLe montant est de 1200 euros. Le maire décide.",
)


async def _compared(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal, old: tuple[str, ...], new: tuple[str, ...]
) -> tuple[tuple[Difference, ...], Answered]:
    wanted = TaskRequest("comparaison", {}, {"ancienne": [material("V1", *old)], "nouvelle": [material("V2", *new)]})
    events = [event async for event in tasks(search, pool, policy, Scripted()).run(agent, wanted)]
    [found] = [event for event in events if isinstance(event, DifferencesFound)]
    last = events[-1]
    assert isinstance(last, Answered)
    return found.differences, last


async def test_figures_come_first_each_with_both_quotations_and_its_place(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal
) -> None:
    differences, last = await _compared(search, pool, policy, agent, OLD, NEW)
    told = [
        (one.place, one.old.text if one.old else None, one.new.text if one.new else None, one.figures)
        for one in differences
    ]
    assert told == [
        ("Article 1", "Le congé dure seize semaines.", "Le congé dure dix-huit semaines.", True),
        (
            "Article 2",
            "La demande est faite avant le 3 mars 2024.",
            "La demande est faite avant le 4 mars 2024.",
            True,
        ),
        ("Article 3", "Le montant est de 1 200 €.", "Le montant est de 1200 euros.", False),
        ("Article 3", "Le préfet décide.", "Le maire décide.", False),
        ("Article 2", None, "Elle est signée.", False),
    ]
    answer = last.answer
    assert answer.text.startswith(
        "**Chiffres, dates et articles changés (2)**\n\n- Article 1\u202f: «\u202fLe congé dure"
    )
    for one in differences:
        for side in filter(None, (one.old, one.new)):
            assert f"«\u202f{side.text}\u202f» [{side.n}]" in answer.text
            assert side.text in answer.passages[side.n - 1].chunk.text
    assert answer.model == ""


async def test_the_changed_words_are_known(search: Search, pool: Pool, policy: CedarPolicy, agent: Principal) -> None:
    differences, _ = await _compared(
        search, pool, policy, agent, ("Le préfet décide seul.",), ("Le maire décide seul.",)
    )
    [one] = differences
    assert one.old
    assert one.new
    [[old], [new]] = one.words
    assert (one.old.text[slice(*old)], one.new.text[slice(*new)]) == ("préfet", "maire")


async def test_what_only_moved_is_told_as_that(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal
) -> None:
    old = ("Le préfet décide.", "La carte est gratuite.", "Le dossier est complet.")
    differences, last = await _compared(search, pool, policy, agent, old, (old[1], old[2], old[0]))
    assert differences == ()
    assert last.answer.partial == (MOVED_ONE,)


async def test_the_same_text_set_otherwise_is_the_same(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal
) -> None:
    new = ("Article 1\nLe congé dure  seize semaines. Il est accordé par l'employeur.", *OLD[1:])
    differences, last = await _compared(search, pool, policy, agent, OLD, new)
    assert differences == ()
    assert last.answer.text == SAME
    assert not last.answer.refused


async def test_no_model_is_asked_and_the_record_says_so(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal
) -> None:
    await _compared(search, pool, policy, agent, OLD, NEW)
    [record] = [one for one in await records(pool) if one["act"] == Act.ANSWER_GIVEN]
    assert (record["details"]["engine"], record["details"]["model"]) == (None, None)


@pytest.mark.parametrize("texts", [(), (OLD[0],)])
async def test_a_comparison_needs_two_texts(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal, texts: tuple[str, ...]
) -> None:
    wanted = TaskRequest("comparaison", {}, {"ancienne": [material("V1", *texts)]} if texts else {})
    with pytest.raises(Exception, match="Nouvelle version"):
        await answered(tasks(search, pool, policy, Scripted()).run(agent, wanted))


SENTENCES = st.lists(st.sampled_from([f"Le service numéro {n} reçoit le public." for n in range(8)]), max_size=12)


@given(SENTENCES, SENTENCES)
def test_removed_and_added_sentences_turn_the_old_text_into_the_new(old: list[str], new: list[str]) -> None:
    """As sets of sentences, moves left out: what is in one text alone is told, and nothing else."""
    found, moved = changes(units([passage("V1", "\n".join(old))], 0), units([passage("V2", "\n".join(new))], 1))
    gone = [unit.text for change in found if (unit := change.old)]
    come = [unit.text for change in found if (unit := change.new)]
    left = list(old)
    for sentence in gone:
        left.remove(sentence)
    assert sorted([*left, *come]) == sorted(new)
    assert moved <= min(len(old), len(new))

"""Search on real stores for questions typed in a hurry."""

from dataclasses import replace

import pytest

from policies import Principal
from retrieval import Change, Counting, Lexicons, Reason, Search, Steps
from retrieval.understanding.ordinary import NO_FRENCH
from tests.retrieval.small_corpus import Corpus

LEAVE = {
    "durée": "Le congé de paternité dure vingt-cinq jours.",
    "demande": "Le congé de paternité se demande à l'employeur.",
    "prime": "La prime d'activité complète les revenus.",
}
PLAN = {name: f"Projet {name} : la direction des fusions hospitalières (DFH)." for name in ("alpha", "bêta")}


@pytest.fixture
def understanding(search: Search) -> Search:
    """Search that knows the words of what may be read, and no ordinary French."""
    return replace(search, lexicons=Lexicons(search.pool, NO_FRENCH))


async def test_what_was_meant_is_found_and_told(understanding: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    await Counting(corpus.pool).complete()
    found = await understanding.search(agent, "CONGE PATERNTE", limit=2)
    assert {passage.document_id for passage in found.passages} == {"durée", "demande"}
    assert found.changes == (
        Change("CONGE", "Congé", Reason.ACCENTS),
        Change("PATERNTE", "paternité", Reason.SPELLING),
    )
    assert found.coverage == 1.0
    chunks = await understanding.find("paternté", await understanding.permitted(agent), limit=2)
    assert [change.meant for change in chunks.changes] == ["paternité"]


async def test_each_step_can_be_switched_off(understanding: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    await Counting(corpus.pool).complete()
    as_typed = replace(understanding, steps=Steps(accents=False, spelling=False, acronyms=False))
    assert (await as_typed.search(agent, "conge paternte")).changes == ()
    unwitting = replace(understanding, lexicons=None)
    assert (await unwitting.search(agent, "conge paternte")).changes == ()


async def test_a_question_betrays_no_word_of_what_may_not_be_read(
    understanding: Search, corpus: Corpus, agent: Principal, administrateur: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    await corpus.collection("Réservée", PLAN, readers=frozenset({"/Cabinet"}))
    await Counting(corpus.pool).complete()
    for question in ("fusion hospitalieres", "hospitalièrse", "la DFH"):
        assert (await understanding.search(agent, question)).changes == ()
        assert (await understanding.search(agent, question, ["Santé"])).changes == ()
        assert (await understanding.search(administrateur, question)).changes != ()


async def test_words_of_all_that_may_be_read_help_to_search_a_part_of_it(
    understanding: Search, corpus: Corpus, administrateur: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    await corpus.collection("Réservée", PLAN, readers=frozenset({"/Cabinet"}))
    await Counting(corpus.pool).complete()
    found = await understanding.search(administrateur, "la DFH", ["Santé"])
    assert [change.meant for change in found.changes] == ["direction des fusions hospitalières"]
    assert found.searched == ("Santé",)


@pytest.mark.parametrize(
    "question", ["x" * 4_000, "paternte " * 444, "a\u0300\u0300\u202e paternte", "%s {} \\d+ '; --"]
)
async def test_odd_questions_are_searched(
    understanding: Search, corpus: Corpus, agent: Principal, question: str
) -> None:
    await corpus.collection("Santé", LEAVE)
    await Counting(corpus.pool).complete()
    assert (await understanding.search(agent, question)).searched == ("Santé",)

"""What stands before and after a passage comes with it, and the record says so."""

from policies import Principal
from retrieval import Search, Surroundings
from retrieval.surroundings import CHARACTERS
from tests.retrieval.small_corpus import Corpus
from tests.retrieval.test_search import records

LINES = [
    "Premier alinéa.",
    "Deuxième alinéa.",
    "Le congé de maternité dure seize semaines.",
    "Quatrième.",
    "Cinquième.",
]
QUESTION = "durée du congé de maternité"


async def around(search: Search, agent: Principal, context: int) -> Surroundings | None:
    found = await search.search(agent, QUESTION, limit=1, context=context)
    (passage,) = found.passages
    assert passage.chunk.text == LINES[2]
    return passage.around


async def test_so_many_paragraphs_as_asked_for_come_with_a_passage(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", {"F1": "\n".join(LINES)})
    assert await around(search, agent, 0) is None
    assert await around(search, agent, 1) == Surroundings("Deuxième alinéa.", "Quatrième.")
    assert await around(search, agent, 9) == Surroundings("\n".join(LINES[:2]), "\n".join(LINES[3:]))
    assert [record["details"]["context"] for record in await records(search.pool)] == [0, 1, 9]


async def test_nothing_stands_before_the_beginning_and_after_the_end(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", {"F1": LINES[2]})
    assert await around(search, agent, 3) == Surroundings("", "")


async def test_a_long_paragraph_is_cut_between_words(search: Search, corpus: Corpus, agent: Principal) -> None:
    long = "voiture " * CHARACTERS
    await corpus.collection("Santé", {"F1": f"{long}\n{LINES[2]}\n{long}"})
    shown = await around(search, agent, 1)
    assert shown is not None
    for side in (shown.before, shown.after):
        assert set(side.split()) == {"…", "voiture"}
        assert CHARACTERS - 20 < len(side) <= CHARACTERS
    assert shown.before.startswith("… voiture")
    assert shown.after.endswith("voiture …")

"""The ministry's own glossary: kept by administrators, recorded, and first where a question or a text is understood."""

import pytest

from policies import Act, CedarPolicy, PostgresLedger, Principal, Refused
from retrieval import AcronymInvalid, Counting, Glossary, GlossaryChange, GlossaryEntry, Lexicons, Search
from retrieval.errors import AcronymExists, AcronymNotFound, GlossaryChanged
from retrieval.understanding.ordinary import NO_FRENCH
from retrieval.understanding.understand import understand
from tests.assistant.asking import records
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool

ARS = GlossaryEntry("ARS", "agence régionale de santé")
DFH = GlossaryEntry("DFH", "dotation forfaitaire d'hébergement")
PLAN = {name: f"Projet {name} : la direction des fusions hospitalières (DFH)." for name in ("alpha", "bêta")}


RULES = ["administrateur-does-everything"]


@pytest.fixture
def glossary(pool: Pool, policy: CedarPolicy) -> Glossary:
    return Glossary(pool, policy, PostgresLedger())


async def test_entries_are_added_changed_and_removed_and_each_change_is_recorded(
    glossary: Glossary, pool: Pool, administrateur: Principal
) -> None:
    assert await glossary.put(administrateur, [DFH, ARS]) == GlossaryChange(2, 0, 0)
    other = GlossaryEntry("Ars", "autre chose")
    assert await glossary.put(administrateur, [DFH, other]) == GlossaryChange(0, 1, 1)
    assert await glossary.put(administrateur, [DFH]) == GlossaryChange(0, 0, 1)
    assert await glossary.entries() == [other, DFH]
    assert await glossary.remove(administrateur, ["ars", "RIEN"]) == 1
    assert await glossary.entries() == [DFH]
    told = await records(pool)
    assert [one["act"] for one in told] == [Act.GLOSSARY_CHANGED] * 3
    assert [one["details"] for one in told] == [
        {"added": 2, "changed": 0, "rules": RULES},
        {"added": 0, "changed": 1, "rules": RULES},
        {"removed": 1, "rules": RULES},
    ]
    assert "agence" not in str(told)


async def test_only_administrators_keep_it(glossary: Glossary, pool: Pool, agent: Principal) -> None:
    for change in (glossary.put(agent, [ARS]), glossary.remove(agent, ["ARS"])):
        with pytest.raises(Refused, match="glossaire"):
            await change
    assert await glossary.entries() == []
    assert [one["details"]["action"] for one in await records(pool)] == ["administerGlossary"] * 2


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("", "vide"),
        ("T2A", "tarification à l'activité"),
        ("deux mots", "x"),
        ("A" * 21, "x"),
        ("ARS", " "),
        ("ARS", "ars"),
        ("ARS", "a\nb"),
        ("ARS", "a\0"),
        ("ARS", "x" * 201),
    ],
)
def test_what_no_question_could_be_understood_by_is_no_entry(short: str, long: str) -> None:
    with pytest.raises(AcronymInvalid):
        GlossaryEntry(short, long)


async def test_its_words_come_before_those_of_the_texts_in_questions_and_in_what_is_explained(
    glossary: Glossary, search: Search, corpus: Corpus, administrateur: Principal
) -> None:
    collection = await corpus.collection("Santé", PLAN)
    await Counting(corpus.pool).complete()
    lexicons = Lexicons(corpus.pool, NO_FRENCH)
    of_texts = (("DFH", "direction des fusions hospitalières"),)
    assert await lexicons.acronyms("La DFH et l'ARS.", [collection.id]) == of_texts
    await glossary.put(administrateur, [ARS, DFH])
    lexicon = await lexicons.of("Que fait l'ARS de la DFH ?", [collection.id])
    meant = "Que fait l'ARS de la DFH ? (agence régionale de santé) (dotation forfaitaire d'hébergement)"
    assert understand("Que fait l'ARS de la DFH ?", lexicon).text_for_meaning == meant
    own = (("DFH", DFH.long), ("ARS", ARS.long))
    assert await lexicons.acronyms("La DFH et l'ARS.", [collection.id]) == own
    assert await lexicons.acronyms("La DFH et l'ARS.", []) == own  # whatever may be read
    await glossary.remove(administrateur, ["ARS", "DFH"])
    assert await lexicons.acronyms("La DFH et l'ARS.", [collection.id]) == of_texts


async def test_an_entry_is_added_once_changed_by_who_has_read_it_and_dropped(
    glossary: Glossary, pool: Pool, administrateur: Principal
) -> None:
    await glossary.add(administrateur, ARS)
    with pytest.raises(AcronymExists, match="agence régionale"):
        await glossary.add(administrateur, GlossaryEntry("ars", "autre chose"))
    other = GlossaryEntry("ARSIF", "agence d'Île-de-France")
    await glossary.change(administrateur, "ars", ARS.edition, other)
    assert await glossary.entries() == [other]
    await glossary.change(administrateur, "ARSIF", other.edition, other)  # nothing changes, and nothing is recorded
    await glossary.drop(administrateur, "arsif", other.edition)
    assert await glossary.entries() == []
    told = await records(pool)
    assert [{name: one["details"].get(name) for name in ("added", "changed", "removed")} for one in told] == [
        {"added": 1, "changed": None, "removed": None},
        {"added": None, "changed": 1, "removed": None},
        {"added": None, "changed": None, "removed": 1},
    ]
    assert told[1]["content"].keys() == {"entries", "before"}


async def test_of_two_who_have_read_the_same_the_second_is_told(glossary: Glossary, administrateur: Principal) -> None:
    await glossary.put(administrateur, [ARS, DFH])
    seen = await glossary.compare(administrateur, [GlossaryEntry("ALD", "affection de longue durée")])
    await glossary.change(administrateur, "ARS", ARS.edition, GlossaryEntry("ARS", "autre chose"))
    with pytest.raises(GlossaryChanged):
        await glossary.change(administrateur, "ARS", ARS.edition, GlossaryEntry("ARS", "encore autre chose"))
    with pytest.raises(GlossaryChanged):
        await glossary.drop(administrateur, "ARS", ARS.edition)
    with pytest.raises(GlossaryChanged):
        await glossary.put(administrateur, seen.added, seen.edition)
    with pytest.raises(AcronymNotFound):
        await glossary.drop(administrateur, "RIEN", "")
    with pytest.raises(AcronymExists):
        await glossary.change(administrateur, "DFH", DFH.edition, ARS)


async def test_what_a_file_would_change_is_told_before(glossary: Glossary, administrateur: Principal) -> None:
    await glossary.put(administrateur, [ARS, DFH])
    ald, other = GlossaryEntry("ALD", "affection de longue durée"), GlossaryEntry("ars", "autre chose")
    told = await glossary.compare(administrateur, [ald, other, DFH])
    assert (told.added, told.changed, told.unchanged) == ([ald], [(ARS, other)], 1)
    assert await glossary.put(administrateur, [ald, other, DFH], told.edition) == GlossaryChange(1, 1, 1)


async def test_each_of_these_takes_an_administrator(glossary: Glossary, agent: Principal) -> None:
    for attempt in (
        glossary.add(agent, ARS),
        glossary.change(agent, "ARS", "", ARS),
        glossary.drop(agent, "ARS", ""),
        glossary.compare(agent, [ARS]),
    ):
        with pytest.raises(Refused, match="glossaire"):
            await attempt

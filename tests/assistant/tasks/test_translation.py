"""A translation keeps figures, dates, articles and names, or says where it does not."""

import pytest

from assistant import Answered, PieceDone, TaskRequest
from assistant.tasks.sameness import deviations
from assistant.tasks.translating import UNCHECKED
from policies import CedarPolicy, Principal
from retrieval import Search
from tests.assistant.tasks.doing import Writer, extracts, material, tasks
from ui.database import Pool

FRENCH = "Mme Durand verse 12,50 € avant le 3 mars 2024, selon l’article L. 162-5-3 du code."
ENGLISH = "Mme Durand pays €12.50 before 3 March 2024, under article L. 162-5-3 of the code."


@pytest.mark.parametrize(
    ("source", "translation", "found"),
    [
        (FRENCH, ENGLISH, []),
        (
            FRENCH,
            ENGLISH.replace("12.50", "12.05"),
            ["«\u202f12,50\u202f» manque", "«\u202f12.05\u202f» n’est pas dans le texte"],
        ),
        (FRENCH, ENGLISH.replace("162-5-3", "162-5"), ["«\u202f3\u202f» manque"]),
        (FRENCH, ENGLISH.replace("Durand", "Dupont"), ["«\u202fDurand\u202f» manque"]),
        ("Le délai est de deux mois.", "The period is 2 months.", []),
        ("The sum is 1,234,567 euros.", "La somme est de 1 234 567 euros.", []),
        ("Écrivez à aide@sante.gouv.fr.", "Write to us.", ["«\u202faide@sante.gouv.fr\u202f» manque"]),
        (FRENCH, FRENCH, ["le texte n’est pas traduit"]),
        (FRENCH, "12,50 3 2024 162-5-3 Durand", ["la longueur n’est pas celle d’une traduction"]),
    ],
)
def test_what_may_not_change_is_compared(source: str, translation: str, found: list[str]) -> None:
    assert deviations(source, translation) == found


async def test_paragraph_by_paragraph_each_with_its_source(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal
) -> None:
    said = {"demande": "The application is free. [1]", "Durand": ENGLISH.replace("12.50", "13")}
    model = Writer(says=lambda prompt: next((text for word, text in said.items() if word in extracts(prompt)), ""))
    source = material(
        "Note", f"La demande est gratuite.\n{FRENCH}\n2024", "Le dossier est complet et transmis au service."
    )
    wanted = TaskRequest("traduction", {"langue": "anglais"}, {"texte": [source]})
    events = [event async for event in tasks(search, pool, policy, model).run(agent, wanted)]
    last = events[-1]
    assert isinstance(last, Answered)
    first, second, third, fourth = last.answer.text.split("\n\n")
    assert first == "The application is free. [1]"
    assert second.startswith("Mme Durand pays €13")
    assert second.endswith(
        "[2] (à vérifier\u202f: «\u202f12,50\u202f» manque ; «\u202f13\u202f» n’est pas dans le texte)"
    )
    assert third == "2024 [3]"
    assert fourth == "Le dossier est complet et transmis au service. [4] (non traduit)"
    assert (last.answer.supported, last.answer.unsupported) == (2, 2)
    assert UNCHECKED in last.answer.partial
    assert [one.quote for one in last.answer.citations] == ["La demande est gratuite.", FRENCH, "2024"]
    assert len(model.prompts) == 3
    assert [event.done for event in events if isinstance(event, PieceDone)] == [0, 1, 2, 3, 4]

"""`assistant documents`, and the days that searches and questions name, on a real server."""

from pathlib import Path

import pytest

from tests.ui.commands.conftest import Assistant


@pytest.fixture
def circular(assistant: Assistant, collection: str, tmp_path: Path) -> str:
    """A circular in the collection, of which everything is guessed."""
    path = tmp_path / "circulaire.txt"
    path.write_text(
        "Circulaire n° DGS/2021/12 du 3 mai 2021 relative au télétravail\n\n"
        "Le télétravail est ouvert trois jours par semaine.\n"
    )
    assert assistant("ingest", path, "--collection", collection).code == 0
    return str(path)


def test_what_is_guessed_of_a_document_is_shown_and_corrected(
    assistant: Assistant, collection: str, circular: str
) -> None:
    (listed,) = assistant("documents", "list", collection, "--to-check", "--json").json["documents"]
    assert (listed["id"], listed["kind"], listed["number"]) == (circular, "circulaire", "DGS/2021/12")
    assert "circulaire*" in assistant("documents", "list", collection).out
    assert "Nature : circulaire (à vérifier)" in assistant("documents", "show", collection, circular).out

    correct = ("documents", "correct", collection, circular, "--kind", "note", "--repealed-on", "1er mars 2023")
    corrected = assistant(*correct, "--number", "", "--json").json
    assert (corrected["kind"], corrected["number"], corrected["repealed_on"]) == ("note", "", "2023-03-01")
    assert "kind" not in corrected["guessed"]
    assert "Abrogé le : 2023-03-01\n" in assistant("documents", "show", collection, circular).out


def test_a_search_and_a_question_name_their_day(assistant: Assistant, collection: str, circular: str) -> None:
    assistant("documents", "correct", collection, circular, "--repealed-on", "2023-03-01")
    asked = ("search", "télétravail", "--collection", collection, "--json")
    assert assistant(*asked).json["passages"] == []
    assert len(assistant(*asked, "--on", "28/02/2023").json["passages"]) == 1
    asked = ("ask", "Combien de jours de télétravail ?", "--collection", collection, "--json")
    assert assistant(*asked, "--on", "1er mars 2023").json["passages"] == []
    assert assistant(*asked, "--on", "2022-01-01").json["on"] == "2022-01-01"


def test_a_list_is_narrowed_and_all_that_it_finds_is_changed(
    assistant: Assistant, collection: str, circular: str
) -> None:
    def ids(*options: str) -> list[str]:
        return [one["id"] for one in assistant("documents", "list", collection, *options, "--json").json["documents"]]

    for options in (
        ("--words", "CIRCULAIRE", "--state", "indexed"),
        ("--kind", "circulaire", "--by-hand"),
        ("--since", "2021-05-03", "--until", "3 mai 2021", "--in-force", "now"),
    ):
        assert circular in ids(*options)
    assert circular not in ids("--kind", "loi")
    change = ("documents", "change", collection)
    repealed = assistant(*change, "repeal", "--all", "--kind", "circulaire", "--on", "2023-03-01", "--json").json
    assert (repealed["done"], repealed["left"]) == (1, 0)
    assert ids("--in-force", "repealed") == [circular]
    assert assistant(*change, "confirm", circular, "--yes").out == "Changés : 1 document.\n"
    assert circular not in ids("--to-check")
    retried = assistant(*change, "retry", circular, "--yes")
    assert (retried.code, "n’est pas en échec" in retried.out) == (0, True)
    assert assistant(*change, "remove", circular, "--json").json["done"] == 1
    assert circular not in ids()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["change", "NOTES", "remove"], "nommez des documents"),
        (["change", "NOTES", "remove", "a", "--all"], "nommez des documents"),
        (["change", "NOTES", "remove", "a", "--kind", "loi"], "un filtre va avec --all"),
        (["change", "NOTES", "repeal", "a"], "à partir de quel jour"),
        (["list", "NOTES", "--source", "Nulle"], "aucune source"),
        (["list", "NOTES", "--since", "2026-01-02", "--until", "2026-01-01"], "finit avant"),
        (["correct", "NOTES", "a"], "rien à corriger"),
        (["correct", "NOTES", "a", "--repealed-on", "hier"], "« hier » n’est pas un jour"),
        (["correct", "NOTES", "a", "--kind", "roman"], "les valeurs possibles sont 'loi'"),
        (["correct", "NOTES", "a", "--title", " "], "titre"),
        (["show", "NOTES", "a"], "n’est plus dans la collection"),
        (["list", "Nulle part"], "Nulle part"),
    ],
)
def test_a_correction_that_cannot_be_made_is_one_clear_line(
    assistant: Assistant, collection: str, arguments: list[str], problem: str
) -> None:
    outcome = assistant("documents", *(collection if one == "NOTES" else one for one in arguments))
    assert outcome.code > 0
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1

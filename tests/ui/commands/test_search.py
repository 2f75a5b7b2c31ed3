"""`assistant search`: filters, facets, reasons and surroundings, and bad input of each."""

import json
from pathlib import Path

import pytest

from tests.ui.commands.conftest import Assistant

CIRCULAR = {
    "id": "circulaire",
    "title": "Circulaire sur le télétravail",
    "text": "Premier alinéa de la circulaire.\nLe télétravail est autorisé deux jours par semaine.",
    "kind": "circulaire",
    "author": "Direction générale de la santé",
    "signed_on": "2023-03-01",
}
ORDER = {
    "id": "arrete",
    "title": "Arrêté sur le télétravail",
    "text": "Le télétravail est organisé par le chef de service.",
    "kind": "arrêté",
    "author": "Camille Martin",
    "signed_on": "2024-05-01",
}


@pytest.fixture
def texts(assistant: Assistant, collection: str, tmp_path: Path) -> str:
    """A collection of two texts."""
    path = tmp_path / "textes.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in (CIRCULAR, ORDER)))
    assert assistant("ingest", path, "--collection", collection).code == 0
    return collection


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], {"circulaire", "arrete"}),
        (["--kind", "CIRCULAIRE"], {"circulaire"}),
        (["--kind", "arrete", "--kind", "décret"], {"arrete"}),
        (["--author", "direction generale de la sante"], {"circulaire"}),
        (["--signed-from", "2024-01-01"], {"arrete"}),
        (["--signed-until", "1er mars 2023"], {"circulaire"}),
        (["--signed-from", "02/03/2023", "--signed-until", "2024-04-30"], set()),
        (["--on", "2023-12-31"], {"circulaire"}),
        (["--author", "Personne"], set()),
    ],
)
def test_filters_narrow_what_is_found(assistant: Assistant, texts: str, options: list[str], found: set[str]) -> None:
    shown = assistant("search", "télétravail", "--collection", texts, *options, "--json")
    assert {passage["document_id"] for passage in shown.json["passages"]} == found


def test_reasons_surroundings_and_facets_come_when_they_are_asked_for(assistant: Assistant, texts: str) -> None:
    asked = ("search", "jours de télétravail", "--collection", texts)
    plain = assistant(*asked, "--json").json
    assert "facets" not in plain
    assert not {"why", "around"} & plain["passages"][0].keys()
    full = assistant(*asked, "--kind", "circulaire", "--explain", "--facets", "--context", "2", "--json").json
    (passage,) = full["passages"]
    assert passage["why"]["words"] == ["télétravail", "jours"]
    marked = [passage["text"][start:end] for start, end in passage["why"]["marks"]]
    assert marked == ["télétravail", "jours"]
    assert passage["around"] == {"before": "", "after": ""}
    assert full["facets"]["documents"] == 1
    assert {"value": "arrêté", "documents": 1} in full["facets"]["kinds"]
    assert full["facets"]["years"] == [{"value": 2023, "documents": 1}]


def test_a_person_reads_why_and_how_many(assistant: Assistant, texts: str) -> None:
    shown = assistant(
        "search", "jours de télétravail", "--collection", texts, "--explain", "--facets", "--context", "1"
    )
    assert shown.code == 0
    assert "Pourquoi : mots de la question" in shown.out
    assert "2 documents sous ces filtres" in shown.out
    assert "Nature : arrêté (1), circulaire (1)" in shown.out
    assert "Auteur : Camille Martin (1), Direction générale de la santé (1)" in shown.out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["congé", "--kind", "roman"], "« roman » n’est pas une nature de texte ; au choix : loi, ordonnance"),
        (["congé", "--on", "hier"], "« hier » n’est pas un jour"),
        (["congé", "--signed-from", "2023-02-30"], "« 2023-02-30 » n’est pas un jour"),
        (["congé", "--signed-from", "2024-01-02", "--signed-until", "2024-01-01"], "finit avant, le 1er janvier 2024"),
        (["congé", "--context", "11"], "d’au plus 10"),
        (["congé", "--colour", "bleu"], "l’option --colour n’existe pas"),
        (["  "], "La question est vide"),
        (["^.*$"], "La question est vide"),
        (["a" * 50_000], "50000"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_bad_input_is_one_clear_line(assistant: Assistant, arguments: list[str], problem: str) -> None:
    shown = assistant("search", *arguments)
    assert shown.code in (1, 2)
    assert not shown.out
    assert problem in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("est-ce que de la", []),
        ("télétravail.*(jours|semaines)+$ AND NOT [a-z]{3}", []),
        ("télétravail\x07\x1b[31m\x85", []),
        ("télétravail", ["--author", "Camille\tMartin"]),
        ("télétravail", ["--author", ""]),
    ],
)
def test_odd_questions_are_answered(assistant: Assistant, texts: str, question: str, options: list[str]) -> None:
    shown = assistant("search", question, "--collection", texts, "--explain", *options, "--json")
    assert shown.code == 0
    assert shown.json["passages"]

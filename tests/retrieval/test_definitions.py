"""Acronyms and what they stand for, as texts define them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.understanding.definitions import Definition, definitions


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Demander l'allocation aux adultes handicapés (AAH) ?", "AAH", "allocation aux adultes handicapés"),
        ("L'AAH (allocation aux adultes handicapés) est versée", "AAH", "allocation aux adultes handicapés"),
        ("la caisse d’allocations familiales (Caf)", "Caf", "caisse d'allocations familiales"),
        (
            "auprès de la caisse d'assurance retraite et de la santé au travail (Carsat)",
            "Carsat",
            "caisse d'assurance retraite et de la santé au travail",
        ),
        ("du comité social\u00a0et économique (CSE).", "CSE", "comité social et économique"),
        ("la CGT-FO ; Confédération générale du travail-Force ouvrière (CGT-FO)", "CGT-FO",
         "Confédération générale du travail-Force ouvrière"),
    ],
)  # fmt: skip
def test_definitions_are_found(text: str, short: str, long: str) -> None:
    assert [*definitions(text)] == [Definition(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "Le congé (voir page 3) est long.",
        "Le décret (CE) et les règlements",
        "les adultes handicapés (AAH)",  # a letter that no word gives
        "La loi (art. L. 162-5-3 du code)",
        "CPAMCaisse nationale d'assurance maladie (Cnam)",  # words that lost the blank between them
        "RSA (refus d'attribution, contestation du montant attribué)",
        "( )()((AAH)",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert [*definitions(text)] == []


@given(st.text(alphabet="aàA ()BbCœ'-.\n", max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    for definition in definitions(text):
        assert definition.short in text

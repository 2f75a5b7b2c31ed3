from collections.abc import Callable

import pytest

from assistant.citations import CitationCheck
from retrieval.corpus import Passage

Cited = Callable[[str], list[int]]


@pytest.fixture
def cited(leave: Passage, card: Passage) -> Cited:
    """The numbers of the passages that bear a sentence out."""
    check = CitationCheck([leave, card])
    return lambda sentence: sorted(check.support(sentence).quotes)


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Le salarié peut demander un congé sans solde à son employeur.", [1]),
        ("L’employeur n’a pas l’obligation d’accorder le congé.", [1]),
        ("La demande de congé est faite par écrit 2 mois avant.", [1]),
        ("La carte de stationnement est valable cinq ans.", [2]),
        ("La carte coûte 12,5 euros.", [2]),
        ("Ce congé est régi par l’article L3142-28.", [1]),
    ],
)
def test_what_a_passage_says_is_borne_out(cited: Cited, sentence: str, numbers: list[int]) -> None:
    assert cited(sentence) == numbers


@pytest.mark.parametrize(
    "sentence",
    [
        "Le congé est rémunéré par la caisse d’allocations familiales.",
        "La demande de congé est faite par écrit trois mois avant.",
        "La demande de congé est faite par écrit deux ans avant.",
        "La carte coûte 12,60 €.",
        "Le congé est régi par l’article L. 3142-29.",
        "L’employeur a l’obligation d’accorder le congé.",
        "Le salarié ne peut pas demander un congé sans solde.",
        "La carte de stationnement n’est pas délivrée par la mairie.",
    ],
)
def test_what_no_passage_says_is_not(cited: Cited, sentence: str) -> None:
    assert cited(sentence) == []


def test_a_sentence_may_stand_on_two_passages(cited: Cited) -> None:
    assert cited("Le salarié demande un congé par écrit, la carte est délivrée par la mairie.") == [1, 2]


def test_the_quote_is_the_nearest_sentence(leave: Passage, card: Passage) -> None:
    support = CitationCheck([leave, card]).support("La carte de stationnement est valable 5 ans.")
    assert support.quotes == {2: "Elle est valable 5 ans et coûte 12,50 €."}


def test_a_number_that_the_model_gave_wins_among_equals(card: Passage) -> None:
    check = CitationCheck([card, card, card])
    assert sorted(check.support("La carte est valable 5 ans.").quotes) == [1, 2]
    assert sorted(check.support("La carte est valable 5 ans.", preferred=[3]).quotes) == [1, 3]


def test_a_question_claims_nothing(leave: Passage) -> None:
    check = CitationCheck([leave])
    assert not check.claims("Qui accorde le congé ?")
    assert not check.claims("- ")
    assert check.claims("Le congé est accordé.")

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.checking.citations import CitationCheck, Quote
from retrieval.corpus import DocumentMetadata, Passage

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


def test_the_words_of_two_passages_together_bear_nothing_out(cited: Cited) -> None:
    assert cited("Le salarié demande la carte par écrit à son employeur, le congé est délivré par la mairie.") == []


def test_the_quote_is_the_nearest_sentence(leave: Passage, card: Passage) -> None:
    quote = CitationCheck([leave, card]).support("La carte de stationnement est valable 5 ans.").quotes[2]
    assert card.chunk.text[quote.start : quote.end] == "Elle est valable 5 ans et coûte 12,50 €."


def test_a_number_that_the_model_gave_wins_among_equals(card: Passage) -> None:
    check = CitationCheck([card, card, card])
    assert sorted(check.support("La carte est valable 5 ans.").quotes) == [1, 2]
    assert sorted(check.support("La carte est valable 5 ans.", preferred=[3]).quotes) == [1, 3]


def test_a_question_claims_nothing(leave: Passage) -> None:
    check = CitationCheck([leave])
    assert not check.claims("Qui accorde le congé ?")
    assert not check.claims("- ")
    assert check.claims("Le congé est accordé.")


def test_a_list_may_be_told_in_one_sentence(card: Passage) -> None:
    lines = "Le dossier comprend :\n- une pièce d’identité\n- un justificatif de domicile\n- deux photographies"
    check = CitationCheck([replace(card, chunk=replace(card.chunk, text=lines))])
    told = "Le dossier comprend une pièce d’identité, un justificatif de domicile et deux photographies."
    assert check.support(told).quotes == {1: Quote(0, len(lines))}
    assert check.support(told.replace("photographies", "timbres")).quotes == {}


LAW = (
    "L’agent bénéficie de 25 jours de congés par an. Il dispose de 3 jours de repos. La loi entre en vigueur le "
    "1er janvier 2024. Le décret du 15 mars 2023 est abrogé. La pension ne peut dépasser 50 % du salaire. Aucun agent "
    "ne peut être sanctionné deux fois. Sans accord du patient, le dossier n’est pas communiqué."
)


@pytest.mark.parametrize(
    ("sentence", "borne_out"),
    [
        ("L’agent bénéficie de 25 jours de congés par an.", True),
        ("L’agent bénéficie de 3 jours de congés par an.", False),
        ("L’agent bénéficie de 25 jours de congés par mois.", False),
        ("La loi entre en vigueur le 1er janvier 2024.", True),
        ("La loi entre en vigueur le 15 janvier 2024.", False),
        ("La loi entre en vigueur le 15 mars 2023.", False),
        ("La pension ne peut dépasser 50 % du salaire.", True),
        ("La pension peut dépasser 50 % du salaire.", False),
        ("Un agent peut être sanctionné deux fois.", False),
        ("Nul agent ne peut être sanctionné deux fois.", True),
        ("Avec l’accord du patient, le dossier n’est pas communiqué.", False),
        ("L’agent cesse de bénéficier de 25 jours de congés par an.", False),
    ],
)
def test_nearly_the_same_words_do_not_say_the_same(sentence: str, borne_out: bool, card: Passage) -> None:
    law = replace(card, metadata=DocumentMetadata("Statut"), chunk=replace(card.chunk, text=LAW))
    assert bool(CitationCheck([law]).support(sentence).quotes) is borne_out


def test_a_piece_of_a_table_bears_out_what_its_header_row_names(card: Passage) -> None:
    row = replace(card, chunk=replace(card.chunk, text="Attaché principal | 450"))
    sentence = "L’indice majoré de l’attaché principal est 450."
    assert not CitationCheck([row]).support(sentence).quotes
    headed = replace(row, chunk=replace(row.chunk, header="Grade | Indice majoré"))
    assert CitationCheck([headed]).support(sentence).quotes

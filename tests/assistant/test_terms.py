import pytest

from assistant.checking.number_words import in_digits
from assistant.checking.qualifiers import Qualifier
from assistant.checking.terms import terms


def keys(text: str) -> list[str]:
    return [term.key for term in terms(text)]


def turned(text: str) -> dict[str, set[Qualifier]]:
    return {term.key: set(term.qualifiers) for term in terms(text) if term.qualifiers}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("deux mois", "2 mois"),
        ("un mois", "1 mois"),
        ("vingt et un jours", "21 jours"),
        ("quatre-vingt-dix ans", "90 ans"),
        ("six cents heures", "600 heures"),
        ("1\u202f200,50 €", "1 200,5 euros"),
        ("100.000 euros", "100 000 €"),
        ("25 pour cent", "25 %"),
        ("article L. 162-5", "article L162-5"),
        ("cerfa n° 15891*03", "cerfa n°15891*03"),
        ("le 1er mars 2024", "1 MARS 2024"),
        ("le 1er mars 2024", "01/03/2024"),
        ("le vingtième jour", "le 20e jour"),
        ("5 ans", "cinq années"),
        ("Les salariés perçoivent", "un salarié a perçu"),
        ("transmettre une demande", "envoyer une demande"),
    ],
)
def test_what_says_the_same_has_one_key(one: str, other: str) -> None:
    assert keys(one) == keys(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3 mois", "3 ans"),
        ("L. 162-5", "L. 162-6"),
        ("L. 162-5", "R. 162-5"),
        ("n° 15891*03", "n° 15891*02"),
        ("1er mars 2024", "1er mai 2024"),
        ("1er mars 2024", "15 mars 2024"),
        ("12,5 %", "125 %"),
        ("35 heures par mois", "35 heures par semaine"),
    ],
)
def test_another_figure_is_another(one: str, other: str) -> None:
    assert keys(one) != keys(other)


def test_a_date_is_true_without_its_day_or_year_too() -> None:
    [date] = terms("le 15 mars 2023")
    assert {*keys("mars 2023"), *keys("15 mars")} <= date.forms
    assert not {*keys("mars 2024"), *keys("14 mars")} & date.forms


def test_numbers_beside_each_other_are_not_added() -> None:
    assert in_digits("entre quatre et six mois, deux ou trois fois") == "entre 4 et 6 mois, 2 ou 3 fois"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le salarié ne peut pas refuser.", {"refus": {Qualifier.NOT, Qualifier.MAY}}),
        ("La pension ne peut dépasser la moitié.", {"dépass": {Qualifier.NOT, Qualifier.MAY}}),
        ("Aucun agent n’est sanctionné.", {"pun": {Qualifier.NOT}}),
        ("Le congé est pris sans solde.", {"sold": {Qualifier.NOT}}),
        ("Il ne touche que la moitié.", {"percevoir": {Qualifier.ONLY}}),
        ("Cinq ans maximum.", {"5an": {Qualifier.MOST}}),
        ("Au moins cinq ans.", {"5an": {Qualifier.LEAST}}),
        ("Moins de cinq ans.", {"5an": {Qualifier.LESS}}),
        ("Une heure au moins et six jours au plus.", {"1heure": {Qualifier.LEAST}, "6jour": {Qualifier.MOST}}),
        ("Il n’est pas tenu, sauf accord contraire, de fournir.", {"accord": {Qualifier.EXCEPT}}),
    ],
)
def test_small_words_turn_the_word_that_they_bear_on(text: str, expected: dict[str, set[Qualifier]]) -> None:
    found = turned(text)
    for key, qualifiers in expected.items():
        [same] = {term.key for term in terms(key)} if not key[0].isdigit() else {key}
        assert found[same] == qualifiers

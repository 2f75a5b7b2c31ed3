import pytest

from assistant.words import denied, figures, words


def test_forms_of_one_word_meet() -> None:
    assert words("Les salariés demandent des congés") == words("un salarié qui demande du congé")


def test_words_that_carry_no_meaning_do_not_count() -> None:
    assert words("Quels sont les … et pour qui ?") == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("deux mois", "2 mois"),
        ("1\u202f200,50 €", "1 200,5 euros"),
        ("100.000 euros", "100 000 €"),
        ("25 pour cent", "25 %"),
        ("article L. 162-5", "article L162-5"),
        ("le 1er mars 2024", "1 MARS 2024"),
        ("5 ans", "cinq années"),
    ],
)
def test_a_figure_has_one_form(one: str, other: str) -> None:
    assert figures(one) == figures(other) != frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3 mois", "3 ans"),
        ("L. 162-5", "L. 162-6"),
        ("L. 162-5", "R. 162-5"),
        ("1er mars 2024", "1er mai 2024"),
        ("12,5 %", "125 %"),
        ("35 heures par mois", "35 heures par semaine"),
        ("plus de 50 salariés", "moins de 50 salariés"),
        ("après le 3 mars", "avant le 3 mars"),
        ("il cesse d’être tenu", "il est tenu"),
    ],
)
def test_another_figure_is_another(one: str, other: str) -> None:
    assert not figures(one) <= figures(other)


def test_what_is_denied_is_the_verb_and_what_follows() -> None:
    assert denied("Le salarié ne peut pas refuser, mais il peut écrire.") == words("peut refuser")
    assert denied("L’accord n’est jamais obligatoire.") == words("obligatoire")
    assert denied("Il ne touche que la moitié.") == frozenset()


def test_a_negation_needs_no_second_word() -> None:
    assert denied("La pension ne peut dépasser la moitié.") == words("peut dépasser")
    assert denied("Aucun agent n’est sanctionné.") == words("sanctionné")
    assert denied("Le congé est pris sans solde.") == words("solde")
    assert denied("Elle ne peut être accordée que par le préfet.") == frozenset()

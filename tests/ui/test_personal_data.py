"""What is said of a question that seems to hold somebody's data."""

import pytest

from ui.personal_data import doubt, kinds, warnings


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Que faire pour le 2 55 08 14 168 025 38 ?", ["un numéro de sécurité sociale"]),
        ("L’INS de l’usager est 255081416802538", ["une identité nationale de santé (INS)"]),
        ("Verser sur FR76 3000 6000 0112 3456 7890 189 ?", ["un numéro de compte bancaire (IBAN)"]),
        ("Appeler le 01 23 45 67 89 ou le 06 12 34 56 78 ?", ["un numéro de téléphone"]),
        ("Écrire à camille@exemple.fr ?", ["une adresse électronique"]),
        ("Quel délai fixe l’article L. 162-5-3 ?", []),
        ("Que faire pour le 2 55 08 14 168 025 39 ?", []),  # its key is wrong
    ],
)
def test_each_kind_is_named_once_and_numbers_count_with_their_key_alone(question: str, found: list[str]) -> None:
    assert kinds(question) == found


def test_several_kinds_stand_in_one_sentence() -> None:
    assert doubt(["a", "b", "c"]).startswith("Votre question semble contenir a, b et c. ")
    assert doubt(["a"]).startswith("Votre question semble contenir a. ")


def test_where_nobody_can_be_asked_it_is_said_and_the_data_is_not_repeated() -> None:
    assert warnings("Quel délai fixe l’article L. 162-5-3 ?") == []
    (said,) = warnings("Appeler le 01 23 45 67 89 ?")
    assert "un numéro de téléphone" in said
    assert "01 23" not in said

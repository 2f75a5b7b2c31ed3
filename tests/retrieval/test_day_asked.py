"""Which questions ask about another day than today."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.dates import written
from retrieval.day_asked import day_asked


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Quel était le montant du SMIC au 1er mars 2023 ?", "2023-03-01"),
        ("Au 1er mars 2023, combien de jours de congé ?", "2023-03-01"),
        ("Quelle règle s’appliquait à la date du 12/03/2021 ?", "2021-03-12"),
        ("Quel texte était en vigueur le 3 avril 2022 ?", "2022-04-03"),
        ("Les seuils applicables au 2020-01-01", "2020-01-01"),
        ("Comment se faisait-on rembourser en mars 2020 ?", "2020-03-01"),
        ("EN DÉCEMBRE 2019, QUEL ÉTAIT LE PLAFOND ?", "2019-12-01"),
        ("Durée du congé au 1er mars 2023, et indemnité au 1er mars 2023 ?", "2023-03-01"),
    ],
)
def test_a_question_about_a_day(question: str, day: str) -> None:
    assert day_asked(question) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "question",
    [
        "Quel est le montant du SMIC ?",
        "Quelles règles avant la réforme de 2019 ?",
        "Mon enfant est né en mars 2020, ai-je droit à un congé ?",
        "En mars 2020 j’ai été embauchée : ai-je droit à la prime ?",
        "Un agent recruté au 1er mars 2023 a-t-il droit à la prime ?",
        "Puis-je prendre un congé du 1er mars 2023 au 15 mars 2023 ?",
        "Puis-je prendre un congé du 1er au 15 mars 2023 ?",
        "Le dispositif est ouvert jusqu’au 1er mars 2023 ?",
        "D’ici au 1er mars 2023, que faire ?",
        "Que dit le décret du 1er mars 2023 ?",
        "Le contrat a pris effet le 1er mars 2023.",
        "Quel montant au 31 février 2023 ?",
        "Quelle différence entre le montant au 1er mars 2023 et celui au 1er mars 2024 ?",
        "Le poids maximal en mars ?",
        "",
    ],
)
def test_a_question_about_today(question: str) -> None:
    assert day_asked(question) is None


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_any_day_can_be_asked_about(day: dt.date) -> None:
    assert day_asked(f"Quel était le plafond au {written(day)} ?") == day


@given(st.text())
def test_any_question_is_read_without_an_error(question: str) -> None:
    assert day_asked(question) is None or any(character.isdigit() for character in question)

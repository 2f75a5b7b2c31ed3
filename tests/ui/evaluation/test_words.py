"""The French words and numbers of an evaluation."""

from dataclasses import replace

import pytest

from retrieval.figures import MEASURES
from retrieval.ranking.features import NAMES
from retrieval.slices import Axis, slices
from tests.retrieval.evaluated import question, run
from ui.evaluation import words


@pytest.mark.parametrize(
    ("value", "written"), [(0.0124, "+0,012"), (-0.5, "−0,500"), (0.0, "0,000"), (0.0004, "0,000"), (-0.0004, "0,000")]
)
def test_a_difference_has_its_sign_unless_it_rounds_to_nothing(value: float, written: str) -> None:
    assert words.signed(value) == written


@pytest.mark.parametrize(("p", "written"), [(1, "1,000"), (0.034, "0,034"), (0.0001, "< 0,001")])
def test_a_p_is_never_written_as_zero(p: float, written: str) -> None:
    assert words.p_value(p) == written


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_has_its_words(measure: str) -> None:
    assert words.measure_name(measure).endswith(measure.partition("@")[2])
    assert "{" not in words.measure_meaning(measure)


@pytest.mark.parametrize("feature", NAMES)
def test_every_feature_of_a_ranker_has_its_words(feature: str) -> None:
    assert words.feature_name(feature) != feature


def test_every_slice_has_its_words() -> None:
    asked = run(
        [
            question(str(n), ["a"], [], words="mot " * n, has_reference=n > 5, has_unknown_word=n > 5)
            for n in (1, 5, 9, 20)
        ],
        {},
    )
    named = {(one.axis, words.slice_name(one)) for one in slices(asked)}
    assert named == {
        (Axis.COLLECTION, "dans aucune des collections cherchées"),
        *((Axis.LENGTH, name) for name in ("1 à 3 mots", "4 à 7 mots", "8 à 15 mots", "16 mots ou plus")),
        *((Axis.REFERENCE, name) for name in ("avec référence", "sans référence")),
        *((Axis.UNKNOWN_WORD, name) for name in ("avec un mot inconnu", "tous les mots connus")),
    }


def test_a_reader_is_warned_of_what_the_figures_do_not_say() -> None:
    few = run([question("q1", ["a", "nowhere"], ["a"])], {"a": ("Fiches",)}, skipped=2)
    few = replace(few, partial=("Le reclassement ne répond pas.",))
    said = " ".join(words.warnings(few, None))
    assert "Recherche incomplète pour certaines questions au moins. Le reclassement ne répond pas." in said
    assert "Peu de questions (1)" in said
    assert "sans document attendu : 2" in said
    assert "ne sont pas dans les collections cherchées : 1" in said
    enough = run([question(str(n), ["a"], ["a"]) for n in range(30)], {"a": ("Fiches",)})
    assert words.warnings(enough, enough) == []

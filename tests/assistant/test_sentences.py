import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checking.sentences import first_end, sentences

# Characters that decide where sentences end, more often than chance would bring them.
french = st.text(st.sampled_from("aéLM1 2.!?…\n«»()[]-,;’\u202f"), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le salarié écrit. L’employeur répond.", ["Le salarié écrit. ", "L’employeur répond."]),
        ("Voir l’art. L. 162-5 du code. Il s’applique.", ["Voir l’art. L. 162-5 du code. ", "Il s’applique."]),
        (
            "Le Dr. Martin et M. Petit ont 3.5 ans. Ils partent.",
            ["Le Dr. Martin et M. Petit ont 3.5 ans. ", "Ils partent."],
        ),
        ("Oui. Le salarié peut refuser.", ["Oui. Le salarié peut refuser."]),
        ("Deux cas :\n- le premier\n- le second", ["Deux cas :\n", "- le premier\n", "- le second"]),
        ("1. Écrire au maire. 2. Attendre deux mois.", ["1. Écrire au maire. ", "2. Attendre deux mois."]),
        (
            "Deux étapes : 1. Écrire au maire. 2. Attendre deux mois.",
            ["Deux étapes : 1. Écrire au maire. ", "2. Attendre deux mois."],
        ),
        ("Il a dit « non ». Elle est partie.", ["Il a dit « non ». ", "Elle est partie."]),
        ("« Il faut partir. » Elle part.", ["« Il faut partir. » ", "Elle part."]),
        ("Il écrit. [1] Elle répond [2].", ["Il écrit. [1] ", "Elle répond [2]."]),
        ("Est-ce possible ? Oui, parfois…", ["Est-ce possible ? ", "Oui, parfois…"]),
        ("", []),
    ],
)
def test_a_text_is_cut_where_sentences_end(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@given(french)
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


@given(french, french)
def test_an_end_once_told_holds_for_every_longer_text(text: str, more: str) -> None:
    end = first_end(text, complete=False)
    if end:
        assert first_end(text + more, complete=False) == end
        assert first_end(text + more, complete=True) == end

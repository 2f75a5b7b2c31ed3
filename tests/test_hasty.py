"""The questions of the benchmark that are typed in a hurry."""

from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.hasty import LONG, in_capitals, with_errors

letters = st.text(alphabet="abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûü", min_size=1, max_size=14)
questions = st.lists(letters, min_size=1, max_size=8).map(" ".join)


@given(questions, st.integers(0, 3))
def test_each_long_word_and_no_other_has_one_error_and_the_seed_decides_which(question: str, seed: int) -> None:
    typed = with_errors(question, seed)
    assert typed == with_errors(question, seed)
    for word, mistyped in zip(question.split(), typed.split(), strict=True):
        if len(word) <= LONG:
            assert word == mistyped
        elif len(set(word)) > 1:
            assert word != mistyped
            assert abs(len(word) - len(mistyped)) <= 1


@given(questions)
def test_capitals_have_no_accents(question: str) -> None:
    assert in_capitals(question).isascii()
    assert in_capitals(question) == in_capitals(in_capitals(question))

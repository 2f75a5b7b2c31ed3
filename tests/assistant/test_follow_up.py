from assistant.answer import Turn
from assistant.follow_up import in_full
from retrieval.question import QUESTION_LENGTH


def test_a_short_question_comes_with_the_one_before_it() -> None:
    history = [Turn("Combien dure le congé ?"), Turn("Qui l’accorde ?")]
    assert in_full("Et en Corse ?", history) == "Qui l’accorde ? Et en Corse ?"
    assert in_full("Et en Corse ?", []) == "Et en Corse ?"
    assert in_full("Quelle est la durée du préavis de licenciement ?", history).startswith("Quelle")


def test_a_short_question_after_a_very_long_one_is_no_longer_than_a_question_may_be() -> None:
    asked = in_full("Et en Corse ?", [Turn("x" * QUESTION_LENGTH)])
    assert len(asked) == QUESTION_LENGTH
    assert asked.endswith(" Et en Corse ?")

from assistant.checking.words import words


def test_forms_of_one_word_meet() -> None:
    assert words("Les salariés demandent des congés") == words("un salarié qui demande du congé")


def test_words_that_carry_no_meaning_do_not_count() -> None:
    assert words("Quels sont les … et pour qui ?") == frozenset()

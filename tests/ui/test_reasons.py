"""Reasons and changes of a question, in French."""

from retrieval.corpus import Because
from retrieval.reasons import Nearness, Reasons
from retrieval.understanding.understood import Change, Reason
from ui.reasons import BECAUSE, NEARNESS, changed, said


def test_the_strongest_reason_is_said_first() -> None:
    reasons = Reasons(("congé", "PATERNITÉ"), ((0, 5),), 0.9, Nearness.NEAR, (Because.REFERENCE,))
    assert said(reasons) == (
        "texte demandé par sa référence",
        "mots de la question\u202f: congé, PATERNITÉ",
        "sens proche",
    )
    assert said(Reasons((), (), 0.0, None)) == ()


def test_there_are_words_for_every_reason() -> None:
    assert (set(BECAUSE), set(NEARNESS)) == (set(Because), set(Nearness))


def test_what_a_question_was_taken_for_is_said_unless_it_is_an_accent() -> None:
    changes = [
        Change("conge", "congé", Reason.ACCENTS),
        Change("paternitée", "paternité", Reason.SPELLING),
        Change("AAH", "allocation aux adultes handicapés", Reason.ACRONYM),
    ]
    assert changed(changes) == (
        "«\u202fpaternitée\u202f» compris comme «\u202fpaternité\u202f»",
        "«\u202fAAH\u202f» signifie aussi «\u202fallocation aux adultes handicapés\u202f»",
    )

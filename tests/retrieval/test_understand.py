"""A question as it was meant: accents, capitals, errors, acronyms. Pure, over lexicons made by hand."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.understanding.lexicon import Acronym, Form, Lexicon
from retrieval.understanding.spelling import neighbours
from retrieval.understanding.understand import understand
from retrieval.understanding.understood import Change, Reason, Steps
from retrieval.understanding.words import fold

SHARES = {
    "comment": 0.01, "demander": 0.001, "un": 0.02, "congé": 0.002, "paternité": 0.0005, "maternité": 0.001, "à": 0.03,
    "a": 0.01, "employeur": 0.002, "employer": 0.0001, "salarié": 0.004, "salarie": 0.000001, "retraite": 0.002,
    "retraité": 0.0002, "CDD": 0.0005, "allocation": 0.001, "mai": 0.001, "la": 0.05, "adoption": 0.001, "t": 0.001,
    "on": 0.01, "France": 0.001, "france": 0.0001, "Caf": 0.001,
}  # fmt: skip


def lexicon(shares: dict[str, float], **acronyms: Acronym) -> Lexicon:
    forms: dict[str, tuple[Form, ...]] = {}
    for word, share in sorted(shares.items(), key=lambda item: -item[1]):
        forms[fold(word)] = (*forms.get(fold(word), ()), Form(word, share))
    return Lexicon(forms, acronyms)


KNOWN = lexicon(
    SHARES,
    aah=Acronym("allocation aux adultes handicapés"),
    mai=Acronym("mission de l'adoption internationale", is_word=True),
)
WORDS_ALONE = Steps(acronyms=False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("conge paternite", "congé paternité"),
        ("CONGE PATERNITE", "Congé paternité"),
        ("Congé Paternité", "Congé Paternité"),
        ("demander un congé paternitté à la", "demander un congé paternité à la"),  # one too many
        ("demander un congé patrnité", "demander un congé paternité"),  # one missing
        ("demander à l'employeir", "demander à l'employeur"),  # a wrong one
        ("Commetn demander un congé ?", "Comment demander un congé ?"),  # two that changed places
        ("COMMETN DEMANDER UN CONGE", "Comment demander un congé"),
        ("un salarie", "un salarié"),
        ("un salarie à la retraite", "un salarie à la retraite"),  # whoever writes accents means what is written
        ("la retraite", "la retraite"),
        ("un cdd", "un CDD"),
        ("UN CDD", "Un CDD"),
        ("DEMANDER UN XYZ", "Demander un XYZ"),
        ("a la retraite", "a la retraite"),
        ("A-T-ON A DEMANDER", "A-t-on à demander"),
        ("UN SALARIE A LA CAF", "Un salarié à la Caf"),
        ("un salarié à la caf", "un salarié à la Caf"),
        ("CONGE FRANCE", "Congé France"),
        ("un congé en france", "un congé en france"),
    ],
)
def test_words_are_read_as_they_were_meant(typed: str, meant: str) -> None:
    assert understand(typed, KNOWN, WORDS_ALONE).text_for_meaning == meant


@pytest.mark.parametrize(
    "question",
    [
        "demander à Paternitée",  # a name
        "la paternitéE",
        "art. L. 162-5-3 et R163-8 du CSS",
        "NOR SSAH2012345A",
        "paternitte@sante.fr ou www.paternitte.fr",
        "congé xq",  # too short to say what it is an error for
        "congé inconnaissable",  # like no word that is used
    ],
)
def test_names_references_addresses_and_unlike_words_stay(question: str) -> None:
    assert understand(question, KNOWN).text_for_meaning == question


def test_what_changed_is_told_and_what_was_taken_for_an_error_is_searched_too() -> None:
    understood = understand("conge paternitte et CDD", KNOWN, WORDS_ALONE)
    assert understood.changes == (
        Change("conge", "congé", Reason.ACCENTS),
        Change("paternitte", "paternité", Reason.SPELLING),
    )
    assert understood.text_for_meaning == "congé paternité et CDD"
    assert understood.text_for_words == "congé paternité et CDD paternitte"


def test_of_two_words_the_more_frequent_one_was_meant() -> None:
    both = lexicon({"paternité": 0.1, "maternité": 0.2})
    assert understand("xaternité", both).text_for_meaning == "maternité"


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("Demander l'AAH ?", ("allocation aux adultes handicapés",)),
        ("demander l'aah", ("allocation aux adultes handicapés",)),
        ("DEMANDER L'AAH", ("allocation aux adultes handicapés",)),
        ("l'allocation aux adultes handicapés (AAH)", ()),
        ("à la mi mai", ()),
        ("la MAI", ("mission de l'adoption internationale",)),
    ],
)
def test_an_acronym_is_searched_with_what_it_stands_for(question: str, added: tuple[str, ...]) -> None:
    understood = understand(question, KNOWN)
    assert tuple(change.meant for change in understood.changes if change.reason is Reason.ACRONYM) == added
    for one in added:
        assert one in understood.text_for_meaning
        assert one not in understood.text_for_words


def test_the_short_form_of_a_code_beside_its_article_stands_for_nothing_else() -> None:
    known = lexicon(SHARES, css=Acronym("complémentaire santé solidaire"))
    assert understand("art. L. 162-5-3 CSS", known).changes == ()
    assert [one.meant for one in understand("demander la CSS", known).changes] == ["complémentaire santé solidaire"]


def test_a_long_form_beside_its_acronym_has_the_accents_of_the_texts() -> None:
    known = lexicon({"dossier": 1, "partage": 9, "partagé": 1}, dp=Acronym("Dossier partagé"))
    assert (
        understand("LE DOSSIER PARTAGE (DP) EST UN PARTAGE", known).question == "LE dossier partagé (DP) EST UN partage"
    )
    assert understand("un dossier partage", known).question == "un dossier partage"


def test_each_step_can_be_left_out() -> None:
    question = "conge paternitte AAH"
    assert understand(question, KNOWN, Steps(False, False, False)).text_for_meaning == question
    assert understand(question, KNOWN, Steps(spelling=False, acronyms=False)).text_for_meaning == "congé paternitte AAH"
    assert understand(question, KNOWN, Steps(accents=False, acronyms=False)).text_for_meaning == "conge paternité AAH"


def test_a_very_long_question_is_read_too() -> None:
    understood = understand("paternitte xyzab " * 3_000, KNOWN, WORDS_ALONE)
    assert understood.text_for_meaning.startswith("paternité xyzab paternité")


questions = st.one_of(
    st.text(),
    st.lists(st.sampled_from(sorted(SHARES)) | st.text(max_size=9), max_size=12).map(" ".join),
)


@given(questions)
def test_no_question_is_too_odd_and_understanding_twice_changes_nothing(question: str) -> None:
    once = understand(question, KNOWN, WORDS_ALONE).text_for_meaning
    assert understand(once, KNOWN, WORDS_ALONE).text_for_meaning == once
    understand(question, KNOWN)


@given(st.lists(st.sampled_from(sorted(SHARES)), min_size=1, max_size=12).map(" ".join))
def test_known_words_with_their_accents_stay(question: str) -> None:
    question += " à"  # whoever writes one accent writes them all
    assert understand(question, KNOWN).text_for_meaning == question
    assert understand(question, KNOWN).changes == ()


@given(st.sampled_from(sorted(SHARES)), st.data())
def test_neighbours_are_mutual(word: str, data: st.DataObject) -> None:
    near = neighbours(fold(word))
    if near:
        assert fold(word) in neighbours(data.draw(st.sampled_from(sorted(near)))) or len(fold(word)) < 5


@given(st.text())
def test_folding_leaves_no_accent_and_is_done_once_for_all(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(unicodedata.combining(character) for character in folded)

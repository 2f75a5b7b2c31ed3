"""Legal references in questions: which spellings name which text, and what names none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.references import asked
from retrieval.references.codes import CODES

# What is asked, and the canonical spelling of all that it names.
CSS, CT = "code de la sécurité sociale", "code du travail"
NAMED = {
    "art. L. 162-5-3 CSS": [f"{CSS}, article L162-5-3"],
    "R163-8 du code de la sécurité sociale": [f"{CSS}, article R163-8"],
    "l'article L.162-5-3 du CSS": [f"{CSS}, article L162-5-3"],
    "L 162 5 3": ["article L162-5-3"],
    "L162-5-3": ["article L162-5-3"],
    "l162.5.3 css": [f"{CSS}, article L162-5-3"],
    "L\u00a0162\u20115\u20113 du code de la\u202fsécurité sociale": [f"{CSS}, article L162-5-3"],
    "ARTICLE L. 162 – 5 – 3 DU CODE DE LA SECURITE SOCIALE": [f"{CSS}, article L162-5-3"],
    "code secu L162-5-3": [f"{CSS}, article L162-5-3"],
    "C.S.S., art. L. 162-5-3": [f"{CSS}, article L162-5-3"],
    "articles L. 123-4 et R. 5-1 du code du travail": [f"{CT}, article L123-4", f"{CT}, article R5-1"],
    "art D744-3 code du travail": [f"{CT}, article D744-3"],
    "Code du travail, article D744-3": [f"{CT}, article D744-3"],
    "c. trav. art. L. 1221-1": [f"{CT}, article L1221-1"],
    "C. trav., art. L. 1221-1": [f"{CT}, article L1221-1"],
    "Que dit le code du travail à l’article L1221-1 ?": [f"{CT}, article L1221-1"],
    "l'article L. 1221-1, al. 2, du code du travail": [f"{CT}, article L1221-1"],
    "code du travail L1": [f"{CT}, article L1"],
    "CSS L162-5 et CSP L1110-1": [f"{CSS}, article L162-5", "code de la santé publique, article L1110-1"],
    "L100-1 (CRPA)": ["code des relations entre le public et l'administration, article L100-1"],
    "CASF art. L. 123-4": ["code de l'action sociale et des familles, article L123-4"],
    "R.* 123-4": ["article R123-4"],
    "LO 111-3": ["article LO111-3"],
    "L.O. 111-3": ["article LO111-3"],
    "A931-10-3": ["article A931-10-3"],
    "L. 1234-5-1 bis": ["article L1234-5-1 bis"],
    "article L162-5 A du CSS": [f"{CSS}, article L162-5 A"],
    "R142-1-A": ["article R142-1 A"],
    "l'article l1453-1 a changé": ["article L1453-1"],
    "articles L. 1111-1 à L. 1111-5": ["article L1111-1", "article L1111-5"],
    "article 160-17-2 du CSS": [f"{CSS}, article 160-17-2"],
    "CSS 160-17-2": [f"{CSS}, article 160-17-2"],
    "article 3141-1": ["article 3141-1"],
    "L 16 10 1 du code de la sécurité sociale": [f"{CSS}, article L16-10-1"],
    "L1": ["article L1"],
    "annexe II": ["annexe 2"],
    "l'article L162-5-3 du code de la sécurité social": [f"{CSS}, article L162-5-3"],
    "l'article L162-5-3 du code de la secruité": ["article L162-5-3"],
    "Art.L.1111-1CSP": ["article L1111-1"],
    "tableau de maladie professionnelle n° 57": [f"{CSS}, tableau n° 57"],
    "circulaire 12 mars 2020": ["circulaire du 12 mars 2020"],
    "la circulaire datée du 12 mars 2020": ["circulaire du 12 mars 2020"],
    "article 2224 du code civil": ["code civil, article 2224"],
    "articles 38 et 93 A du CGI": ["code général des impôts, article 38", "code général des impôts, article 93 A"],
    "article 302 bis KA du code général des impôts": ["code général des impôts, article 302 bis KA"],
    "annexe II tableau n° 57": [f"{CSS}, tableau n° 57"],
    "tableau 57 BIS des maladies professionnelles": [f"{CSS}, tableau n° 57 bis"],
    "annexe 1 de l'article R611-21 CSS": [f"{CSS}, annexe 1 à R611-21"],
    "Annexe I à l'art. R434-32 (3) du code de la sécurité sociale": [f"{CSS}, annexe 1 à R434-32 (3)"],
    "annexe II du code du travail": [f"{CT}, annexe 2"],
    "NOR SSAH2012345A": ["NOR SSAH2012345A"],
    "nor : ssah 20 12345 a": ["NOR SSAH2012345A"],
    "SSAH2012345A": ["NOR SSAH2012345A"],
    "décret n° 2020-123": ["décret n° 2020-123"],
    "DECRET 2020-123": ["décret n° 2020-123"],
    "loi n°78-17 du 6 janvier 1978": ["loi n° 78-17 du 6 janvier 1978"],
    "loi no 1978-17": ["loi n° 78-17"],
    "la loi organique n° 2001-692": ["loi n° 2001-692"],
    "article 1er de la loi n° 2008-496": ["article 1er de la loi n° 2008-496"],
    "circulaire DGS/SP1 n° 2004-123": ["circulaire n° DGS/SP1/2004/123"],
    "circulaire n° DGS / SP1 / 2004 / 123": ["circulaire n° DGS/SP1/2004/123"],
    "instruction n° DGOS/R4/2021/12": ["instruction n° DGOS/R4/2021/12"],
    "instruction dgos/r4/2021/12": ["instruction n° DGOS/R4/2021/12"],
    "circulaire du 12 mars 2020": ["circulaire du 12 mars 2020"],
    "circulaire interministérielle du 12/03/2020": ["circulaire du 12 mars 2020"],
    "ARRETE DU 1ER FEVRIER 2021": ["arrêté du 1er février 2021"],
    "article 6 du règlement (UE) 2016/679": ["article 6 du règlement n° 2016/679"],
}

NAMES_NOTHING = [
    *("", "?", "article 1er", "article 5 de la loi", "la loi travail", "code du travail", "un décret de 2020"),
    *("01 42 34 56 78", "06.12.34.56.78", "L 200 m", "il faut 12 d", "mon enfant a 10-12 ans", "vitamine D 12 gouttes"),
    *("annexe", "le tableau des gardes", "tableau 3 du guide", "circulaire relative au congé", "note de 12/20"),
    *("congé d'1 mois", "1 85 05 78 006 084 36", "de 8h à 12h30", "circulaire du 31 février 2020", "décision n° 5"),
    *("l'annexe II de mon dossier", "160-17-2", "appeler le 3141-1"),
    *("aide de l’État", "le code 92 de mon bulletin", "je suis en L 3", "R 18 3 jours", "contrat de 2020-2021"),
]


@pytest.mark.parametrize("question", NAMED)
def test_a_spelling_names_its_text(question: str) -> None:
    assert [str(reference) for reference in asked(question)] == NAMED[question]


@pytest.mark.parametrize("question", NAMES_NOTHING)
def test_what_names_no_text_is_not_taken_for_one(question: str) -> None:
    assert asked(question) == ()


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_known_by_its_name_and_by_each_short_form(code: str) -> None:
    for form in (code, *CODES[code]):
        (one,) = {*asked(f"article L. 111-1 {form}"), *asked(f"{form.upper()}, art. L111-1")}
        assert (one.article, one.code) == ("L111-1", code)


def test_short_forms_stand_for_one_code_each() -> None:
    forms = [form.casefold() for short in CODES.values() for form in short]
    assert len(forms) == len(set(forms))


NUMBERS = st.builds(
    lambda letter, first, groups, ending: f"{letter}{'-'.join(map(str, [first, *groups]))}{ending}",
    st.sampled_from(["L", "LO", "R", "D", "A"]),
    st.integers(100, 9999),
    st.lists(st.integers(1, 199), min_size=1, max_size=5),
    st.sampled_from(["", " bis", " ter", " quater", " A", " B"]),
)
SPELLINGS = [
    *(
        "{code}, article {number}",
        "art. {number} {code}",
        "{number} du {code}",
        "{code} : {number}",
        "{number} ({code})",
    ),
    *("que dit l'article {number} du {code} ?", "les dispositions de l’art.{number} {code}", "{code} {number}"),
]


@given(NUMBERS, st.sampled_from(sorted(CODES)), st.sampled_from(SPELLINGS), st.data())
def test_every_spelling_of_an_article_has_the_same_canonical_form(
    number: str, code: str, spelling: str, data: st.DataObject
) -> None:
    letters = "LO" if number.startswith("LO") else number[0]
    dressed = f"{letters}{data.draw(st.sampled_from(['', '. ', '.', ' ', chr(0xA0)]))}{number.removeprefix(letters)}"
    hyphen = data.draw(st.sampled_from(["-", "\u2011", "–", " - ", "."]))
    said = spelling.format(code=data.draw(st.sampled_from([code, CODES[code][0]])), number=dressed.replace("-", hyphen))
    said = data.draw(st.sampled_from([said, said.upper(), said.lower()]))
    (found,) = asked(said)
    assert (found.article, found.code) == (number, code)
    assert asked(str(found)) == (found,)


@given(st.text())
def test_whatever_is_found_is_found_again_in_its_canonical_form(text: str) -> None:
    for reference in asked(text):
        assert asked(str(reference)) == (reference,)


PIECES = [
    *("articles ", "L. ", "12", "-3", " et ", "du code ", "de la ", "sécurité sociale", "css", "annexe ", "II ", "n° "),
    *("tableau ", "loi ", "décret ", "du ", "3 mars 2020", "NOR ", "SSAH2012345A", "circulaire ", "DGS/", "2004", " A"),
    *("bis", "1er", "C. civ.", "du même code", ", ", " à ", "(", "\n"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_pieces_of_references_in_disorder_are_read_without_complaint(text: str) -> None:
    for reference in asked(text):
        assert asked(str(reference)) == (reference,)
        assert set(reference.looked_for()) & reference.borne()


HOSTILE = [
    *(
        "a",
        " ",
        "L. ",
        "L1-",
        "article ",
        "art. L. 162-5-3, ",
        "annexe i ",
        "code de la ",
        "loi n° ",
        "circulaire a/b/c/",
    ),
    *(
        "code ",
        "1-",
        "c. ",
        "l 1",
        "articles 1 et 1 et ",
        "tableau n° 1 ",
        "nor aaa",
        "décret du 3 ",
        "a1/",
        "du même code ",
    ),
    *("L. 1-1 et suivants ", "'", "i", "annexe à l'", "L. 1, I, I, I, ", "\u0301", "(1", "circulaire aaaaaaaaaaa-"),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_fifty_thousand_hostile_characters_are_read(piece: str) -> None:
    assert len(asked(piece * (50_000 // len(piece)))) <= 1

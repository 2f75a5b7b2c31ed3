"""What texts a document is, by its title and metadata, and what texts it cites."""

import datetime as dt

import pytest

from retrieval import DocumentMetadata, TextKind
from retrieval.references import asked, borne, citations, cited, names, own_code

CSS, CT, CSP = "code de la sécurité sociale", "code du travail", "code de la santé publique"

# Title, and what the document is by it.
TITLES = {
    "Code de la sécurité sociale, article L111-1": [f"{CSS}, article L111-1"],
    "Code du travail, article  L1251-33-1\u00a0": [f"{CT}, article L1251-33-1"],
    "Code du travail, article R*1237-6": [f"{CT}, article R1237-6"],
    "Code de la sécurité sociale, article 160-17-2": [f"{CSS}, article 160-17-2"],
    "Code de la sécurité sociale, article D432": [f"{CSS}, article D432"],
    "Code de la sécurité sociale, article Annexe II : Tableau n° 20 TER": [f"{CSS}, tableau n° 20 ter"],
    "Code de la sécurité sociale, article Annexe I à l'art. R434-32 (17)": [f"{CSS}, annexe 1 à R434-32 (17)"],
    "Code de la sécurité sociale, article Annexe (2) à l'art. A931-11-17": [f"{CSS}, annexe 2 à A931-11-17"],
    "Code de la sécurité sociale, article Annexe à l'article A931-11-9 (1er alinéa)  Annexe I": [
        f"{CSS}, annexe 1 à A931-11-9"
    ],
    "Code du travail, article Annexe": [f"{CT}, annexe"],
    "Article L. 1221-1 du code du travail : le contrat": [f"{CT}, article L1221-1"],
    "L'article L. 1221-1 du code du travail et ses suites": [],
    "Commentaire de l'article L. 1221-1 du code du travail": [],
    "Décret n° 2020-123 du 3 février 2020 relatif aux congés": ["décret n° 2020-123 du 3 février 2020"],
    "Arrêté du 3 février 2021 modifiant l'arrêté du 12 mars 2020": ["arrêté du 3 février 2021"],
    "Circulaire DGS/SP1 n° 2004-123 du 12 mars 2004 (NOR : SSAP0430123C)": [
        "circulaire n° DGS/SP1/2004/123 du 12 mars 2004",
        "NOR SSAP0430123C",
    ],
    "Note sur la circulaire du 12 mars 2020": [],
    "SSAH2012345A.pdf": ["NOR SSAH2012345A"],
    "Congé de proche aidant": [],
    "": [],
}


@pytest.mark.parametrize("title", TITLES)
def test_a_title_says_what_the_document_is(title: str) -> None:
    assert [str(reference) for reference in borne(DocumentMetadata(title))] == TITLES[title]


def test_a_document_is_found_by_its_number_and_by_its_day() -> None:
    day = dt.date(2021, 3, 3)
    circular = DocumentMetadata("Congés", kind=TextKind.CIRCULAIRE, number="DGOS/R4/2021/12", signed_on=day)
    for question in ("circulaire n° DGOS/R4/2021/12", "circulaire n° 2021-12", "circulaire du 3 mars 2021"):
        (reference,) = asked(question)
        assert reference.looked_for()[0] in names(circular), question
    for question in ("circulaire du 4 mars 2021", "décret n° 2021-12", "instruction du 3 mars 2021"):
        (reference,) = asked(question)
        assert not names(circular) & set(reference.looked_for()), question


@pytest.mark.parametrize("number", ["SSAH2012345A", "ssah 20 12345 a"])
def test_a_nor_names_its_document_whatever_its_kind(number: str) -> None:
    assert "NOR SSAH2012345A" in names(DocumentMetadata("", number=number))
    assert "NOR SSAH2012345A" in names(DocumentMetadata("", kind=TextKind.ARRETE, number=number))


def test_a_number_without_a_kind_is_looked_for_as_either() -> None:
    assert names(DocumentMetadata("", number="2020-123")) == {"n° 2020-123", "réf. 2020/123"}


def test_a_part_of_an_annex_is_found_by_the_annex_too() -> None:
    part = names(DocumentMetadata(f"{CSS}, annexe I à l'art. R434-32 (3)"))
    for question in (
        "annexe 1 à l'article R434-32 CSS",
        "annexe à l'article R. 434-32",
        "annexe I à l'art. R434-32 (3) CSS",
    ):
        (reference,) = asked(question)
        assert part & set(reference.looked_for()), question
    assert not part & set(asked("article R434-32 CSS")[0].looked_for())


def test_an_article_without_its_letter_is_looked_for_with_each() -> None:
    for question in ("article 3141-1 du code du travail", "article 3141-1"):
        (reference,) = asked(question)
        assert names(DocumentMetadata("Code du travail, article L3141-1")) & set(reference.looked_for())


def test_a_title_without_a_code_may_be_any_codes() -> None:
    (reference,) = asked("article L1221-1 du code du travail")
    assert names(DocumentMetadata("Article L1221-1")) & set(reference.looked_for())
    assert not names(DocumentMetadata("Code civil, article L1221-1")) & set(reference.looked_for())


# A passage of an article of the CSS, and what it cites.
PASSAGES = {
    "mentionnés à l'article L. 162-5 et du 9° de l' article L. 162-32-1 .": [
        f"{CSS}, article L162-5",
        f"{CSS}, article L162-32-1",
    ],
    "les articles L. 213-1 ou, s'il en relève, L. 752-1 du présent code": [
        f"{CSS}, article L213-1",
        f"{CSS}, article L752-1",
    ],
    "aux articles L. 114-9 à L. 114-21 , L. 162-1-15 et L. 5 du code du travail": [
        f"{CT}, article L114-9",
        f"{CT}, article L114-21",
        f"{CT}, article L162-1-15",
        f"{CT}, article L5",
    ],
    "de l'article L. 1114-1 du code de la santé publique, et les articles L. 5 et L. 6 du même code": [
        f"{CSP}, article L1114-1",
        f"{CSP}, article L5",
        f"{CSP}, article L6",
    ],
    "au sens de l'article L. 5124-13-2 dudit code": [],
    "l'article L. 12 du code de déontologie": [],
    "sous réserve du code du travail, l'article L. 162-5 s'applique": [f"{CSS}, article L162-5"],
    "prévue à l'article L. 136-1 -10 % pour": [f"{CSS}, article L136-1"],
    "au taux de l'article L. 621-1 8,80 %": [f"{CSS}, article L621-1"],
    "à l'article L. 162-\n5-3": [f"{CSS}, article L162-5-3"],
    "à l'article L. 5125-1-1 A du code de la santé publique": [f"{CSP}, article L5125-1-1 A"],
    "l'article 50 de la loi organique n° 2001-692 du 1er août 2001": [
        "article 50 de la loi n° 2001-692 du 1er août 2001"
    ],
    "le présent article, son troisième alinéa et l'article 5": [],
    "R. 4451-53 R. 4451-4": [f"{CSS}, article R4451-53", f"{CSS}, article R4451-4"],
}


@pytest.mark.parametrize("passage", PASSAGES)
def test_a_passage_cites(passage: str) -> None:
    assert [str(reference) for reference in cited(passage, CSS)] == PASSAGES[passage]


def test_a_document_that_is_cited_is_found_by_its_names() -> None:
    citing = DocumentMetadata("Code de la sécurité sociale, article L162-1")
    assert own_code(citing) == CSS
    found = citations("les articles L. 162-1 et L. 162-5, et l'article 5 de la loi n° 78-17", citing)
    assert found == {"CSS L162-5", "n° 78-17 art. 5", "n° 78-17"}  # and not itself
    assert found & names(DocumentMetadata("Code de la sécurité sociale, article L162-5"))
    assert found & names(DocumentMetadata("Loi n° 78-17 du 6 janvier 1978 relative à l'informatique"))
    assert not found & names(DocumentMetadata("Code du travail, article L162-5"))

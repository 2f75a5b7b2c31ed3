"""Copies and versions of one text are shown once; texts that are merely alike stay apart."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import Chunk, DocumentMetadata, Locator, TextKind
from retrieval.index import Hit
from retrieval.variants import COMPARED, Collapsed, collapsed

LEAVE = (
    "Le congé de proche aidant est ouvert à tout salarié qui accompagne une personne en perte d’autonomie. "
    "Sa durée est de trois mois, et il peut être renouvelé, sans pouvoir excéder un an pour l’ensemble de la carrière. "
    "Le salarié informe son employeur un mois avant le début du congé, par tout moyen qui donne une date certaine à sa "
    "demande. Pendant ce congé le salarié ne peut exercer aucune autre activité professionnelle, mais il peut être "
    "employé par la personne aidée. L’indemnité est de 64,54 euros par jour depuis le 1er janvier 2024."
)
SCANNED = LEAVE.replace("tout moyen", "tout rnoyen").replace("renouvelé", "renouvelè")

# Articles of the Code de la sécurité sociale (R178-15 and R178-16) and of the Code du travail differ like this.
DENTISTS = (
    "La section des assurances sociales du conseil régional de l’ordre des chirurgiens-dentistes comprend un "
    "président et quatre assesseurs, nommés par le directeur de l’agence régionale sur proposition de l’ordre."
)
DOCTORS = DENTISTS.replace("chirurgiens-dentistes", "médecins")


def hit(
    text: str = LEAVE, title: str = "Congé de proche aidant", *, id_: str = "a", collection: int = 1, **said: Any
) -> Hit:
    metadata = DocumentMetadata(title, **said)
    return Hit(UUID(int=collection), id_, 1, metadata, Chunk(0, text, Locator(None, (), 0, len(text))), 0.5, 0.9)


def places(found: list[Collapsed]) -> list[list[str]]:
    return [[f"{one.collection_id.int}{one.document_id}" for one in (each.hit, *each.variants)] for each in found]


def test_a_copy_in_another_collection_is_a_variant_of_the_first() -> None:
    assert places(collapsed([hit(), hit(DOCTORS, "Ordre", id_="b"), hit(collection=2)])) == [["1a", "2a"], ["1b"]]


def test_a_copy_under_another_name_is_one_where_its_title_is_the_same_but_for_capitals_and_blanks() -> None:
    assert places(collapsed([hit(), hit(title="CONGÉ  de proche aidant ", id_="b")])) == [["1a", "1b"]]


def test_a_scan_that_reads_some_words_otherwise_is_a_copy() -> None:
    assert places(collapsed([hit(), hit(SCANNED, collection=2)])) == [["1a", "2a"]]
    assert places(collapsed([hit(), hit(LEAVE.upper(), collection=2)])) == [["1a", "2a"]]


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        ("64,54", "65,54"),
        ("trois mois", "quatre mois"),
        ("1er janvier", "1er juillet"),
        ("2024", "2025"),
        ("peut être renouvelé", "ne peut pas être renouvelé"),
        ("aucune autre", "une autre"),
        ("sans pouvoir", "et pouvoir"),
    ],
)
def test_texts_that_differ_in_a_number_a_date_or_a_negation_alone_stay_apart(said: str, otherwise: str) -> None:
    assert said in LEAVE
    other = hit(LEAVE.replace(said, otherwise, 1), collection=2)
    assert places(collapsed([hit(), other])) == [["1a"], ["2a"]]


def test_alike_articles_of_other_titles_stay_apart_even_with_the_same_words() -> None:
    found = [hit(DENTISTS, "Article R145-5", id_="b"), hit(DOCTORS, "Article R145-6", id_="c"), hit(id_="d")]
    same = hit(title="Congé de proche aidant à temps partiel", id_="e")
    assert places(collapsed([*found, same])) == [["1b"], ["1c"], ["1d"], ["1e"]]


def test_texts_without_a_title_or_number_are_told_by_their_identifiers() -> None:
    assert places(collapsed([hit(title=""), hit(title="", id_="b"), hit(title="", collection=2)])) == [
        ["1a", "2a"],
        ["1b"],
    ]


def test_passages_of_one_document_are_never_variants() -> None:
    assert len(collapsed([hit(), hit(), hit(SCANNED)])) == 3


def test_versions_of_other_dates_are_variants_and_may_differ_in_amounts() -> None:
    old = hit(kind=TextKind.CIRCULAIRE, signed_on=dt.date(2023, 1, 1))
    new = hit(LEAVE.replace("64,54", "65,80"), id_="b", kind=TextKind.CIRCULAIRE, signed_on=dt.date(2024, 1, 1))
    assert places(collapsed([old, new])) == [["1b", "1a"]]
    other = hit(LEAVE.replace("64,54", "65,80"), id_="b", kind=TextKind.NOTE, signed_on=dt.date(2024, 1, 1))
    assert places(collapsed([old, other])) == [["1a"], ["1b"]]


def test_two_notes_of_one_title_about_different_things_are_two_texts() -> None:
    one = hit(title="Note de service", kind=TextKind.NOTE, signed_on=dt.date(2023, 1, 1))
    two = hit(DOCTORS, "Note de service", id_="b", kind=TextKind.NOTE, signed_on=dt.date(2024, 1, 1))
    assert places(collapsed([one, two], documents=True)) == [["1a"], ["1b"]]


def test_what_another_text_replaces_is_a_variant_of_it() -> None:
    old = hit(id_="old", number="DGOS/2020/7", title="Congés")
    new = hit(LEAVE.replace("64,54", "65,80"), id_="new", number="DGOS/2024/1", replaces=("dgos/2020/7",))
    assert places(collapsed([old, new])) == [["1old", "1new"]]
    marked = hit(id_="old", number="DGOS/2020/7", title="Congés", replaced_by="DGOS/2024/1")
    alone = hit(LEAVE.replace("64,54", "65,80"), id_="new", number="DGOS/2024/1")
    assert places(collapsed([marked, alone])) == [["1new", "1old"]]


def test_a_replaced_text_is_a_variant_of_its_successor_whatever_the_passages_say_where_documents_are_found() -> None:
    old = hit(DOCTORS, "Ordre", id_="old", number="DGOS/2020/7", signed_on=dt.date(2020, 1, 1))
    new = hit(id_="new", number="DGOS/2024/1", replaces=("DGOS/2020/7",), signed_on=dt.date(2024, 1, 1))
    assert places(collapsed([old, new])) == [["1old"], ["1new"]]
    assert places(collapsed([old, new], documents=True)) == [["1new", "1old"]]
    assert places(collapsed([new, old], documents=True)) == [["1new", "1old"]]


def test_the_variant_in_force_then_the_newest_then_the_best_found_comes_first() -> None:
    day = dt.date(2020, 1, 1)
    repealed = hit(id_="a", repealed_on=dt.date(2030, 1, 1), in_force_from=dt.date(2025, 1, 1))
    replaced = hit(id_="b", replaced_by="X")
    older, newer = hit(id_="c", in_force_from=day), hit(id_="d", in_force_from=dt.date(2024, 1, 1))
    undated = hit(id_="e")
    (only,) = places(collapsed([undated, replaced, repealed, older, newer]))
    assert only == ["1d", "1c", "1e", "1a", "1b"]


def test_the_variant_that_the_question_names_comes_first_even_where_another_replaces_it() -> None:
    old = replace(hit(DOCTORS, "Ordre", id_="old", number="DGOS/2020/7"), named=True)
    new = hit(id_="new", number="DGOS/2024/1", replaces=("DGOS/2020/7",))
    (only,) = collapsed([new, old], documents=True)
    assert (places([only]), only.named) == ([["1old", "1new"]], True)


def test_a_text_stands_where_its_best_variant_stood() -> None:
    found = [hit(id_="a", signed_on=dt.date(2020, 1, 1)), hit(DOCTORS, "Ordre", id_="b")]
    assert places(collapsed([*found, hit(id_="c", signed_on=dt.date(2024, 1, 1))])) == [["1c", "1a"], ["1b"]]


def test_of_many_texts_of_one_title_all_exact_copies_are_found() -> None:
    many = [hit(f"{n} {LEAVE}", id_=str(n), collection=3) for n in range(2 * COMPARED)]
    copies = [hit(one.chunk.text, id_=one.document_id, collection=4) for one in many]
    assert [len(each) for each in places(collapsed([*many, *copies]))] == [2] * len(many)


WORDS = st.sampled_from(["congé", "mois", "ne", "pas", "3", "4", "aidant", "é", ""])
HITS = st.lists(
    st.builds(
        hit,
        st.lists(WORDS, max_size=8).map(" ".join),
        st.sampled_from(["", "Titre", "titre "]),
        id_=st.sampled_from("abc"),
        collection=st.integers(1, 3),
        number=st.sampled_from(["", "N1", "N2"]),
        replaces=st.sampled_from([(), ("N1",), ("N2", "N1")]),
        replaced_by=st.sampled_from(["", "N2"]),
        signed_on=st.sampled_from([None, dt.date(2020, 1, 1), dt.date(2024, 1, 1)]),
    ),
    max_size=12,
)


@given(HITS, st.booleans())
def test_each_hit_is_there_once_and_a_document_once_in_a_text(hits: list[Hit], documents: bool) -> None:
    found = collapsed(hits, documents=documents)
    flat = [one for each in found for one in (each.hit, *each.variants)]
    assert sorted(map(id, flat)) == sorted(map(id, hits))
    assert all(len(set(group)) == len(group) for group in places(found))


@given(HITS)
def test_what_was_collapsed_has_the_order_of_the_best_of_each(hits: list[Hit]) -> None:
    rank = {id(one): place for place, one in enumerate(hits)}
    best = [min(rank[id(one)] for one in (each.hit, *each.variants)) for each in collapsed(hits)]
    assert best == sorted(best)

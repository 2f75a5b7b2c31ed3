"""Texts found by the legal references that name them, or that they cite, on each implementation of `Index`."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from retrieval import DocumentMetadata, Index, Point, TextKind, Vector, Within
from retrieval.index import Link
from tests.contracts.indexes import A, B, C, direction, ids, point

L162 = "Code de la sécurité sociale, article L162-5-3"
CITING = (
    "Les tarifs de l'article L. 162-5-3 s'appliquent aux actes de l'article L. 1110-1 du code de la santé publique."
)


def titled(collection: UUID, document: str, title: str, text: str = "congé", *, towards: int = 0) -> Point:
    """A chunk of a document of which the title alone is known."""
    return replace(point(collection, document, text, towards=towards), metadata=DocumentMetadata(title))


async def linked(
    index: Index, link: Link, *references: str, collections: frozenset[UUID] = frozenset({A})
) -> list[str]:
    """The documents that are so tied, nearest to the first direction first."""
    return ids(await index.linked(link, references, direction(0), within=Within(collections), limit=10))


async def test_a_text_is_found_by_its_name_alone(index: Index) -> None:
    await index.upsert(
        [titled(A, "it", L162, towards=3), titled(A, "near", f"{L162}-1"), titled(A, "citing", "", CITING)]
    )
    assert await linked(index, Link.NAMED, "CSS L162-5-3") == ["it"]
    assert await linked(index, Link.NAMED, "L162-5-3") == ["it"]
    assert await linked(index, Link.NAMED, "CT L162-5-3") == []


async def test_a_text_without_a_code_cites_the_articles_of_any(index: Index) -> None:
    await index.upsert([titled(A, "note", "Note", CITING), titled(A, "it", L162)])
    assert await linked(index, Link.CITING, "L162-5-3") == ["note"]
    assert await linked(index, Link.CITING, "CSP L1110-1") == ["note"]


async def test_an_article_cites_its_own_code_where_it_names_none(index: Index) -> None:
    await index.upsert([titled(A, "one", "Code du travail, article L1", CITING), titled(A, "two", f"{L162}-1", CITING)])
    assert await linked(index, Link.CITING, "CSS L162-5-3") == ["two"]
    assert await linked(index, Link.CITING, "CT L162-5-3") == ["one"]


async def test_the_nearest_come_first_with_their_cosine(index: Index) -> None:
    await index.upsert([titled(A, "far", L162, towards=1), titled(A, "near", L162, towards=0)])
    hits = await index.linked(Link.NAMED, ["CSS L162-5-3"], direction(0), within=Within(frozenset({A})), limit=10)
    assert ids(hits) == ["near", "far"]
    assert [hit.score for hit in hits] == pytest.approx([1, 0], abs=1e-5)
    assert [hit.similarity for hit in hits] == pytest.approx([1, 0], abs=1e-5)


async def test_a_text_is_found_by_its_name_where_the_question_has_no_vector(index: Index) -> None:
    await index.upsert([titled(A, "one", L162), titled(A, "two", L162), titled(A, "other", "Autre")])
    nowhere: Vector = np.empty(0, np.float32)
    hits = await index.linked(Link.NAMED, ["CSS L162-5-3"], nowhere, within=Within(frozenset({A})), limit=10)
    assert {hit.document_id for hit in hits} == {"one", "two"}


@pytest.mark.parametrize("link", Link)
async def test_only_permitted_texts_in_force_are_found(index: Index, link: Link) -> None:
    repealed = titled(A, "repealed", L162, CITING)
    repealed = replace(repealed, metadata=replace(repealed.metadata, repealed_on=dt.date(2020, 1, 1)))
    await index.upsert([repealed, titled(B, "elsewhere", L162, CITING), titled(A, "here", L162, CITING)])
    references = ["CSS L162-5-3"] if link is Link.NAMED else ["CSP L1110-1"]
    assert await linked(index, link, *references, collections=frozenset()) == []
    assert await linked(index, link, *references, collections=frozenset({C})) == []
    assert await linked(index, link, *references, collections=frozenset({B})) == ["elsewhere"]
    within = Within(frozenset({A}), on=dt.date(2024, 1, 1))
    assert ids(await index.linked(link, references, direction(0), within=within, limit=10)) == ["here"]


@pytest.mark.parametrize("link", Link)
async def test_no_reference_finds_nothing(index: Index, link: Link) -> None:
    await index.upsert([titled(A, "it", L162, CITING)])
    assert await linked(index, link) == []


async def test_a_correction_renames_a_text(index: Index) -> None:
    await index.upsert([titled(A, "it", "Sans titre"), titled(A, "other", "Autre")])
    assert await linked(index, Link.NAMED, "arrêté 2021-02-03") == []
    signed = DocumentMetadata("Sans titre", kind=TextKind.ARRETE, signed_on=dt.date(2021, 2, 3), number="SSAH2102345A")
    await index.describe(A, "it", signed)
    assert await linked(index, Link.NAMED, "arrêté 2021-02-03") == ["it"]
    assert await linked(index, Link.NAMED, "NOR SSAH2102345A") == ["it"]
    await index.describe(A, "it", replace(signed, signed_on=None, number=""))
    assert await linked(index, Link.NAMED, "arrêté 2021-02-03", "NOR SSAH2102345A") == []

"""Passages for programs."""

import datetime as dt
from typing import Any

import httpx
import pytest

from retrieval.corpus import TextKind
from retrieval.errors import CollectionNotFound
from retrieval.within import Filters
from tests.ui.v1.scripted import Script


async def test_passages_are_found_for_a_program(http: httpx.AsyncClient, script: Script) -> None:
    response = await http.post("/search", json={"question": "congé", "collections": ["Aide"], "k": 1})
    assert response.status_code == 200
    assert [passage["document_id"] for passage in response.json()["passages"]] == ["conge.md"]
    assert response.json()["searched"] == ["Aide"]
    assert script.asked == [("s-programme", "congé", ("Aide",), ())]


async def test_a_collection_that_is_not_open_is_not_found(http: httpx.AsyncClient) -> None:
    response = await http.post("/search", json={"question": "congé", "collections": ["Paie"]})
    assert response.status_code == 404
    assert response.json()["error"]["message"] == str(CollectionNotFound("Paie"))


async def test_filters_of_a_program_are_checked_and_go_on_to_the_search(
    http: httpx.AsyncClient, script: Script
) -> None:
    narrowed = {"question": "congé", "kinds": ["circulaire"], "authors": ["DGS"], "signed_from": "2024-01-01"}
    assert (await http.post("/search", json=narrowed)).status_code == 200
    day = dt.date(2024, 1, 1)
    assert script.filters == [Filters(frozenset({TextKind.CIRCULAIRE}), frozenset({"DGS"}), day)]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"kinds": ["roman"]}, "kinds.0"),
        ({"signed_from": "hier"}, "signed_from"),
        ({"signed_from": "2024-01-02", "signed_until": "2024-01-01"}, "finit avant"),
        ({"context": 11}, "au plus 10"),
        ({"colour": "bleu"}, "ce nom n’est pas connu"),
    ],
)
async def test_a_wrong_filter_of_a_program_is_refused(
    http: httpx.AsyncClient, wrong: dict[str, Any], problem: str
) -> None:
    answer = await http.post("/search", json={"question": "congé"} | wrong)
    assert answer.status_code == 422
    assert problem in answer.json()["error"]["message"]

"""Passages for programs."""

import httpx

from retrieval.errors import CollectionNotFound
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

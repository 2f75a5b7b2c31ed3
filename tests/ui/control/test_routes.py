"""The API behind the command line, over real services."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ui.access import open_access
from ui.control.routes import control_application
from ui.database import DatabaseSettings, Pool
from ui.evaluation.run_file import SEARCHES
from ui.opening import open_services
from ui.settings import Settings

NAME = "Santé / 100 % ?"
JUDGED = {"id": "1", "question": "télétravail", "relevant": ["note"]}


@pytest.fixture
async def api(tmp_path: Path, pool: Pool, postgres: DatabaseSettings, gemma: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that has one empty collection."""
    settings = Settings(home=tmp_path / "home", postgres=postgres.url, model=gemma)
    async with (
        open_services(settings) as services,
        open_access(settings, services.pool, services.ledger) as access,
    ):
        transport = httpx.ASGITransport(control_application(services, access), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://assistant") as client:
            assert (await client.post("/collections", json={"name": NAME})).status_code == 200
            yield client


async def _lines(api: httpx.AsyncClient, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    response = await api.post(path, json=body)
    assert response.status_code == 200
    return [json.loads(line) for line in response.text.splitlines()]


async def test_what_is_imported_is_listed_found_and_deleted(api: httpx.AsyncClient, tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Télétravail\n\nTrois jours par semaine.")

    *progress, summary = await _lines(api, "/ingest", {"collection": NAME, "paths": [str(note)]})
    unfinished = {"failed": [], "skipped": [], "waiting": 0, "held": []}
    assert summary == {"kind": "summary", "added": 1, "changed": 0, "unchanged": 0} | unfinished
    assert {line["kind"] for line in progress} == {"progress"}
    (collection,) = (await api.get("/collections")).json()
    assert (collection["name"], collection["documents"]) == (NAME, 1)

    (passage,) = (await api.post("/search", json={"question": "télétravail"})).json()["passages"]
    assert passage["document_id"] == str(note)
    assert passage["locator"].keys() == {"page", "heading_path", "start", "end"}

    questions = [{"id": "1", "question": "télétravail", "relevant": [str(note)]}]
    *progress, line = await _lines(api, "/evaluate", {"questions": questions})
    assert {line["kind"] for line in progress} == {"progress"}
    run = SEARCHES.of(line)
    assert run.searched == (NAME,)
    assert [one.first_rank for one in run.questions] == [1]

    deleted = await api.delete("/collections", params={"name": NAME})
    assert deleted.json() == {"name": NAME, "documents": 1}
    assert (await api.get("/collections")).json() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("DELETE", "/collections?name=..", None, 404),
        ("POST", "/search", {"question": "a", "collections": ["Nulle part"]}, 404),
        ("POST", "/collections", {"name": NAME.upper()}, 409),
        ("POST", "/collections", {"name": " "}, 422),
        ("POST", "/collections", {"name": "a", "truc": 1}, 422),
        ("POST", "/search", {"question": " "}, 422),
        ("POST", "/search", {"question": "a" * 50_000}, 422),
        ("POST", "/search", {"question": "a", "k": 0}, 422),
        ("POST", "/ingest", {"collection": NAME, "paths": []}, 422),
        ("POST", "/calibrate", {"sets": []}, 422),
        ("POST", "/calibrate", {"sets": [{"name": "a", "questions": []}]}, 422),
        ("POST", "/calibrate", {"sets": [{"name": "a", "questions": [JUDGED]}] * 2}, 422),
        ("POST", "/nulle-part", {}, 404),
        ("DELETE", "/collections/a", None, 404),
    ],
)
async def test_each_refusal_is_one_sentence_of_french(
    api: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    response = await api.request(method, path, json=body)
    assert response.status_code == status
    assert response.json().keys() == {"message"}
    assert response.json()["message"].endswith(".")


async def test_what_was_learned_comes_after_progress(api: httpx.AsyncClient, tmp_path: Path) -> None:
    notes = tmp_path / "notes.jsonl"
    subjects = ("télétravail", "retraite", "maternité", "logement")
    notes.write_text("".join(json.dumps({"id": one, "text": f"Une note sur : {one}."}) + "\n" for one in subjects))
    await _lines(api, "/ingest", {"collection": NAME, "paths": [str(notes)]})
    questions = [{"id": one, "question": one, "relevant": [one]} for one in subjects]
    sets = [{"name": "notes", "questions": questions, "collections": [NAME]}]
    *progress, learned = await _lines(api, "/calibrate", {"sets": sets})
    assert [(line["kind"], line["done"], line["total"]) for line in progress] == [
        ("progress", n, 4) for n in (1, 2, 3, 4)
    ]
    assert learned["kind"] == "calibration"
    assert learned["sets"]["notes"].keys() == {"fused", "ranked"}
    assert learned["wins"] is False  # plain fusion is right already
    assert learned["ranker"].keys() == {"format", "embedding", "weights", "learned"}

    (error,) = await _lines(api, "/calibrate", {"sets": [{**sets[0], "collections": ["Nulle part"]}]})
    assert (error["kind"], "Nulle part" in error["message"]) == ("error", True)


async def test_an_error_in_mid_stream_is_the_last_line(api: httpx.AsyncClient, tmp_path: Path) -> None:
    broken = tmp_path / "notes.jsonl"
    broken.write_text('{"id": "1", "text": "a"}\n{"id": \n')
    (error,) = await _lines(api, "/ingest", {"collection": NAME, "paths": [str(broken)]})
    assert error["kind"] == "error"
    assert "ligne 2" in error["message"]
    assert (await api.get("/collections")).json()[0]["documents"] == 0


async def test_what_nobody_expected_ends_a_stream_with_a_sentence_that_tells_nothing(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("secret")

    monkeypatch.setattr("ingestion.Ingestion.ingest", fail)
    (error,) = await _lines(api, "/ingest", {"collection": NAME, "paths": ["/"]})
    assert error["kind"] == "error"
    assert "secret" not in error["message"]

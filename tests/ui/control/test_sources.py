"""Sources over the API behind the command line, and on schedule, over real services."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.certificate import certificate_of_this_machine
from tests.places import PASSWORD, USER, webdav_server
from ui.access import open_access
from ui.control.routes import control_application
from ui.database import DatabaseSettings, Pool
from ui.opening import open_services
from ui.services import Services
from ui.settings import Settings
from ui.sources import scheduled

Api = tuple[httpx.AsyncClient, Services]


@pytest.fixture
async def api(tmp_path: Path, pool: Pool, postgres: DatabaseSettings, gemma: Path) -> AsyncIterator[Api]:
    """A client of an application that has one empty collection, and may read a WebDAV server of this machine."""
    share = tmp_path / "partage"
    share.mkdir()
    certificate = certificate_of_this_machine(tmp_path)
    with webdav_server(share, certificate) as url:
        section = {"address": url, "user": USER, "secret": PASSWORD, "ca": certificate.public}
        settings = Settings.model_validate(
            {"home": tmp_path / "home", "postgres": postgres.url, "model": gemma, "sources": {"nuage": section}}
        )
        async with (
            open_services(settings) as services,
            open_access(settings, services.pool, services.ledger) as access,
        ):
            transport = httpx.ASGITransport(control_application(services, access), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://assistant") as client:
                assert (await client.post("/collections", json={"name": "Notes"})).status_code == 200
                yield client, services


async def add(client: httpx.AsyncClient, **given: Any) -> httpx.Response:
    body = {"name": "Partage", "collection": "Notes", "kind": "folder", "location": "/"} | given
    return await client.post("/sources", json=body)


async def sync(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    response = await client.post("/sources/sync", json={"name": "Partage"} | given)
    assert response.status_code == 200
    last: dict[str, Any] = json.loads(response.text.splitlines()[-1])
    return last


async def found(client: httpx.AsyncClient, number: int) -> list[str]:
    """The titles that can be found, once there are so many documents."""
    while (await client.get("/collections")).json()[0]["documents"] != number:  # noqa: ASYNC110 (another process's work)
        await asyncio.sleep(0.02)
    passages = (await client.post("/search", json={"question": "congé"})).json()["passages"]
    return sorted(passage["title"] for passage in passages)


async def test_a_share_is_followed_with_the_credentials_of_the_settings(api: Api, tmp_path: Path) -> None:
    client, services = api
    address = services.sources.opening.credentials["nuage"].address
    (tmp_path / "partage" / "note.txt").write_text("Le congé dure seize semaines.")
    added = await add(client, kind="webdav", location=address, credentials="nuage", every_minutes=5)
    assert added.status_code == 200, added.text
    assert (await sync(client))["added"] == 1
    assert await found(client, 1) == ["note"]
    (listed,) = (await client.get("/sources")).json()
    assert (listed["collection"], listed["every_minutes"], listed["failure"]) == ("Notes", 5, "")
    assert listed["counts"]["added"] == 1
    async with services.pool.connection() as connection:
        rows = await (await connection.execute("select source::text from source")).fetchall()
        records = [record.body.decode() async for record in services.ledger.records(connection)]
    assert PASSWORD not in str(rows) + str(records) + added.text
    assert not any("note.txt" in record for record in records)

    removed = await client.delete("/sources", params={"name": "Partage"})
    assert removed.json() == {"name": "Partage", "documents": 1}
    assert await found(client, 0) == []
    assert (await client.get("/sources")).json() == []


async def test_documents_may_stay_when_the_source_goes(api: Api, tmp_path: Path) -> None:
    client, _ = api
    folder = tmp_path / "dossier"
    folder.mkdir()
    (folder / "note.txt").write_text("Le congé.")
    await add(client, location=str(folder))
    await sync(client)
    await client.delete("/sources", params={"name": "Partage", "keep_documents": "true"})
    assert await found(client, 1) == ["note"]


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"collection": "Nulle part"}, 404, "n’existe pas"),
    ({"name": " "}, 422, "caractères"),
    ({"name": "a\u202eb"}, 422, "visibles"),
    ({"location": "relatif"}, 422, "chemin entier"),
    ({"credentials": "nuage"}, 422, "chemin entier"),
    ({"kind": "ftp"}, 422, "kind"),
    ({"every_minutes": 0}, 422, "every_minutes"),
    ({"kind": "webdav", "location": "https://127.0.0.1/"}, 422, "--credentials"),
    ({"kind": "s3", "location": "https://ailleurs.exemple/seau", "credentials": "nuage"}, 422, "sont pour"),
    ({"kind": "webdav", "location": "ADRESSE-voisin/", "credentials": "nuage"}, 422, "sont pour"),
    ({"kind": "webdav", "location": "ADRESSE/../secret", "credentials": "nuage"}, 422, "adresse complète"),
    ({"kind": "webdav", "location": "ADRESSE/%2e%2e/secret", "credentials": "nuage"}, 422, "adresse complète"),
    ({"kind": "webdav", "location": "https://a:motdepasse@nuage/", "credentials": "nuage"}, 422, "réglages"),
]


async def test_what_does_not_hold_together_is_refused_in_one_sentence(api: Api) -> None:
    client, services = api
    address = services.sources.opening.credentials["nuage"].address
    for given, status, word in REFUSED:
        refused = await add(client, **{key: str(value).replace("ADRESSE", address) for key, value in given.items()})
        assert refused.status_code == status, refused.text
        assert word in refused.json()["message"]
        assert "motdepasse" not in refused.text
    assert (await client.get("/sources")).json() == []


async def test_a_source_that_is_not_there_or_has_a_name_twice_is_said_to(api: Api, tmp_path: Path) -> None:
    client, _ = api
    assert "n’existe pas" in (await sync(client))["message"]
    assert (await client.delete("/sources", params={"name": "Partage"})).status_code == 404
    assert (await add(client, location=str(tmp_path / "absent"))).status_code == 200
    assert (await add(client, name="PARTAGE", location=str(tmp_path))).status_code == 409
    assert "injoignable" in (await sync(client))["message"]
    (listed,) = (await client.get("/sources")).json()
    assert "injoignable" in listed["failure"]


async def test_what_is_due_is_synchronised_by_itself(api: Api, tmp_path: Path) -> None:
    client, services = api
    for name, every in (("souvent", 1), ("jamais", None)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.txt").write_text("Le congé.")
        os.utime(folder / f"{name}.txt", (0, 0))
        assert (await add(client, name=name, location=str(folder), every_minutes=every)).status_code == 200
    async with scheduled(services.sources, look_s=0.01):
        assert await found(client, 1) == ["souvent"]
        (tmp_path / "souvent" / "encore.txt").write_text("Le congé, encore.")
        async with services.pool.connection() as connection:
            await connection.execute("update source set synced_at = synced_at - interval '2 minutes'")
        assert await found(client, 2) == ["encore", "souvent"]

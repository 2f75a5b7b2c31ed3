"""Files that browsers send to a collection, as the application takes them."""

from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from policies import Act
from retrieval import Collection
from tests.ui.console.conftest import PEOPLE, Console

NOTE = "# Congé\n\nLe congé de proche aidant dure trois mois.\n".encode()


@pytest.fixture
async def notes(console: Console) -> Collection:
    return await console.collection("Notes", readers=["/DAJ"])


async def begun(console: Console, collection: Collection, who: str = "gustave") -> str:
    """The address of a new upload, below the console's."""
    console.caller.enter("", "", PEOPLE[who])
    started = await console.http.post(
        f"/console/collections/{collection.id}/versements", headers={"Accept": "application/json"}
    )
    assert started.status_code == 200
    return str(started.json()["versement"].removeprefix("/a/console"))


async def put(
    console: Console, upload: str, name: str, content: bytes | AsyncIterator[bytes], who: str = "gustave", **more: str
) -> httpx.Response:
    console.caller.enter("", "", PEOPLE[who])
    headers = {"Nom-Fichier": quote(name)} | {one.replace("_", "-"): value for one, value in more.items()}
    return await console.http.put(f"/console{upload}/fichiers", content=content, headers=headers)


async def test_a_file_is_received_once_and_its_page_says_so(console: Console, notes: Collection) -> None:
    upload = await begun(console, notes)
    first = await put(console, upload, "RH/congé n° 1.md", NOTE)
    taken = {"fichier": "RH/congé n° 1.md", "inchange": False, "refus": ""}
    assert (first.status_code, first.json()) == (200, taken)
    page = await console.get("gustave", upload)
    assert page.status_code == 200
    assert "RH/congé n° 1.md" in page.text
    assert "reçu, à lire" in page.text
    assert 'hx-trigger="every 2s"' in (await console.get("gustave", f"{upload}/avancement")).text
    closed = await console.post("gustave", f"{upload}/fin")
    assert "Tous les fichiers sont envoyés" in closed.text
    late = await put(console, upload, "b.md", NOTE)
    assert late.status_code == 409
    assert "terminé" in late.json()["message"]
    acts = [act for act, _ in await console.acts()]
    assert [act for act in acts if act.startswith("upload.")] == [Act.UPLOAD_STARTED, Act.UPLOAD_CLOSED]


async def test_what_is_not_taken_is_told_by_the_answer_and_by_the_page(console: Console, notes: Collection) -> None:
    upload = await begun(console, notes)
    for name, content, said in (
        ("a.exe", NOTE, "format"),
        ("a.md", b"", "aucun texte"),
        ("../a.md", NOTE, "sort de son dossier"),
        ("/a.md", NOTE, "racine"),
        ("a\0.md", NOTE, "invisibles"),
        ("a" * 1_000, NOTE, "500 caractères"),
    ):
        answer = await put(console, upload, name, content)
        assert answer.status_code == 200
        assert said in answer.json()["refus"]
        assert said in (await console.get("gustave", f"{upload}?etat=refused")).text


async def test_lengths_that_lie_and_bodies_without_one_are_bounded(console: Console, notes: Collection) -> None:
    upload = await begun(console, notes)
    largest = console.services.uploads.limits.file

    async def endless() -> AsyncIterator[bytes]:
        sent = 0
        while True:
            assert sent <= largest + 2_000_000, "it reads on"
            sent += 1_000_000
            yield b"a" * 1_000_000

    async def short() -> AsyncIterator[bytes]:
        yield NOTE

    told = await put(console, upload, "a.md", NOTE, Taille_Fichier=str(largest + 1))
    assert "dépasse" in told.json()["refus"]
    assert "dépasse" in (await put(console, upload, "b.md", endless())).json()["refus"]
    assert (await put(console, upload, "c.md", short())).json()["refus"] == ""
    assert (await put(console, upload, "d.md", NOTE, Taille_Fichier="abc")).json()["refus"] == ""
    assert (await put(console, upload, "%FF", NOTE)).json()["refus"]
    console.caller.enter("", "", PEOPLE["gustave"])
    bad = await console.http.put(f"/console{upload}/fichiers", content=NOTE, headers={"Nom-Fichier": "%FF"})
    assert (bad.status_code, bad.json()) == (422, {"message": "Le nom du fichier n’est pas écrit en UTF-8."})


async def test_nobody_reaches_an_upload_or_a_collection_that_is_not_theirs(console: Console, notes: Collection) -> None:
    upload = await begun(console, notes)
    other = await console.collection("Autre", readers=["/DAJ"])
    forged = [
        upload.replace(str(notes.id), str(other.id)),
        upload.replace(str(notes.id), str(uuid4())),
        f"/collections/{notes.id}/versements/{uuid4()}",
    ]
    for who, addresses in (("gustave", forged), ("gina", [upload, *forged]), ("adele", [upload])):
        for address in addresses:
            assert (await put(console, address, "a.md", NOTE, who)).status_code == 404
            assert (await console.get(who, address)).status_code == 404
            assert (await console.get(who, f"{address}/avancement")).status_code == 404
            assert (await console.post(who, f"{address}/fin")).status_code == 404
    assert (await console.get("gina", f"/collections/{notes.id}/versements")).status_code == 404
    assert (await put(console, upload, "a.md", NOTE, "bob")).status_code == 403
    assert "0 fichier" in (await console.get("gustave", upload)).text


async def test_a_browser_without_scripts_sends_its_files_with_the_form(console: Console, notes: Collection) -> None:
    address = f"/console/collections/{notes.id}/versements"
    console.caller.enter("", "", PEOPLE["gustave"])
    files = [("fichiers", ("a.md", NOTE)), ("fichiers", ("b.exe", b"MZ")), ("fichiers", ("c.md", NOTE + b"c"))]
    page = await console.http.post(address, files=files, follow_redirects=True)
    assert page.status_code == 200
    counts = ("Pas pris&#8239;: 1", "Reçu, à lire&#8239;: 2")
    for said in ("Tous les fichiers sont envoyés", "a.md", "b.exe", "c.md", *counts):
        assert said in page.text
    empty = await console.http.post(address, files=[("fichiers", ("", b""))])
    assert (empty.status_code, "Choisissez au moins un fichier" in empty.text) == (422, True)
    no_form = await console.http.post(address, content=b"x")
    assert no_form.status_code == 422
    many = await console.http.post(address, files=[("fichiers", (f"{one}.md", NOTE)) for one in range(101)])
    assert (many.status_code, "plus de 100 fichiers" in many.text) == (422, True)


async def test_the_page_of_uploads_lists_ones_own(console: Console, notes: Collection) -> None:
    upload = await begun(console, notes)
    await put(console, upload, "a.md", NOTE)
    page = await console.get("gustave", f"/collections/{notes.id}/versements")
    assert f'href="/a/console{upload}"' in page.text
    assert "1 fichier (pas terminé)" in page.text
    assert upload not in (await console.get("adele", f"/collections/{notes.id}/versements")).text

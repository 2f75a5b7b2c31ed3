"""The list of documents, and one change to many of them."""

import re
from urllib.parse import urlencode
from uuid import UUID

import pytest

from policies import Act
from retrieval import Collection
from tests.ui.console.conftest import Console, Fields


@pytest.fixture
async def notes(console: Console) -> Collection:
    texts = {f"note{number:02}": f"Texte {number}." for number in range(60)}
    return await console.collection("Notes", readers=["/DAJ"], **texts)


def ids(page: str) -> list[str]:
    """The documents of a list, in its order."""
    return re.findall(r'name="doc" value="[^/"]*/([^"]*)"', page)


async def test_the_list_is_narrowed_sorted_and_turned_by_its_address(console: Console, notes: Collection) -> None:
    def address(**query: str) -> str:
        return f"/documents?{urlencode({'collection': str(notes.id), 'tri': 'identifiant'} | query)}"

    first = await console.get("gustave", address())
    assert ids(first.text) == [f"note{number:02}" for number in range(50)]
    assert "1 à 50 sur 60 documents" in first.text
    assert ids((await console.get("gustave", address(page="2"))).text) == [f"note{number}" for number in range(50, 60)]
    assert ids((await console.get("gustave", address(tri="-identifiant"))).text)[0] == "note59"
    assert ids((await console.get("gustave", address(texte="NOTE5"))).text) == [f"note{n}" for n in range(50, 60)]
    async with console.pool.connection() as connection:
        await connection.execute("update document set state = 'failed', failure = 'Illisible.' where id = 'note07'")
        await connection.execute(
            "update document_version set kind = 'note', signed_on = '2020-01-01', repealed_on = '2021-01-01', "
            "guessed = '{kind}' where document_id = 'note08'"
        )
    failed = await console.get("gustave", address(etat="failed"))
    assert (ids(failed.text), "Illisible." in failed.text) == (["note07"], True)
    for query in (
        {"nature": "note"},
        {"vigueur": "repealed"},
        {"du": "01/01/2020", "au": "2020-01-01"},
        {"a-verifier": "oui"},
    ):
        assert ids((await console.get("gustave", address(**query))).text) == ["note08"], query
    assert "abrogé le 1er janvier 2021" in (await console.get("gustave", address(texte="note08"))).text


async def test_what_is_wrong_in_a_filter_is_said_beside_it_and_kept(console: Console, notes: Collection) -> None:
    for query, said in (
        ({"du": "demain"}, "Cette date n’existe pas"),
        ({"du": "2026-01-02", "au": "2026-01-01"}, "finit avant"),
        ({"etat": "x"}, "Choisissez l’une"),
        ({"collection": "x"}, "Choisissez l’une"),
        ({"texte": "a" * 501}, "500 caractères"),
        ({"texte": "\0"}, "caractère"),
    ):
        page = await console.get("gustave", f"/documents?{urlencode(query)}")
        assert (page.status_code, said in page.text) == (422, True), query
    page = await console.get("gustave", "/documents?du=demain")
    assert 'value="demain"' in page.text
    assert 'aria-invalid="true"' in page.text


async def test_a_keeper_sees_the_documents_of_their_collections_alone(console: Console, notes: Collection) -> None:
    await console.collection("Autre", owner="/DGS", readers=["/DGS"], other="Un texte.")
    assert ids((await console.get("gina", "/documents")).text) == ["other"]
    assert "Notes" not in (await console.get("gina", "/documents")).text
    assert (await console.get("gina", f"/documents?collection={notes.id}")).status_code == 404
    assert (await console.get("bob", "/documents")).status_code == 403
    assert "61 documents" in (await console.get("adele", "/documents")).text


async def test_what_is_in_quarantine_is_named_by_its_file_alone(console: Console, notes: Collection) -> None:
    async with console.pool.connection() as connection:
        await connection.execute("update document_version set title = 'Mot secret' where document_id = 'note01'")
        await connection.execute("update document set state = 'quarantined' where id = 'note01'")
    page = await console.get("gustave", "/documents?etat=quarantined")
    assert (ids(page.text), "secret" in page.text) == (["note01"], False)
    assert ids((await console.get("gustave", "/documents?texte=secret")).text) == []


def hidden(page: str) -> Fields:
    """What the form of a confirmation keeps."""
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {name: [value for one, value in pairs if one == name] for name, _ in pairs}


async def test_ticked_documents_are_removed_once_that_is_confirmed(console: Console, notes: Collection) -> None:
    ticked = [f"{notes.id}/note01", f"{notes.id}/note02"]
    asked = await console.post("gustave", "/documents/lot", {"doc": ticked, "quoi": "coches", "changement": "remove"})
    assert "2 documents" in asked.text
    done = await console.post("gustave", "/documents/lots", hidden(asked.text))
    assert "2 documents changés." in done.text
    assert "c’est terminé" in done.text
    assert (await console.get("gina", done.url.path.removeprefix("/a/console"))).status_code == 404
    assert "58 documents" in (await console.get("gustave", "/documents")).text
    acts = [(act, details.get("document_id")) for act, details in await console.acts()]
    assert [one for one in acts if one[0] == Act.DOCUMENT_REMOVED] == [
        (Act.DOCUMENT_REMOVED, "note01"),
        (Act.DOCUMENT_REMOVED, "note02"),
    ]


async def test_all_that_the_list_finds_is_changed_in_the_background_and_followed(
    console: Console, notes: Collection
) -> None:
    form = {"quoi": "tout", "changement": "repeal", "texte": "note", "collection": str(notes.id)}
    asked = await console.post("gustave", "/documents/lot", form)
    assert "60 documents" in asked.text
    undated = await console.post("gustave", "/documents/lots", hidden(asked.text))
    assert (undated.status_code, "Donnez le premier jour" in undated.text) == (422, True)
    begun = await console.post("gustave", "/documents/lots", {**hidden(undated.text), "jour": "2026-01-01"})
    assert "0 sur 60 documents" in begun.text
    path = begun.url.path.removeprefix("/a/console")
    await console.services.bulks.work(UUID(path.rpartition("/")[2]))
    part = await console.get("gustave", f"{path}/avancement")
    assert ("60 sur 60" in part.text, part.headers["HX-Refresh"]) == (True, "true")
    assert "1 à 50 sur 60" in (await console.get("gustave", "/documents?vigueur=repealed")).text


async def test_nothing_is_done_where_the_list_has_changed_or_the_form_is_forged(
    console: Console, notes: Collection
) -> None:
    everything = {"quoi": "tout", "changement": "remove", "collection": str(notes.id)}
    moved = await console.post("gustave", "/documents/lots", everything | {"nombre": "59"})
    assert (moved.status_code, "60 documents au lieu de 59" in moved.text) == (409, True)
    for form, status in (
        ({"changement": "remove", "quoi": "coches"}, 422),
        ({"changement": "x", "doc": f"{notes.id}/note01"}, 422),
        ({"changement": "remove", "doc": "note01"}, 422),
        (everything | {"nombre": "x"}, 409),
        (everything | {"etat": "x"}, 422),
    ):
        for path in ("/documents/lot", "/documents/lots"):
            answer = await console.post("gustave", path, form)
            assert answer.status_code in {status, 200 if path == "/documents/lot" else status}, (path, form)
    stolen = {"changement": "remove", "doc": f"{notes.id}/note01", "quoi": "coches"}
    assert (await console.post("gina", "/documents/lots", stolen)).status_code == 404
    assert "60 documents" in (await console.get("gustave", "/documents")).text

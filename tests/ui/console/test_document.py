"""One document's page: what is shown of it, what is changed, and for whom."""

import datetime as dt
from uuid import UUID

import pytest

from policies import Act, Event, Json
from retrieval import Collection, Document, DocumentMetadata, DocumentState, TextKind
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.elements import Elements
from ui.console.document import disposition

HOSTILE = '<script>alert("x")</script>'
GUESSED = DocumentMetadata("Note sur le congé", kind=TextKind.NOTE, number="12", guessed=frozenset({"kind", "number"}))


def address(collection: Collection, document: str = "note", below: str = "", **query: str) -> str:
    asked = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/collections/{collection.id}/document{below}?document={document}{asked}"


def value(page: str, name: str) -> str:
    return next(one.get("value") or "" for one in Elements(page).of("input") if one.get("name") == name)


async def known(console: Console, collection: Collection, id_: str = "note") -> DocumentMetadata:
    async with console.pool.connection() as connection:
        document = await console.services.catalog.document(connection, collection.id, id_)
    return document.metadata  # type: ignore[no-any-return]


async def put(console: Console, collection: Collection, metadata: DocumentMetadata, text: str, sha: str = "s") -> None:
    """A version in the catalogue alone."""
    entry = Document("note", collection.id, metadata, 0, sha, DocumentState.PENDING)
    async with console.pool.connection() as connection:
        versions = await console.services.catalog.put_documents(connection, [(entry, text)])
        await console.services.catalog.mark_indexed(connection, collection.id, versions)


async def did(console: Console, act: Act, who: str, **details: Json) -> None:
    """Put a record into the ledger."""
    async with console.pool.connection() as connection:
        await console.services.ledger.append(connection, Event(act, PEOPLE[who], details))


@pytest.fixture
async def notes(console: Console) -> Collection:
    """Of Gustave's group, with one text."""
    return await console.collection("Notes", note="Le congé dure seize semaines.\nIl se demande par écrit.")


@pytest.mark.parametrize("tab", ["", "texte", "versions", "acces", "citations", "abrogation", "retrait", "rien"])
async def test_every_tab_opens_for_who_keeps_the_collection_and_for_nobody_else(
    console: Console, notes: Collection, tab: str
) -> None:
    page = await console.get("gustave", address(notes, onglet=tab))
    assert page.status_code == 200
    assert "Pages du document" in page.text
    closed = await console.collection("RH", readers=["/DAJ"], note="Texte.")
    assert (await console.get("gina", address(closed, onglet=tab))).status_code == 404
    assert (await console.get("gina", address(notes, onglet=tab))).status_code == 403  # she reads it, and no more
    assert (await console.get("bob", address(notes, onglet=tab))).status_code == 403


@pytest.mark.parametrize("below", ["", "/confirmation", "/abrogation", "/relecture", "/retrait", "/acces"])
async def test_nobody_changes_a_document_of_a_collection_that_is_not_theirs(
    console: Console, notes: Collection, below: str
) -> None:
    form = {"title": "Pris", "repealed_on": "2020-01-01", "sure": "oui", "edition": ""}
    assert (await console.post("gina", address(notes, below=below), form)).status_code == 403
    forged = Collection(UUID(int=7), "", "", "", frozenset(), dt.datetime.now(dt.UTC))
    assert (await console.post("gustave", address(forged, below=below), form)).status_code == 404
    assert (await console.post("gustave", address(notes, "rien", below=below), form)).status_code == 404
    assert await known(console, notes) == DocumentMetadata("note")
    assert not {act for act, _ in await console.acts()} & {Act.DOCUMENT_CORRECTED, Act.DOCUMENT_REMOVED}


@pytest.mark.parametrize("query", ["", "?document=", "?document=%00", "?document=%2e%2e%2fetc", f"?document={HOSTILE}"])
async def test_a_forged_identifier_finds_nothing(console: Console, notes: Collection, query: str) -> None:
    for below in ("", "/image", "/original"):
        page = await console.get("gustave", f"/collections/{notes.id}/document{below}{query}")
        assert page.status_code == 404
        assert HOSTILE not in page.text
    assert (await console.get("gustave", "/collections/1/document?document=note")).status_code == 404


async def test_what_is_typed_takes_the_place_of_what_is_known_and_is_recorded(
    console: Console, notes: Collection
) -> None:
    shown = await console.get("gustave", address(notes))
    form = {
        "edition": value(shown.text, "edition"),
        "title": "Le congé de maternité",
        "kind": "décret",
        "number": "2026-12",
        "signed_on": "01/02/2026",
        "replaces": "2020-1\r\n\r\n2020-2\r\n2020-1",
    }
    page = await console.post("gustave", address(notes), form)
    assert (page.status_code, "C’est corrigé" in page.text) == (200, True)
    metadata = await known(console, notes)
    assert (metadata.title, metadata.kind, metadata.number) == ("Le congé de maternité", TextKind.DECRET, "2026-12")
    assert (metadata.signed_on, metadata.replaces) == (dt.date(2026, 2, 1), ("2020-1", "2020-2"))
    told = [details["fields"] for act, details in await console.acts() if act == Act.DOCUMENT_CORRECTED]
    assert told == [["kind", "number", "replaces", "signed_on", "title"]]
    assert "Corrigé ou confirmé par une personne" in page.text
    again = await console.post("gustave", address(notes), form | {"edition": value(page.text, "edition")})
    assert "Rien n’a changé" in again.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": " "}, "Un document garde un titre"),
        ({"title": "x" * 501}, "501 caractères"),
        ({"kind": "roman"}, "Choisissez l’une des réponses"),
        ({"signed_on": "31/02/2026"}, "Cette date n’existe pas"),
        ({"in_force_from": "2026-02-01", "repealed_on": "2026-01-01"}, "il ne peut pas être abrogé avant"),
        ({"replaces": "\n".join(map(str, range(51)))}, "51 numéros"),
        ({"number": "a\u202eb"}, "caractères qui ne se voient pas"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    console: Console, notes: Collection, typed: dict[str, str], sentence: str
) -> None:
    edition = value((await console.get("gustave", address(notes))).text, "edition")
    form = {"edition": edition, "title": "Congé", "author": "La directrice"} | typed
    page = await console.post("gustave", address(notes), form)
    assert (page.status_code, sentence in page.text) == (422, True)
    assert 'aria-invalid="true"' in page.text
    assert value(page.text, "author") == "La directrice"
    assert await known(console, notes) == DocumentMetadata("note")


async def test_a_form_of_ten_megabytes_is_refused_in_one_sentence(console: Console, notes: Collection) -> None:
    page = await console.post("gustave", address(notes), {"title": "x" * 10_000_000})
    assert (page.status_code, "dépasse 1 Mio" in page.text) == (422, True)
    assert "xxx" not in page.text


async def test_the_second_of_two_is_told_what_is_written_now_and_keeps_what_they_typed(
    console: Console, notes: Collection
) -> None:
    edition = value((await console.get("gustave", address(notes))).text, "edition")
    await console.post("adele", address(notes), {"edition": edition, "title": "Le titre d’Adèle"})
    late = await console.post("gustave", address(notes), {"edition": edition, "title": "Le titre de Gustave"})
    assert late.status_code == 409
    assert "Une autre personne a changé cette fiche" in late.text
    assert value(late.text, "title") == "Le titre de Gustave"
    assert "Écrit maintenant&#8239;: Le titre d’Adèle" in late.text
    assert (await known(console, notes)).title == "Le titre d’Adèle"
    form = {"edition": value(late.text, "edition"), "title": "Le titre de Gustave"}
    assert (await console.post("gustave", address(notes), form)).status_code == 200
    for below in ("/confirmation", "/abrogation"):
        form = {"edition": edition, "repealed_on": "2026-01-01"}
        page = await console.post("gustave", address(notes, below=below), form)
        assert page.status_code in (409, 422)
        assert "entre-temps" in page.text or "Une autre personne" in page.text


async def test_guesses_are_marked_and_confirmed_one_by_one_or_all(console: Console, notes: Collection) -> None:
    await put(console, notes, GUESSED, "Note n° 12")
    page = await console.get("gustave", address(notes))
    assert "2 à vérifier" in page.text
    form = {"edition": value(page.text, "edition"), "field": "kind"}
    page = await console.post("gustave", address(notes, below="/confirmation"), form)
    assert "C’est confirmé" in page.text
    assert (await known(console, notes)).guessed == {"number"}
    form = {"edition": value(page.text, "edition")}
    assert "à vérifier" not in (await console.post("gustave", address(notes, below="/confirmation"), form)).text
    assert (await known(console, notes)).guessed == frozenset()


async def test_a_text_is_repealed_by_one_that_is_looked_for_by_its_title(console: Console, notes: Collection) -> None:
    other = await console.collection("Décrets", nouveau="Un texte nouveau.")
    await console.services.documents.correct(
        PEOPLE["adele"], "Décrets", "nouveau", {"title": "Décret du congé", "number": "2026-99"}
    )
    theirs = await console.collection("Décrets de Gina", owner="/DGS", secret="Un autre texte nouveau.")
    looked = await console.get("gustave", address(notes, onglet="abrogation", texte="decret conge"))
    assert "1 texte trouvé" in looked.text
    by = f"{other.id}/nouveau"
    assert value(looked.text, "by") == by
    edition = value(looked.text, "edition")
    wrong = await console.post("gustave", address(notes, below="/abrogation"), {"edition": edition, "by": by})
    assert (wrong.status_code, "Donnez le premier jour" in wrong.text) == (422, True)
    form = {"edition": edition, "by": f"{theirs.id}/secret", "repealed_on": "2026-03-01"}
    assert (await console.post("gustave", address(notes, below="/abrogation"), form)).status_code == 403
    form |= {"by": by}
    assert "L’abrogation est notée" in (await console.post("gustave", address(notes, below="/abrogation"), form)).text
    metadata = await known(console, notes)
    assert (metadata.repealed_on, metadata.replaced_by) == (dt.date(2026, 3, 1), "2026-99")


async def test_html_and_scripts_in_titles_and_texts_are_text(console: Console) -> None:
    collection = await console.collection(f"Notes {HOSTILE}", note=f"Texte {HOSTILE}\nFin.")
    edition = value((await console.get("gustave", address(collection))).text, "edition")
    await console.post("gustave", address(collection), {"edition": edition, "title": HOSTILE, "author": HOSTILE})
    for tab in ("", "texte", "versions", "acces", "citations", "retrait"):
        page = await console.get("gustave", address(collection, onglet=tab))
        assert "alert(&#34;x&#34;)" in page.text
        assert HOSTILE not in page.text


async def test_the_text_is_shown_as_the_index_holds_it_and_that_is_recorded(
    console: Console, notes: Collection
) -> None:
    page = await console.get("gustave", address(notes, onglet="texte", morceau="1"))
    assert "Le congé dure seize semaines." in page.text
    (chosen,) = [one for one in Elements(page.text).of("li") if one.get("aria-current") == "true"]
    assert chosen["id"] == "morceau-2"
    act, details = (await console.acts())[-1]
    assert (act, details["document"], details["start"]) == (Act.DOCUMENT_OPENED, "note", 30)


async def test_a_long_text_is_shown_a_part_at_a_time(console: Console) -> None:
    lines = "\n".join(f"Alinéa {n}." for n in range(45))
    collection = await console.collection("Longs", note=lines)
    page = await console.get("gustave", address(collection, onglet="texte", morceau="21"))
    assert "21 à 40 sur 45" in page.text
    assert "Alinéa 20." in page.text
    assert "Alinéa 19." not in page.text
    for forged in ("-1", "999999999", "1e9", "9" * 40):
        page = await console.get("gustave", address(collection, onglet="texte", morceau=forged, page=forged))
        assert page.status_code == 200


async def test_two_versions_are_compared_word_by_word_and_both_openings_recorded(
    console: Console, notes: Collection
) -> None:
    await put(console, notes, DocumentMetadata("note"), "Le congé dure vingt semaines.\nIl se demande par écrit.", "v2")
    page = await console.get("gustave", address(notes, onglet="versions", avec="1", version="2"))
    assert "1 différence." in page.text
    assert "<mark>seize</mark>" in page.text
    assert "<mark>vingt</mark>" in page.text
    opened = [details["version"] for act, details in await console.acts() if act == Act.DOCUMENT_OPENED]
    assert opened == [1, 2]
    for forged in ("9", "0", "2", "x"):
        page = await console.get("gustave", address(notes, onglet="versions", avec=forged, version="2"))
        assert (page.status_code, "<mark>" in page.text) == (200, False)


async def test_who_gave_a_version_is_told_as_long_as_the_register_does(console: Console, notes: Collection) -> None:
    details: dict[str, Json] = {"collection_id": str(notes.id), "document_id": "note", "version": 1, "sha256": "s"}
    await did(console, Act.DOCUMENT_RECEIVED, "adele", **details)
    await console.services.auditing.projection.catch_up()
    assert ">adele</td>" in (await console.get("gustave", address(notes, onglet="versions"))).text


async def test_citing_answers_are_counted_by_day_without_a_word_of_theirs(console: Console, notes: Collection) -> None:
    cited: dict[str, Json] = {"collection_id": str(notes.id), "document_id": "note", "version": 1}
    other = cited | {"document_id": "autre"}
    answers: list[dict[str, Json]] = [
        {"cited": [cited], "unsupported": 1},
        {"cited": [cited], "unsupported": 0},
        {"cited": [other], "suspicious": [cited]},
        {"cited": [other]},
    ]
    for answer in answers:
        await did(console, Act.ANSWER_GIVEN, "bob", answer_id=str(UUID(int=1)), **answer)
    await console.services.auditing.projection.catch_up()
    page = (await console.get("gustave", address(notes, onglet="citations"))).text
    assert "<dt>Réponses qui le citent</dt><dd>2</dd>" in page
    assert "<dt>Dont avec des phrases non confirmées</dt><dd>1</dd>" in page
    assert "bob" not in page


async def test_an_administrator_sees_as_a_named_person_and_who_keeps_a_collection_as_themselves(
    console: Console, notes: Collection
) -> None:
    own = await console.get("gustave", address(notes, onglet="acces"))
    assert "Lue par tous les agents." in own.text
    assert own.text.count("<strong>Oui</strong>") == 2
    assert 'name="username"' not in own.text
    assert (await console.post("gustave", address(notes, below="/acces"), {"username": "bob"})).status_code == 403
    nobody = await console.post("adele", address(notes, below="/acces"), {"username": "personne"})
    assert (nobody.status_code, 'aria-invalid="true"' in nobody.text) == (422, True)
    assert value(nobody.text, "username") == "personne"


async def test_a_document_is_removed_once_that_is_confirmed(console: Console, notes: Collection) -> None:
    asked = await console.post("gustave", address(notes, below="/retrait"))
    assert (asked.status_code, "Cochez la case" in asked.text) == (422, True)
    gone = await console.post("gustave", address(notes, below="/retrait"), {"sure": "oui"}, follow=False)
    assert gone.status_code == 303
    assert (await console.get("gustave", address(notes))).status_code == 404
    assert Act.DOCUMENT_REMOVED in {act for act, _ in await console.acts()}


async def test_a_document_without_an_original_says_so_everywhere(console: Console, notes: Collection) -> None:
    page = await console.get("gustave", address(notes))
    assert "n’est pas gardé ici" in page.text
    assert "/document/original" not in page.text
    assert (await console.get("gustave", address(notes, below="/original"))).status_code == 422
    assert (await console.get("gustave", address(notes, below="/image", page="1"))).status_code == 422
    again = await console.post("gustave", address(notes, below="/relecture"))
    assert "Son original n’est pas gardé" in again.text


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ("note.pdf", "note.pdf", "note.pdf"),
        ('a"b\r\nX-Evil: 1.pdf', "a_b__X-Evil_ 1.pdf", "a_b__X-Evil_%201.pdf"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini", "boot.ini"),
        ("dossier/été.pdf", "_t_.pdf", "%C3%A9t%C3%A9.pdf"),
        ("..", "document", "document"),
        ("", "document", "document"),
        ("\u202egpj.exe", "_gpj.exe", "_gpj.exe"),
    ],
)
def test_a_file_is_kept_under_a_name_that_does_no_harm(name: str, plain: str, encoded: str) -> None:
    assert disposition(name) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"

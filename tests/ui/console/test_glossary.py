"""«Glossaire»: found by letters, kept by one at a time, compared with a file before it is taken in, taken away."""

import httpx
import pytest

from policies import Act
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.elements import Elements

ARS = {"sigle": "ARS", "developpe": "agence régionale de santé"}


async def _send_file(console: Console, data: bytes, who: str = "adele") -> httpx.Response:
    console.caller.enter("", "", PEOPLE[who])
    return await console.http.post("/console/glossaire/import", files={"fichier": ("sigles.csv", data, "text/csv")})


def _hidden(page: str, name: str) -> str:
    return next(str(one["value"]) for one in Elements(page).of("input") if one.get("name") == name)


async def test_an_entry_is_added_found_changed_and_removed(console: Console) -> None:
    assert "Le sigle est ajouté" in (await console.post("adele", "/glossaire", ARS)).text
    await console.post("adele", "/glossaire", {"sigle": "ALD", "developpe": "affection de longue durée"})
    page = await console.get("adele", "/glossaire?texte=REGIONALE&tri=-developpe")
    assert ("agence régionale" in page.text, "affection" in page.text) == (True, False)
    one = await console.get("adele", "/glossaire/sigle?sigle=ars")
    edition = _hidden(one.text, "edition")
    changed = {"avant": "ARS", "edition": edition, "sigle": "ARS", "developpe": "autre <b>chose</b>"}
    assert "Le sigle est modifié" in (await console.post("adele", "/glossaire/sigle", changed)).text
    assert "autre &lt;b&gt;chose&lt;/b&gt;" in (await console.get("adele", "/glossaire")).text
    late = await console.post("adele", "/glossaire/sigle", changed | {"developpe": "encore autre chose"})
    assert (late.status_code, "encore autre chose" in late.text, "entre-temps" in late.text) == (409, True, True)
    assert (await console.post("adele", "/glossaire/retrait", {"avant": "ARS", "edition": edition})).status_code == 409
    edition = _hidden(late.text, "edition")
    gone = await console.post("adele", "/glossaire/retrait", {"avant": "ARS", "edition": edition})
    assert "Le sigle est retiré" in gone.text
    assert (await console.get("adele", "/glossaire/sigle?sigle=ARS")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"sigle": ""},
        {"sigle": "T2A"},
        {"sigle": "a" * 21},
        {"developpe": ""},
        {"developpe": "a" * 201},
        {"developpe": "ars"},
        {"sigle": "<b>"},
    ],
)
async def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(
    console: Console, wrong: dict[str, str]
) -> None:
    page = await console.post("adele", "/glossaire", ARS | wrong)
    assert page.status_code == 422
    assert 'class="fr-error-text"' in page.text
    assert ("agence régionale de santé" in page.text) or "developpe" in wrong
    assert await console.services.glossary.entries() == []


async def test_an_acronym_that_is_there_is_told(console: Console) -> None:
    await console.post("adele", "/glossaire", ARS)
    page = await console.post("adele", "/glossaire", ARS)
    assert (page.status_code, "Le glossaire a déjà" in page.text) == (422, True)


async def test_a_file_is_compared_then_taken_in_unless_the_glossary_changed_meanwhile(console: Console) -> None:
    await console.post("adele", "/glossaire", ARS)
    compared = await _send_file(console, "sigle;développé\nARS;autre chose\nALD;affection longue\n".encode())
    assert "Ajoutés\u202f: 1, modifiés\u202f: 1, inchangés\u202f: 0" in compared.text.replace("&#8239;", "\u202f")
    assert len(await console.services.glossary.entries()) == 1
    taken = {"edition": _hidden(compared.text, "edition"), "contenu": "ARS;autre chose\nALD;affection longue\n"}
    await console.post("adele", "/glossaire", {"sigle": "DFH", "developpe": "dotation forfaitaire"})
    late = await console.post("adele", "/glossaire/import/confirmation", taken)
    assert (late.status_code, len(await console.services.glossary.entries())) == (409, 2)
    done = await console.post(
        "adele", "/glossaire/import/confirmation", taken | {"edition": _hidden(late.text, "edition")}
    )
    assert "est repris" in done.text
    assert len(await console.services.glossary.entries()) == 3
    assert [act for act, _ in await console.acts()] == [Act.GLOSSARY_CHANGED] * 3


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "ne contient aucun sigle"),
        (b"ARS;a b\nALD\nT2A;c d\n", "Ligne 2"),
        ("ARS;agence régionale".encode("cp1252"), "UTF-8"),
        (b"a" * (2**20 + 1), "dépasse 1 Mio"),
    ],
)
async def test_what_is_wrong_with_a_file_is_told_and_nothing_is_taken_in(
    console: Console, data: bytes, sentence: str
) -> None:
    page = await _send_file(console, data)
    assert page.status_code == 422
    assert sentence in page.text
    assert await console.services.glossary.entries() == []


async def test_a_huge_file_and_a_form_without_one_are_refused(console: Console) -> None:
    assert (await _send_file(console, b"a" * 3 * 2**20)).status_code == 422
    assert (await console.post("adele", "/glossaire/import", {"fichier": "x"})).status_code == 422
    forged = {"contenu": "ARS;a b"}
    assert (await console.post("adele", "/glossaire/import/confirmation", forged)).status_code == 409
    assert await console.services.glossary.entries() == []


async def test_it_is_taken_away_as_a_table_in_which_nothing_is_a_formula(console: Console) -> None:
    await console.post("adele", "/glossaire", {"sigle": "ARS", "developpe": "=cmd|' /C calc'!A0"})
    file = await console.get("adele", "/glossaire/export")
    assert file.headers["Content-Type"].startswith("text/csv")
    assert "ARS;'=cmd" in file.content.decode("utf-8-sig")


async def test_who_keeps_collections_alone_has_no_part_in_it(console: Console) -> None:
    for answer in (
        await console.get("gustave", "/glossaire"),
        await console.get("gustave", "/glossaire/export"),
        await console.get("gustave", "/glossaire/import"),
        await console.post("gustave", "/glossaire", ARS),
        await console.post("gustave", "/glossaire/retrait", {"avant": "ARS"}),
        await console.post("gustave", "/glossaire/import/confirmation", {"contenu": "ARS;a b"}),
        await _send_file(console, b"ARS;a b", "gustave"),
    ):
        assert answer.status_code == 403
    refused = [details["action"] for act, details in await console.acts() if act == Act.REFUSED]
    assert refused == ["administerGlossary"] * 7

"""A folder of files of all formats that is dropped on a collection, as a keeper sees it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect
from reportlab.pdfgen.canvas import Canvas

from tests.browser.servers import Server
from tests.browser.signing_in import Visit
from tests.ingestion.office_files import cells, docx, odf, paragraph, pptx, shape, xlsx, zipped
from tests.ingestion.test_pdf import lines, pdf

NOTES = "Notes versées"
WORDS = "Le congé pour l’adoption d’un renard polaire dure quarante-deux jours ouvrables."


def _page(canvas: Canvas) -> None:
    lines(canvas, (WORDS,), top=700, size=11)


@pytest.fixture
def notes(real: Server) -> Iterator[str]:
    """A collection of the server, empty."""

    def assistant(*arguments: str) -> None:
        command = [str(Path(sys.executable).parent / "assistant"), *arguments]
        subprocess.run(command, env={"ASSISTANT_HOME": str(real.home), "PATH": ""}, check=True, capture_output=True)  # noqa: S603

    assistant("collections", "create", NOTES)
    yield NOTES
    assistant("collections", "delete", NOTES, "--yes")


def folder(at: Path) -> Path:
    """Of files that are taken, and of some that are not."""
    files: dict[str, bytes] = {
        "note.md": f"# Congé\n\n{WORDS}\n".encode(),
        "note.txt": WORDS.encode(),
        "note.html": f"<html><body><p>{WORDS}</p></body></html>".encode(),
        "table.csv": f"congé;durée\nadoption;{WORDS}\n".encode(),
        "records.jsonl": b'{"id": "a", "title": "Un", "text": "Un texte."}\n',
        "message.eml": f"Subject: conge\nContent-Type: text/plain; charset=utf-8\n\n{WORDS}\n".encode(),
        "Sous-dossier/note.pdf": pdf(_page),
        "Sous-dossier/note.docx": docx(paragraph(WORDS)),
        "Sous-dossier/Été/note.xlsx": xlsx(f"<sheetData>{cells('Congé', WORDS)}</sheetData>"),
        "Sous-dossier/note.pptx": pptx(shape(WORDS)),
        "Sous-dossier/note.odt": odf("text", f"<text:p>{WORDS}</text:p>"),
        "archive.zip": zipped({"dedans.txt": WORDS, "autre.md": "# Autre\n\nUn autre texte."}),
        "virus.exe": b"MZ",
        "vide.md": b"",
        ".DS_Store": b"x",
    }
    for name, content in files.items():
        path = at / "Congés" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return at / "Congés"


async def drop(page: Page, *paths: Path) -> None:
    """As a hand does: folders come as folders."""
    box = await page.locator("[data-upload]").bounding_box()
    assert box is not None
    session = await page.context.new_cdp_session(page)
    place = {"x": box["x"] + 20, "y": box["y"] + 20}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        await session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


async def test_a_folder_of_all_formats_is_dropped_sent_in_spite_of_lost_connections_read_and_found_again(
    visit: Visit, real: Server, notes: str, tmp_path: Path
) -> None:
    page = await visit()
    await page.goto(f"{real.url}/console/documents")
    collection = await page.locator("#collection option", has_text=notes).get_attribute("value")
    await page.goto(f"{real.url}/console/collections/{collection}/versements")
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        await (route.abort("connectionreset") if lost <= 2 else route.continue_())

    await page.route("**/fichiers", lose)
    await drop(page, folder(tmp_path))
    await expect(page.get_by_text("Tous les fichiers sont envoyés.")).to_be_visible()
    await expect(page.get_by_text("Tout est traité.")).to_be_visible()
    states = page.locator(".console-counts")
    await expect(states).to_contain_text("Pas pris\u202f: 2")
    await expect(states).to_contain_text("Trouvable\u202f: 12")
    refused = page.locator("tbody tr").filter(has_text="pas pris")
    await expect(refused).to_have_count(2)
    await expect(page.locator("tbody tr", has_text="Congés/Sous-dossier/Été/note.xlsx")).to_contain_text("trouvable")
    await expect(page.locator("tbody tr", has_text="Congés/vide.md")).to_contain_text("aucun texte")
    assert lost > 2

    await page.get_by_role("link", name="Autre versement").press("Enter")  # by keyboard and by the field
    await page.locator("#fichiers").set_input_files(tmp_path / "Congés" / "note.md")
    await expect(page.get_by_text("Tout est traité.")).to_be_visible()
    await page.get_by_role("link", name="Documents de la collection").press("Enter")
    await expect(page.get_by_text("documents", exact=False).first).to_be_visible()
    await page.locator("#texte").fill("été")
    await page.locator("#texte").press("Enter")
    await expect(page.locator("tbody tr")).to_have_count(1)

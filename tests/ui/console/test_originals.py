"""A document beside the pages of its original, and the original taken away."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from uuid import uuid4

import numpy as np
import pytest
from psycopg.types.json import Jsonb
from reportlab.pdfgen.canvas import Canvas

from policies import Act
from retrieval import Chunk, Collection, Document, DocumentMetadata, DocumentState, Locator, Point, point_id
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.console.test_document import address
from tests.ui.elements import Elements

NAME = 'Dossier/../a"b\r\nX-Evil: 1\n.pdf'
PER_PAGE = 2  # chunks


@dataclass(frozen=True)
class Book:
    """A document of so many pages, in the catalogue, the index and the blob store; each page says its number twice."""

    collection: Collection
    pdf: bytes


async def _bytes(content: bytes) -> AsyncIterator[bytes]:
    yield content


def pdf(pages: int) -> bytes:
    file = BytesIO()
    canvas = Canvas(file, pagesize=(200, 200))
    for number in range(1, pages + 1):
        canvas.drawString(20, 150, f"Page numéro {number}, en haut.")
        canvas.drawString(20, 50, f"Page numéro {number}, en bas.")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


async def book(console: Console, pages: int) -> Book:
    """As a worker leaves it, without its time."""
    services, content = console.services, pdf(pages)
    collection = await console.collection("Livres")
    lines = [f"Page numéro {page}, en {where}." for page in range(1, pages + 1) for where in ("haut", "bas")]
    entry = Document("livre", collection.id, DocumentMetadata("Un livre"), 0, "s", DocumentState.PENDING)
    blob, reception = await services.originals.blobs.put(_bytes(content)), uuid4()
    async with console.pool.connection() as connection:
        versions = await services.catalog.put_documents(connection, [(entry, "\n".join(lines))])
        await services.catalog.mark_indexed(connection, collection.id, versions)
        await connection.execute(
            "insert into reception (id, collection_id, principal) values (%s, %s, %s)",
            [reception, collection.id, Jsonb(PEOPLE["adele"].as_json())],
        )
        await connection.execute(
            "insert into received (collection_id, document_id, version, reception_id, job_id, name, blob, pipeline,"
            " points) values (%s, 'livre', 1, %s, 1, %s, %s, 'test', %s)",
            [collection.id, reception, NAME, blob, len(lines)],
        )
    await console.corpus.index.upsert(_points(console, collection, lines))
    return Book(collection, content)


def _points(console: Console, collection: Collection, lines: list[str]) -> list[Point]:
    start, points = 0, []
    for ordinal, line in enumerate(lines):
        page = ordinal // PER_PAGE + 1
        locator = Locator(page, ("Livre", f"Partie {page // 100}"), start, start + len(line))
        dense = np.zeros(console.corpus.embedder.dimension, dtype=np.float32)
        dense[ordinal % len(dense)] = 1
        points.append(
            Point(
                id=point_id(collection.id, "livre", 1, "test", ordinal),
                collection_id=collection.id,
                document_id="livre",
                version=1,
                metadata=DocumentMetadata("Un livre"),
                chunk=Chunk(ordinal, line, locator),
                dense=dense,
                sparse=console.corpus.sparse.document(line),
            )
        )
        start += len(line) + 1
    return points


async def test_a_chunk_stands_beside_its_page_of_two_thousand_and_a_page_leads_to_its_chunks(console: Console) -> None:
    livre = await book(console, 2_000)
    page = await console.get("gustave", address(livre.collection, "livre", onglet="texte", morceau="2999"))
    assert "2\u202f981 à 3\u202f000 sur 4\u202f000" in page.text
    elements = Elements(page.text)
    (chosen,) = [one for one in elements.of("li") if one.get("aria-current") == "true"]
    assert chosen["id"] == "morceau-3000"
    assert "Page 1500 sur 2000" in page.text
    assert len(elements.of("rect")) == 1
    (picture,) = [one["src"] or "" for one in elements.of("img") if "/document/image" in (one["src"] or "")]
    shown = await console.get("gustave", picture.removeprefix("/a/console"))
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert shown.content.startswith(b"\x89PNG")
    refused = await console.get("gina", picture.removeprefix("/a/console"))
    assert refused.status_code == 403
    (following,) = [one["href"] or "" for one in elements.of("a") if "page=1501" in (one.get("href") or "")]
    turned = await console.get("gustave", following.removeprefix("/a/console").partition("#")[0])
    (chosen,) = [one for one in Elements(turned.text).of("li") if one.get("aria-current") == "true"]
    assert chosen["id"] == "morceau-3001"
    beyond = await console.get("gustave", address(livre.collection, "livre", onglet="texte", page="2001"))
    assert beyond.status_code == 200
    gone = await console.get("gustave", address(livre.collection, "livre", below="/image", page="2001"))
    assert gone.status_code == 422
    opened = [details.get("page") for act, details in await console.acts() if act == Act.DOCUMENT_OPENED]
    assert opened == [None, 1500, 1501, 2001, 2001]


async def test_an_original_is_taken_away_whole_under_a_harmless_name_and_that_is_recorded(console: Console) -> None:
    livre = await book(console, 1)
    assert "/document/original" in (await console.get("gustave", address(livre.collection, "livre"))).text
    file = await console.get("gustave", address(livre.collection, "livre", below="/original"))
    assert file.content == livre.pdf
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith('attachment; filename="a_b__X-Evil_ 1_.pdf"')
    assert "x-evil" not in file.headers
    act, details = (await console.acts())[-1]
    assert (act, details["document_id"], details["version"]) == (Act.DOCUMENT_DOWNLOADED, "livre", 1)
    assert (await console.get("gina", address(livre.collection, "livre", below="/original"))).status_code == 403


async def test_a_record_of_a_file_of_records_is_taken_away_alone(console: Console) -> None:
    livre = await book(console, 1)
    async with console.pool.connection() as connection:
        await connection.execute("update received set start = 2, length = 5")
    file = await console.get("gustave", address(livre.collection, "livre", below="/original"))
    assert file.content == livre.pdf[2:7]
    assert 'filename="livre.json"' in file.headers["content-disposition"]


async def test_an_original_is_read_again_while_what_was_read_stays(console: Console) -> None:
    livre = await book(console, 1)
    page = await console.post("gustave", address(livre.collection, "livre", below="/relecture"))
    assert "L’original va être relu" in page.text
    assert "en attente" in page.text
    text = await console.get("gustave", address(livre.collection, "livre", onglet="texte"))
    assert "Page numéro 1, en haut." in text.text
    assert Act.JOB_RETRIED in {act for act, _ in await console.acts()}


@pytest.mark.parametrize("lost", ["blob", "version"])
async def test_where_the_original_has_gone_the_text_stands_alone_and_says_why(console: Console, lost: str) -> None:
    livre = await book(console, 1)
    async with console.pool.connection() as connection:
        await connection.execute(
            "update received set blob = repeat('0', 64)" if lost == "blob" else "update received set version = 2"
        )
    page = await console.get("gustave", address(livre.collection, "livre", onglet="texte"))
    assert page.status_code == 200
    assert "Page numéro 1, en haut." in page.text
    assert "<img" not in page.text

"""Importing PDF files as we do, and as LangChain's guides have it, and what each then finds.

The usual way: `pypdf` page by page, `RecursiveCharacterTextSplitter` of 1,000 characters (200 of them said
twice, its default), one call to the embedder, one bulk call to the vector store, dense vectors alone. Ours is
the product's own import with all that it keeps: blobs, jobs, catalogue, ledger, a confined child for each file.

Both take the same files, embedder and engine (`qdrant-edge`). Times are with an embedder that costs nothing, in
turns, seconds by the clock, the best of `TURNS`, for short files (fiches, two pages) and for long ones (sections of
the codes); the short ones are found with the real one. `ratio` is their time over ours: 2 at least.
"""

import os
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from langchain_text_splitters import RecursiveCharacterTextSplitter
from pypdf import PdfReader

from retrieval import (
    Chunk,
    DocumentMetadata,
    E5Settings,
    EdgeSettings,
    Embedder,
    Encoding,
    EvaluationReport,
    Fusion,
    Index,
    Locator,
    Point,
    SparseVector,
    Within,
    open_e5,
    open_edge,
)
from retrieval.metrics import recall, reciprocal_rank
from tests.benchmarks import pages
from tests.benchmarks.corpus import questions, records
from tests.benchmarks.costless import Hashed
from tests.benchmarks.stack import Stack, open_stack
from ui.evaluation.questions_file import EvaluationQuestion
from ui.identity import local_principal
from ui.opening import working

FICHES = int(os.environ.get("BENCH_FICHES", "150"))
LONGEST = 20_000  # characters of a fiche
SECTIONS = int(os.environ.get("BENCH_SECTIONS", "40"))
SHORTEST = 20_000  # characters of a section
TURNS = 3
SEED = 2026
COLLECTION, OURS = UUID(int=1), "Fiches"
DENSE_ALONE = Fusion(k=2, dense_weight=1.0, candidates=200)
NO_WORDS = SparseVector((), ())
DEPTH = 200  # chunks
AT_ONCE = 2  # batches, as by default


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Seconds of both, and their recall and MRR on the same questions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = _files(evaluation, folder / "files")
        short = await _times(files, folder)
        long = await _times(_long_files(evaluation, folder / "sections"), folder)
        asked = [
            one for one in questions(evaluation, "fiches") if folder / "files" / f"{one['relevant'][0]}.pdf" in files
        ]
        async with open_e5(E5Settings()) as model:
            found_theirs = await _theirs_found(files, asked, model, folder / "theirs")
            found_ours = await _ours_found(files, asked, model, folder / "ours")
    return {
        "short": short,
        "long": long,
        "questions": len(asked),
        "usual": found_theirs,
        "ours": found_ours,
    }


async def _times(files: Sequence[Path], folder: Path) -> dict[str, float]:
    theirs = ours = float("inf")
    for _ in range(TURNS):
        with tempfile.TemporaryDirectory(dir=folder) as home:
            theirs = min(theirs, await _their_time(files, Path(home, "theirs")))
            ours = min(ours, await _our_time(files, Path(home, "ours")))
    count = sum(len(PdfReader(file).pages) for file in files)
    return {
        "files": len(files),
        "pages": count,
        "usual seconds": theirs,
        "our seconds": ours,
        "ratio": theirs / ours,
    }


def _files(evaluation: Path, folder: Path) -> list[Path]:
    """Fiches that are asked for, then others, each as a PDF file under its title, if it has one."""
    folder.mkdir()
    draw = random.Random(SEED)  # noqa: S311
    asked = {one for question in questions(evaluation, "fiches") for one in question["relevant"]}
    fiches = [one for one in records(evaluation) if one["kind"] == "fiche" and len(one["text"]) <= LONGEST]
    wanted = [one for one in fiches if one["id"] in asked]
    others = [one for one in fiches if one["id"] not in asked]
    chosen = draw.sample(wanted, min(len(wanted), 2 * FICHES // 3))
    chosen += draw.sample(others, FICHES - len(chosen))
    paths = [folder / f"{fiche['id']}.pdf" for fiche in chosen]
    for path, fiche in zip(paths, chosen, strict=True):
        path.write_bytes(pages.text(fiche["title"], fiche["text"].split("\n")))
    return paths


def _long_files(evaluation: Path, folder: Path) -> list[Path]:
    """Sections of the codes, all articles of each in one PDF file."""
    folder.mkdir()
    sections: dict[str, list[str]] = {}
    for one in records(evaluation):
        if one["kind"] == "article":
            articles = sections.setdefault(" > ".join(one["path"].split(" > ")[:3]), [])
            articles += [one["title"], *one["text"].split("\n")]
    long = {path: lines for path, lines in sections.items() if sum(map(len, lines)) >= SHORTEST}
    chosen = random.Random(SEED).sample(sorted(long), SECTIONS)  # noqa: S311
    paths = [folder / f"section-{number}.pdf" for number in range(SECTIONS)]
    for path, section in zip(paths, chosen, strict=True):
        path.write_bytes(pages.text(section.rpartition(" > ")[2], long[section]))
    return paths


async def _their_time(files: Sequence[Path], home: Path) -> float:
    embedder = Hashed()
    async with _index(home, embedder) as index:
        started = time.perf_counter()
        await _their_import(files, embedder, index)
        return time.perf_counter() - started


async def _their_import(files: Sequence[Path], embedder: Embedder, index: Index) -> None:
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000)
    pieces = [
        (file, number, text)
        for file in files
        for number, page in enumerate(PdfReader(file).pages, 1)
        for text in splitter.split_text(page.extract_text())
    ]
    vectors = await embedder.embed_passages([text for _, _, text in pieces])
    await index.upsert(
        [
            Point(
                id=uuid5(COLLECTION, f"{file.name} {ordinal}"),
                collection_id=COLLECTION,
                document_id=file.name,
                version=1,
                metadata=DocumentMetadata(title=file.name),
                chunk=Chunk(ordinal, text, Locator(page=number, heading_path=(), start=0, end=len(text)), ""),
                dense=vector,
                sparse=NO_WORDS,
            )
            for ordinal, ((file, number, text), vector) in enumerate(zip(pieces, vectors, strict=True))
        ]
    )


async def _our_time(files: Sequence[Path], home: Path) -> float:
    async with _ours(home, Hashed()) as stack:
        started = time.perf_counter()
        await _our_import(files, stack)
        return time.perf_counter() - started


async def _our_import(files: Sequence[Path], stack: Stack) -> None:
    await stack.collections.create(local_principal(), OURS, "", owner="", readers=frozenset())
    async for _ in stack.ingestion.ingest(local_principal(), OURS, files, base=files[0].parent):
        pass


async def _theirs_found(
    files: Sequence[Path], asked: Sequence[dict[str, Any]], embedder: Embedder, home: Path
) -> dict[str, float]:
    async with _index(home, embedder) as index:
        await _their_import(files, embedder, index)
        figures = {"recall@5": 0.0, "recall@10": 0.0, "mrr@10": 0.0}
        for question in asked:
            hits = await index.search(
                await embedder.embed_query(question["question"]),
                NO_WORDS,
                within=Within(frozenset({COLLECTION})),
                fusion=DENSE_ALONE,
                limit=DEPTH,
            )
            ranking = list(dict.fromkeys(hit.document_id for hit in hits))
            relevant = frozenset(f"{one}.pdf" for one in question["relevant"])
            figures["recall@5"] += recall(ranking, relevant, 5) / len(asked)
            figures["recall@10"] += recall(ranking, relevant, 10) / len(asked)
            figures["mrr@10"] += reciprocal_rank(ranking, relevant, 10) / len(asked)
    return figures


async def _ours_found(
    files: Sequence[Path], asked: Sequence[dict[str, Any]], embedder: Embedder, home: Path
) -> dict[str, float]:
    judged = [
        EvaluationQuestion.model_validate(one | {"relevant": [f"{name}.pdf" for name in one["relevant"]]})
        for one in asked
    ]
    async with _ours(home, embedder) as stack:
        await _our_import(files, stack)
        async for step in stack.evaluation.run(local_principal(), judged, [OURS]):
            if isinstance(step, EvaluationReport):
                return {name: step.metrics[name] for name in ("recall@5", "recall@10", "mrr@10")}
    raise AssertionError


@asynccontextmanager
async def _ours(home: Path, embedder: Embedder) -> AsyncIterator[Stack]:
    async with (
        _index(home, embedder) as index,
        open_stack(home, embedder, index) as stack,
        working(stack.queue, stack.parts, AT_ONCE),
    ):
        yield stack
    shutil.rmtree(home)


@asynccontextmanager
async def _index(home: Path, embedder: Embedder) -> AsyncIterator[Index]:
    (home / "index").mkdir(parents=True)
    async with open_edge(EdgeSettings(home / "index", Encoding(embedder.name, embedder.dimension))) as index:
        yield index

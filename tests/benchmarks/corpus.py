"""The evaluation corpus as collections: fiches and articles, each as JSON lines."""

import gzip
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.progress import Progress as ProgressBar

from ingestion import Progress
from ui.home import own
from ui.identity import local_principal
from ui.opening import open_services
from ui.services import Services
from ui.settings import Settings

SEED = 2026
KINDS = {"Fiches": "fiche", "Codes": "article"}

Record = dict[str, Any]


def records(evaluation: Path) -> list[Record]:
    """All records of the corpus, in its order."""
    with gzip.open(evaluation / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def questions(evaluation: Path, name: str) -> list[Record]:
    """One set of development questions."""
    return [json.loads(line) for line in (evaluation / "dev" / f"{name}.jsonl").read_text().splitlines()]


def write_lines(path: Path, chosen: list[Record]) -> Path:
    """Records as an importable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in chosen), encoding="utf-8")
    return path


@asynccontextmanager
async def open_corpus(evaluation: Path, home: Path, sample: int | None = None) -> AsyncIterator[Services]:
    """The services over the corpus, imported if it is not there yet; an interrupted import goes on.

    `sample` is how many of its records there are to be, always the same ones; None: all.
    """
    everything = records(evaluation)
    chosen = everything if sample is None else random.Random(SEED).sample(everything, sample)  # noqa: S311
    with own(home):
        async with open_services(Settings(home=home)) as services:
            await _import_all(services, chosen, home)
            yield services


async def _import_all(services: Services, everything: list[Record], home: Path) -> None:
    person = local_principal()
    held = {collection.name for collection, _ in await services.collections.readable(person)}
    with ProgressBar(transient=True) as bar:
        for name, kind in KINDS.items():
            if name not in held:
                await services.collections.create(person, name, "", owner="", readers=frozenset())
            chosen = [record for record in everything if record["kind"] == kind]
            file = write_lines(home / f"{name}.jsonl", chosen)
            task = bar.add_task(name, total=len(chosen))
            async for step in services.ingestion.ingest(person, name, [file]):
                if isinstance(step, Progress):
                    bar.update(task, completed=step.done)

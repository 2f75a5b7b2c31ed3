"""An import, its steps counted."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion import Parts, reception, stages
from retrieval import Collection, VectorSpace
from tests.ingestion.steps import Steps

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

COUNTED = ("catalog", "ledger", "index", "blobs", "reader")


class Failure(Exception):
    """What ends the work, so that whoever does it can still note that."""


def counted(library: "Library", steps: Steps) -> Parts:
    """The parts, counted."""
    parts = {name: steps.through(getattr(library.parts, name)) for name in COUNTED}
    return replace(library.parts, spaces=VectorSpace(steps.through(library.embedder), parts["index"]), **parts)


async def step_by_step(library: "Library", collection: Collection, path: Path, steps: Steps) -> None:
    """Import in the smallest batches, so that there are many steps between documents."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reception, "BATCH_DOCUMENTS", 2)
        patch.setattr(stages, "EMBED_TEXTS", 2)
        patch.setattr(stages, "WRITE_POINTS", 1)
        parts = counted(library, steps)
        await library.receive(collection.name, path, parts=parts)
        await library.do_jobs(parts)

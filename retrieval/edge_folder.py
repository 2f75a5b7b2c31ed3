"""The folder of an embedded index: which of the shards in it counts, and what made its vectors."""

import asyncio
import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval import graph, payload
from retrieval.encoding import Encoding

DESCRIPTION = "index.json"

# Run in a process of its own, and behind everyone who waits for an answer.
OPTIMISE = """
import os, sys
import qdrant_edge as engine
os.nice(10)
path, name, dimension, *graph = sys.argv[1:]
vectors = {name: engine.EdgeVectorParams(size=int(dimension), distance=engine.Distance.Cosine)}
config = engine.EdgeConfig(vectors=vectors, hnsw_config=engine.HnswIndexConfig(*map(int, graph)))
shard = engine.EdgeShard.load(path, config)
shard.optimize()
shard.close()
"""


@dataclass(frozen=True, slots=True)
class ShardFolder:
    """Holds one shard that counts, named in the description, and for a time the one that will replace it."""

    path: Path

    def current(self) -> tuple[Path, Encoding] | None:
        """The shard that counts and what made its points, or None where the folder is new.

        Raises `OSError`, `ValueError`, `KeyError` or `TypeError` where the description is damaged.
        """
        if not (self.path / DESCRIPTION).exists():
            return None
        description = self._description()
        return self.path / str(description["shard"]), Encoding.of_json(description["encoding"])

    def built(self) -> int:
        """Vectors that search structures held of the shard that counts when it was built; 0: it never was."""
        return int(self._description().get("built", 0))

    def next(self) -> Path:
        """Where another shard can be made."""
        numbers = [int(shard.name.removeprefix("shard-")) for shard in self._shards()]
        return self.path / f"shard-{max(numbers, default=0) + 1}"

    def switch(self, shard: Path, encoding: Encoding, built: int = 0) -> None:
        """Make this the shard that counts, in one step."""
        new = self.path / f"{DESCRIPTION}.new"
        new.write_text(json.dumps({"encoding": encoding.as_json(), "shard": shard.name, "built": built}))
        os.replace(new, self.path / DESCRIPTION)

    def sweep(self, current: Path) -> None:
        """Remove every shard but this one."""
        for shard in self._shards():
            if shard != current:
                shutil.rmtree(shard, ignore_errors=True)

    def copy_to(self, folder: Path, current: Path) -> None:
        """Copy the shard that counts, and its description, to where there is nothing. Raises `OSError`."""
        folder.mkdir(mode=0o700, parents=True)
        shutil.copytree(current, folder / current.name)
        shutil.copyfile(self.path / DESCRIPTION, folder / DESCRIPTION)

    def _description(self) -> Any:
        return json.loads((self.path / DESCRIPTION).read_bytes())

    def _shards(self) -> list[Path]:
        return list(self.path.glob("shard-*"))


async def optimised_copy(shard: Path, copy: Path, points: int, dimension: int) -> None:
    """Copy a flushed shard of so many points and build the copy's search structures, for minutes where it is large.

    The graph is built, or left out, by the number of points, whatever the shard was built with. Raises `OSError`, with
    the last line of the other process where that failed.
    """
    try:
        await asyncio.to_thread(shutil.copytree, shard, copy)
        await _optimise(copy, graph.neighbours(points, dimension), dimension)
    except BaseException:
        shutil.rmtree(copy, ignore_errors=True)
        raise


async def _optimise(shard: Path, neighbours: int, dimension: int) -> None:
    asked = map(str, (shard, payload.DENSE, dimension, neighbours, graph.BUILDING, graph.COMPARED_UP_TO))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", OPTIMISE, *asked, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise OSError(complaint.decode(errors="replace").strip().splitlines()[-1:] or process.returncode)

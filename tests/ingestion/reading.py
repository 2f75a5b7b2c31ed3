"""A reader for tests that read many files one after the other: real children, without an event loop to care for."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from ingestion.document import ParsedDocument
from ingestion.isolation import ParseLimits, open_reader

Read = Callable[[bytes | Path, str], ParsedDocument]


@contextmanager
def reading(limits: ParseLimits) -> Iterator[Read]:
    """Gives what reads a file, by its content or its path, under any name."""
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        opened = open_reader(limits)
        reader = runner.run(opened.__aenter__())

        def read(file: bytes | Path, name: str) -> ParsedDocument:
            if isinstance(file, bytes):
                path = Path(folder, "file").with_suffix(PurePath(name).suffix[:9])
                path.write_bytes(file)
                file = path
            return runner.run(reader.read(file, name))

        try:
            yield read
        finally:
            runner.run(opened.__aexit__(None, None, None))

"""The tables of the queue, as Procrastinate brings them: its schema whole in a new database, its migrations later.

Each file is noted in the table `migration` under its name after `procrastinate/`, like our own.
"""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

_FOLDER = files("procrastinate.sql")


def queue_scripts(applied: set[str]) -> Iterator[tuple[list[str], bytes]]:
    """What is to be executed, each script with the names to be noted once it was."""
    names = {f"procrastinate/{file.name}": file for file in _migrations()}
    if applied.isdisjoint(names):
        yield list(names), (_FOLDER / "schema.sql").read_bytes()
        return
    for name, file in names.items():
        if name not in applied:
            yield [name], file.read_bytes()


def _migrations() -> list[Traversable]:
    found = (file for file in (_FOLDER / "migrations").iterdir() if file.name.endswith(".sql"))
    return sorted(found, key=lambda file: file.name)

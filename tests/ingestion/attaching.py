"""Attaching files to conversations of a library, and what is then left of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from ingestion import AttachedFile, Attachments, FileDone, IntakeLimits, NotTaken, Offered, Reception
from policies import Principal, Role
from tests.ingestion.conftest import Library

CAMILLE = Principal("s-camille", "camille", frozenset({"/DGS"}), frozenset({Role.AGENT}))
DOMINIQUE = Principal("s-dominique", "dominique", frozenset({"/DGS"}), frozenset({Role.AGENT}))

# Whatever the catalogue may know of attached files.
ROWS: LiteralString = """
select (select count(*) from collection where conversation_id is not null)
    + (select count(*) from attachment) + (select count(*) from document) + (select count(*) from document_version)
    + (select count(*) from received) + (select count(*) from reception) + (select count(*) from erasure)
"""


def attachments(library: Library, limits: IntakeLimits | None = None, most: int = 10) -> Attachments:
    parts = library.parts
    return Attachments(
        pool=parts.pool,
        policy=library.policy,
        catalog=parts.catalog,
        ledger=parts.ledger,
        index=parts.index,
        queue=library.queue,
        reception=Reception(parts.pool, parts.catalog, parts.ledger, parts.blobs, library.queue, parts.reader),
        limits=limits or IntakeLimits(),
        most=most,
    )


async def attach(
    library: Library, conversation: UUID, *paths: Path, person: Principal = CAMILLE, service: Attachments | None = None
) -> list[AttachedFile | NotTaken]:
    """What became of each, in the order in which it was told."""
    service = service or attachments(library)
    offered = [Offered(path.name, path) for path in paths]
    async with library.working():
        events = [event async for event in service.add(person, conversation, offered)]
    return [
        event.file if isinstance(event, FileDone) else event
        for event in events
        if isinstance(event, (FileDone, NotTaken))
    ]


async def left(library: Library) -> int:
    """How many rows speak of files."""
    async with library.parts.pool.connection() as connection:
        row = await (await connection.execute(ROWS)).fetchone()
    return int(row[0]) if row else 0


async def points(library: Library) -> int:
    """How many there are in the index, whoever may find them."""
    return len([one async for one in library.parts.index.stored()])


async def begin(library: Library, conversation: UUID, person: Principal = CAMILLE) -> None:
    """As the first question does."""
    async with library.parts.pool.connection() as connection:
        await connection.execute(
            "insert into conversation (id, owner, title) values (%s, %s, 'Essai')", [conversation, person.subject]
        )


async def delete(library: Library, *conversations: UUID) -> None:
    """The rows of conversations, and nothing else."""
    async with library.parts.pool.connection() as connection:
        await connection.execute("delete from conversation where id = any(%s)", [list(conversations)])


async def delete_wholly(library: Library, conversation: UUID, person: Principal = CAMILLE) -> None:
    """A conversation that has not begun yet, with all that is kept of its files."""
    await begin(library, conversation, person)
    await delete(library, conversation)
    await attachments(library).erase()


def reasons(told: Sequence[AttachedFile | NotTaken]) -> list[str]:
    return [one.reason for one in told]

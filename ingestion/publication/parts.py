"""The parts beside a collection, and the removals that wait: every function takes the open connection first."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from uuid import UUID, uuid4

from ingestion.publication import queries
from retrieval.corpus import Collection, Stage
from retrieval.rows import Connection, all_rows, one_row


class Part(StrEnum):
    """What a collection that stands beside another is to it."""

    DRAFT = "draft"
    """What waits to be published."""
    FORMER = "former"
    """What the last publication took the place of."""


def takes_drafts(collection: Collection) -> bool:
    """Whether what changes in it waits to be published."""
    return collection.reviewed and collection.stage is Stage.PUBLISHED


async def part_id(connection: Connection, collection_id: UUID, part: Part) -> UUID | None:
    """That part's identifier, where there is one."""
    row = await one_row(connection, queries.PART, {"collection_id": collection_id, "part": part.value})
    return None if row is None else row["id"]


async def made_part(connection: Connection, collection_id: UUID, part: Part) -> UUID:
    """The same, made where there is none. Once it is there it stays as long as the collection."""
    known = await part_id(connection, collection_id, part)
    if known is None:
        values = {"id": uuid4(), "collection_id": collection_id, "part": part.value}
        await connection.execute(queries.MAKE_PART, values)
        known = await part_id(connection, collection_id, part)
    assert known is not None  # noqa: S101 - whoever asks has found the collection
    return known


def draft_of(collection: Collection, draft: UUID) -> Collection:
    """The draft as a collection: of the same name and keepers, for nobody else."""
    return replace(collection, id=draft, part_of=collection.id, stage=Stage.DRAFT, reviewed=False)


async def stage_removal(connection: Connection, collection_id: UUID, ids: Sequence[str]) -> list[str]:
    """Have the next publication take these out; gives those that were not to go yet."""
    rows = await all_rows(connection, queries.STAGE_REMOVAL, [collection_id, list(ids)])
    return [row["document_id"] for row in rows]


async def unstage_removal(connection: Connection, collection_id: UUID, ids: Sequence[str]) -> list[str]:
    """Let these stay; gives those that were to go."""
    rows = await all_rows(connection, queries.UNSTAGE_REMOVAL, [collection_id, list(ids)])
    return [row["document_id"] for row in rows]


async def staged(connection: Connection, collection_id: UUID, ids: Sequence[str]) -> set[str]:
    """Those of these that are to go."""
    rows = await all_rows(connection, queries.STAGED, [collection_id, list(ids)])
    return {row["document_id"] for row in rows}

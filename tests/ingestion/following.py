"""A collection that follows a folder, and what it then holds."""

from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ingestion.reception import Reception
from ingestion.sources.changes import Changes
from ingestion.sources.followed import Kind, Place
from ingestion.sources.opening import Opening
from ingestion.sources.service import Sources
from retrieval import Collection
from tests.places import FolderPlace

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library


@dataclass(frozen=True, slots=True)
class Following:
    """`place` is the folder."""

    library: "Library"
    collection: Collection
    place: FolderPlace
    name: str

    def sources(self, **others: Any) -> Sources:
        """The service; `others` stand in for parts of the library."""
        parts = replace(self.library.parts, **{name: part for name, part in others.items() if name != "opening"})
        return Sources(
            pool=parts.pool,
            policy=self.library.policy,
            catalog=parts.catalog,
            ledger=parts.ledger,
            index=parts.index,
            receive=Reception(parts.pool, parts.catalog, parts.ledger, parts.blobs, self.library.queue, parts.reader),
            opening=others.get("opening", Opening({})),
        )

    async def sync(self, sources: Sources | None = None, *, allow_empty: bool = False) -> dict[str, int]:
        """Synchronise, do what is to be done then, and give what has changed, leaving out what is none."""
        sources = sources or self.sources()
        async with aclosing(sources.sync(self.library.principal, self.name, allow_empty=allow_empty)) as steps:
            *_, changes = [step async for step in steps]
        assert isinstance(changes, Changes)
        await self.library.do_jobs()
        return {name: n for name, n in changes.counts.items() if n}

    async def held(self) -> dict[str, str]:
        """The documents, by the keys from which they came."""
        async with self.library.parts.pool.connection() as connection:
            followed = await self.sources().table.named(connection, self.name)
            held = await self.sources().table.held(connection, followed.id)
        return {key: one.document_id for key, one in held.items()}

    async def texts(self) -> dict[str, str]:
        """What can be found, by key: the text of all chunks of each document."""
        names = {document_id: key for key, document_id in (await self.held()).items()}
        found: dict[str, str] = {}
        for document_id, _, _, text in sorted(await self.library.points(self.collection)):
            key = _key(document_id, names)
            found[key] = found.get(key, "") + text
        return found

    async def states(self) -> dict[str, str]:
        """The state of each document that the catalogue has in the collection, by key."""
        names = {document_id: key for key, document_id in (await self.held()).items()}
        async with self.library.parts.pool.connection() as connection:
            states = "select id, state from document where collection_id = %s order by id"
            rows = await (await connection.execute(states, [self.collection.id])).fetchall()
        return {_key(document_id, names): state for document_id, state in rows}

    async def end_lease(self) -> None:
        """As when a minute has gone by since the process that had it was killed."""
        async with self.library.parts.pool.connection() as connection:
            await connection.execute("update source set leased_until = null")


def _key(document_id: str, names: dict[str, str]) -> str:
    """The entry's, and the place within it of what it holds."""
    entry, within, place = document_id.partition("/")
    return names[entry] + within + place


async def following(library: "Library", folder: Path, kind: Kind = Kind.FOLDER, opening: Any = None) -> Following:
    """A new collection that follows a new folder, or what `opening` gives instead."""
    name = f"C-{uuid4()}"
    collection = await library.create(name)
    place = FolderPlace(folder / name)
    place.folder.mkdir(parents=True)
    made = Following(library, collection, place, f"Partage {name}")
    sources = made.sources(**({"opening": opening} if opening else {}))
    await sources.add(library.principal, made.name, name, Place(kind, str(place.folder)), confined=False)
    return made

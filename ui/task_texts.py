"""The texts of tasks that the command line names: files of this machine, documents of collections."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from assistant import GIVEN, Material
from ingestion import Block, FormatUnknown, ParsedDocument, PathNotFound, Reader, TooLarge, chunk
from ingestion.errors import TextRefused
from ingestion.inspection import inspected
from ingestion.parsing import formats
from policies import Action, Principal, Response, Responses
from retrieval import Catalog, Point
from retrieval.corpus import Chunk, DocumentMetadata, DocumentText, Passage
from retrieval.errors import DocumentNotFound
from retrieval.permission import Permission

COMMAND = "Fichiers donnés"  # where the text of a file that no collection holds is said to stand

NOT_TAKEN = (
    "le document contient {}, ce qu’une tâche n’accepte pas. Donnez une version qui n’en contient pas, ou demandez à "
    "un gestionnaire de verser ce document dans une collection."
)

# Here nobody decides about a text that is set aside elsewhere.
_RULE = Responses(unattended=True)


class Points(Protocol):
    """Knows the chunks of documents; an `Index` does."""

    async def points(self, collection_id: UUID, document_id: str) -> list[Point]:
        """All of a document, in no order."""


@dataclass(frozen=True, slots=True)
class TaskTexts:
    """Reads files in the confined reader; `largest` is in bytes."""

    reader: Reader
    index: Points
    permission: Permission
    catalog: Catalog
    largest: int

    async def file(self, path: Path) -> Material:
        """The text of a file. Raises `ImportRefused`, `DocumentRefused`, `ReaderUnavailable`."""
        await asyncio.to_thread(self._check, path)
        document = await self.reader.read(path, path.name)
        inspection = await asyncio.to_thread(inspected, document)
        refused = {one.concern.in_french: None for one in inspection.found if _RULE.of(one.concern) is Response.REFUSE}
        if refused:
            raise TextRefused(path.name, NOT_TAKEN.format(" et ".join(refused)))
        text = DocumentText(GIVEN, path.name, 1, DocumentMetadata(path.name), document.text)
        return material(text, COMMAND, chunk(document))

    async def document(self, principal: Principal, collection_name: str, document_id: str) -> Material:
        """The text of a document, as it is now. Raises `CollectionNotFound`, `DocumentNotFound`."""
        collection = await self.permission.collection(principal, Action.READ, collection_name)
        async with self.permission.pool.connection() as connection:
            document = await self.catalog.document(connection, collection.id, document_id)
            if document is None:
                raise DocumentNotFound(document_id)
            text = await self.catalog.text(connection, collection.id, document_id, document.version)
        chunks = await chunks_of(self.index, text)
        return material(
            text, collection.name, chunks or cut(text.metadata, [Block(line) for line in text.text.split("\n")])
        )

    def _check(self, path: Path) -> None:
        if not path.is_file():
            raise PathNotFound(path)
        if path.suffix.lower() not in formats.SUFFIXES:
            raise FormatUnknown(path, formats.SUFFIXES)
        if path.stat().st_size > self.largest:
            raise TooLarge(path.name, self.largest)


async def chunks_of(index: Points, text: DocumentText) -> list[Chunk]:
    """The document's chunks with their pages, as the index has them; none where it has not been indexed."""
    points = await index.points(text.collection_id, text.document_id)
    return sorted((one.chunk for one in points if one.version == text.version), key=lambda one: one.ordinal)


def cut(metadata: DocumentMetadata, blocks: Sequence[Block]) -> list[Chunk]:
    """A text as ingestion cuts it."""
    return chunk(ParsedDocument(metadata, tuple(blocks)))


def material(text: DocumentText, collection: str, chunks: Sequence[Chunk]) -> Material:
    """The text in its passages."""
    named = text.collection_id, collection, text.document_id, text.version, text.metadata
    return Material(text.metadata.title or text.document_id, tuple(Passage(*named, one, 1.0) for one in chunks))

"""The catalogue in PostgreSQL: which collections there are, their documents, every version's text.

Each method runs in the transaction of the connection it is given and commits nothing: an entry, the
job that fills it and its audit record stand or fall together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from retrieval import catalog_queries as queries
from retrieval.catalog_rows import collection_of, columns, document_of, metadata_of
from retrieval.corpus import Collection, Document, DocumentState, DocumentText
from retrieval.corrections import Corrections, value_json
from retrieval.errors import CollectionExists, CollectionNotFound, DocumentNotFound
from retrieval.names import folded, name_key, valid_name
from retrieval.rows import Connection, all_rows, one_row

ATTACHED_FILES = "Fichiers joints"
"""What the private collection of a conversation is called on screens; nobody finds it by that name."""


class Catalog:
    """Collections and documents; every method takes the open connection first."""

    async def create_collection(
        self,
        connection: Connection,
        name: str,
        *,
        owner: str,
        readers: Iterable[str] = (),
        description: str = "",
    ) -> Collection:
        """A new, empty collection. Raises `NameInvalid`, `CollectionExists`."""
        name = valid_name(name)
        row = await one_row(
            connection,
            queries.INSERT_COLLECTION,
            {
                "id": uuid4(),
                "name": name,
                "key": name_key(name),
                "description": description,
                "owner": owner,
                "readers": sorted(set(readers)),
            },
        )
        if row is None:
            raise CollectionExists(name)
        return collection_of(row)

    async def private_collection(
        self, connection: Connection, person: str, conversation_id: UUID, *, create: bool = False
    ) -> Collection | None:
        """The collection of the files of a person's conversation; made with `create`, where there is none.

        None where there is none, or where the conversation is someone else's.
        """
        values = {"conversation": conversation_id, "owner": person}
        if create:
            await connection.execute(queries.INSERT_PRIVATE, values | {"id": uuid4(), "name": ATTACHED_FILES})
        row = await one_row(connection, queries.SELECT_PRIVATE, values)
        return None if row is None else collection_of(row)

    async def private_collection_by_id(
        self, connection: Connection, person: str, collection_id: UUID
    ) -> Collection | None:
        """The same, by its identifier."""
        row = await one_row(connection, queries.SELECT_PRIVATE_BY_ID, {"id": collection_id, "owner": person})
        return None if row is None else collection_of(row)

    async def all_collection_ids(self, connection: Connection) -> frozenset[UUID]:
        """Those of private collections too: what the index is to hold."""
        return frozenset(row["id"] for row in await all_rows(connection, queries.SELECT_ALL_IDS))

    async def collections(self, connection: Connection) -> list[Collection]:
        """All collections, by name; none that belongs to a conversation, here as in the next three."""
        return [collection_of(row) for row in await all_rows(connection, queries.SELECT_COLLECTIONS)]

    async def collection(self, connection: Connection, name: str) -> Collection:
        """The collection of that name, upper and lower case being the same. Raises `CollectionNotFound`."""
        row = await one_row(connection, queries.SELECT_COLLECTION, [name_key(name)])
        if row is None:
            raise CollectionNotFound(name)
        return collection_of(row)

    async def collection_by_id(self, connection: Connection, collection_id: UUID) -> Collection:
        """The collection that has this identifier. Raises `CollectionNotFound`."""
        row = await one_row(connection, queries.SELECT_COLLECTION_BY_ID, [collection_id])
        if row is None:
            raise CollectionNotFound(str(collection_id))
        return collection_of(row)

    async def collections_by_id(self, connection: Connection, ids: Iterable[UUID]) -> list[Collection]:
        """Those of these identifiers that there are, by name."""
        return [collection_of(row) for row in await all_rows(connection, queries.SELECT_COLLECTIONS_BY_ID, [[*ids]])]

    async def drafts(self, connection: Connection, collection_ids: Iterable[UUID]) -> dict[UUID, UUID]:
        """The drafts of these collections, by their identifiers, each with the collection that it is of."""
        rows = await all_rows(connection, queries.SELECT_DRAFTS, [list(collection_ids)])
        return {row["id"]: row["part_of"] for row in rows}

    async def whole(self, connection: Connection, collection_id: UUID) -> UUID:
        """The collection that a draft is of; any other is itself."""
        row = await one_row(connection, queries.SELECT_WHOLE, [collection_id])
        return collection_id if row is None else UUID(str(row["part_of"]))

    async def delete_collection(self, connection: Connection, collection_id: UUID) -> None:
        """Remove the collection with its documents and their texts. Raises `CollectionNotFound`."""
        cursor = await connection.execute(queries.DELETE_COLLECTION, [collection_id])
        if cursor.rowcount == 0:
            raise CollectionNotFound(str(collection_id))

    async def count_documents(
        self, connection: Connection, collection_ids: Iterable[UUID]
    ) -> dict[UUID, dict[DocumentState, int]]:
        """How many documents of each state these collections have; every collection and state has its number."""
        wanted = list(collection_ids)
        counts = {collection_id: dict.fromkeys(DocumentState, 0) for collection_id in wanted}
        for row in await all_rows(connection, queries.COUNT_DOCUMENTS, [wanted]):
            counts[row["collection_id"]][DocumentState(row["state"])] = row["documents"]
        return counts

    async def documents(self, connection: Connection, collection_id: UUID, ids: Sequence[str]) -> dict[str, Document]:
        """What is known of these documents, by id; the unknown ones are left out."""
        rows = await all_rows(connection, queries.SELECT_DOCUMENTS, [collection_id, list(ids)])
        return {row["id"]: document_of(row) for row in rows}

    async def document(self, connection: Connection, collection_id: UUID, document_id: str) -> Document | None:
        """The latest version of one document, or None."""
        return (await self.documents(connection, collection_id, [document_id])).get(document_id)

    async def receive_documents(
        self, connection: Connection, collection_id: UUID, sha256s: Mapping[str, str]
    ) -> dict[str, int]:
        """Say that these documents, by id, are there in that content, to be read; gives each id's version.

        They are pending; versions are numbered as by `put_documents`, which then takes what was read.
        """
        values = {"collection_id": collection_id, "ids": list(sha256s), "sha256s": list(sha256s.values())}
        return {row["id"]: row["version"] for row in await all_rows(connection, queries.RECEIVE_DOCUMENTS, values)}

    async def put_documents(self, connection: Connection, documents: Sequence[tuple[Document, str]]) -> dict[str, int]:
        """Enter documents of one collection with their texts, as pending; gives each id's version.

        The catalogue numbers the versions: 1 for a new document, the next one where the sha256 differs
        from the known one, the same one otherwise; the `version`, `state` and `failure` given do not
        count. The sha256 must cover all that makes the text, for a version's text is its own for good.
        An id may stand only once in the batch. What an administrator corrected stays as corrected (see
        `retrieval.corrections`).
        """
        documents = await self._as_corrected(connection, documents)
        put = await all_rows(connection, queries.PUT_DOCUMENTS, columns(documents))
        return {row["id"]: row["version"] for row in put}

    async def correct(
        self, connection: Connection, collection_id: UUID, document_id: str, values: Mapping[str, Any]
    ) -> Document:
        """Put these values, by field, in the place of what is known of a document; gives it as it then is.

        Each field is one of `retrieval.corrections.CORRECTABLE`. Raises `DocumentNotFound`.
        """
        row = await self._locked(connection, collection_id, document_id)
        document = document_of(row)
        corrections = Corrections.of_json(row["corrections"]).and_also(values, document.metadata)
        await connection.execute(queries.PUT_CORRECTIONS, [Jsonb(corrections.as_json()), collection_id, document_id])
        metadata = corrections.applied(document.metadata)
        corrected = replace(document, metadata=metadata, corrected=frozenset(corrections.values))
        place = {"collection_id": collection_id, "id": document_id, "version": document.version}
        columns = {name: value_json(value) for name, value in asdict(corrected.metadata).items()}
        columns["author_key"] = folded(corrected.metadata.author)
        await connection.execute(queries.DESCRIBE, columns | place)
        return corrected

    async def locked(self, connection: Connection, collection_id: UUID, document_id: str) -> Document:
        """One document, which nobody else changes before the transaction ends. Raises `DocumentNotFound`."""
        return document_of(await self._locked(connection, collection_id, document_id))

    async def _locked(self, connection: Connection, collection_id: UUID, document_id: str) -> DictRow:
        row = await one_row(connection, queries.LOCK_DOCUMENT, [collection_id, document_id])
        if row is None:
            raise DocumentNotFound(document_id)
        return row

    async def _as_corrected(
        self, connection: Connection, documents: Sequence[tuple[Document, str]]
    ) -> list[tuple[Document, str]]:
        """The documents with the corrections that still hold; the others are forgotten."""
        collections, ids = {one.collection_id for one, _ in documents}, [one.id for one, _ in documents]
        rows = await all_rows(connection, queries.LOCK_CORRECTIONS, [list(collections), ids])
        kept = {row["id"]: Corrections.of_json(row["corrections"]) for row in rows if row["corrections"]}
        corrected = []
        for document, text in documents:
            if corrections := kept.get(document.id):
                holding = corrections.still_holding(document.metadata)
                if holding != corrections:
                    values = [Jsonb(holding.as_json()), document.collection_id, document.id]
                    await connection.execute(queries.PUT_CORRECTIONS, values)
                document = replace(document, metadata=holding.applied(document.metadata))
            corrected.append((document, text))
        return corrected

    async def mark_indexed(self, connection: Connection, collection_id: UUID, versions: Mapping[str, int]) -> None:
        """Say that these documents, in these versions, can be found; a version no longer the latest is passed over."""
        await connection.execute(
            queries.MARK_INDEXED,
            {"collection_id": collection_id, "ids": list(versions), "versions": list(versions.values())},
        )

    async def mark_failed(
        self, connection: Connection, collection_id: UUID, document_id: str, version: int, failure: str
    ) -> None:
        """Say why this version cannot be found, in words on which a person can act."""
        await connection.execute(
            queries.MARK_FAILED,
            {"collection_id": collection_id, "id": document_id, "version": version, "failure": failure},
        )

    async def mark_all_pending(self, connection: Connection) -> None:
        """Say that no document can be found: what to do when the index is new and the catalogue is not."""
        await connection.execute(queries.MARK_ALL_PENDING)

    async def text(self, connection: Connection, collection_id: UUID, document_id: str, version: int) -> DocumentText:
        """One version's text and metadata, however old. Raises `DocumentNotFound`."""
        row = await one_row(connection, queries.SELECT_TEXT, [collection_id, document_id, version])
        if row is None:
            raise DocumentNotFound(document_id, version)
        return DocumentText(
            collection_id=row["collection_id"],
            document_id=row["document_id"],
            version=row["version"],
            metadata=metadata_of(row),
            text=row["text"],
        )

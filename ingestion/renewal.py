"""Making anew what an earlier pipeline made: each document beside what is found of it, then in its place.

A document gets a new version and waits for a worker; its earlier points are found until the new ones are there,
and leave in the transaction that says so. Nobody has to give the files again: the originals are kept.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ingestion import reception_queries as queries
from ingestion.blobs import BlobStore
from ingestion.chunking import PIPELINE
from ingestion.incoming import prefix
from ingestion.publication.drafts import Drafts
from ingestion.queue import Queue
from ingestion.reception import BATCH_DOCUMENTS, received
from policies import Action, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.permission import Permission
from retrieval.rows import Pool, all_rows

PIECE = 1 << 20  # bytes read at once


@dataclass(frozen=True, slots=True)
class Renewal:
    """For whoever may add to a collection; each document's new version is on record as received."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    blobs: BlobStore
    queue: Queue
    drafts: Drafts | None = None

    async def renew(self, principal: Principal, collection_name: str) -> int:
        """Have workers read again what can be found and another pipeline made; gives how many documents.

        Where changes of the collection wait to be published, copies of these documents are read again in its draft.

        Raises `CollectionNotFound`, `Refused`, `BlobMissing`, `BlobsUnavailable`.
        """
        permission = Permission(self.pool, self.policy, self.catalog, self.ledger)
        collection = await permission.collection(principal, Action.INGEST, collection_name)
        renewed, after, job = 0, "", None
        if self.drafts is not None:
            collection = await self._copied(self.drafts, collection)
        while found := await self._next(collection, after):
            after = found[-1]["document_id"]
            sha256s = {row["document_id"]: await self._sha256(row) for row in found}
            count, job = await self._enter(principal, collection, found, sha256s, job)
            renewed += count
        return renewed

    async def _copied(self, drafts: Drafts, collection: Collection) -> Collection:
        """Where they are made anew."""
        target, after = await drafts.target(collection), ""
        while target.id != collection.id and (found := await self._next(collection, after)):
            after = found[-1]["document_id"]
            await drafts.with_copies(collection, [row["document_id"] for row in found])
        return target

    async def _next(self, collection: Collection, after: str) -> list[DictRow]:
        values = {"collection_id": collection.id, "pipeline": PIPELINE, "after": after, "limit": BATCH_DOCUMENTS}
        async with self.pool.connection() as connection:
            return await all_rows(connection, queries.MADE_OTHERWISE, values)

    async def _sha256(self, row: Mapping[str, Any]) -> str:
        async with self.blobs.open(row["blob"]) as path:
            return await asyncio.to_thread(_sha256, path, row["start"], row["length"])

    async def _enter(
        self,
        principal: Principal,
        collection: Collection,
        found: list[DictRow],
        sha256s: dict[str, str],
        after: int | None,
    ) -> tuple[int, int | None]:
        """How many were still as they were found, and the job that reads them."""
        given = {
            "ids": [row["document_id"] for row in found],
            "blobs": [row["blob"] for row in found],
            "starts": [row["start"] for row in found],
        }
        place = {"collection_id": collection.id, "pipeline": PIPELINE}
        async with self.pool.connection() as connection:
            rows = await (await connection.execute(queries.LOCK_MADE_OTHERWISE, place | given)).fetchall()
            ids = [identifier for (identifier,) in rows]
            if not ids:
                return 0, after
            reception = uuid4()
            await connection.execute(queries.RECEPTION, [reception, collection.id, Jsonb(principal.as_json())])
            job = await self.queue.defer(connection, after=after)
            new = {one: sha256s[one] for one in ids}
            versions = await self.catalog.receive_documents(connection, collection.id, new)
            anew = {"job_id": job, "reception_id": reception, "ids": ids, "versions": [versions[one] for one in ids]}
            await connection.execute(queries.MAKE_ANEW, place | anew)
            for one in ids:  # last: who holds the ledger waits for no document
                await self.ledger.append(connection, received(principal, collection, one, versions[one], sha256s[one]))
        return len(ids), job


def _sha256(path: Path, start: int | None, length: int | None) -> str:
    """Of the document at that place, made by this pipeline."""
    digest = hashlib.sha256(prefix())
    with path.open("rb") as file:
        if start is not None and length is not None:
            file.seek(start)
            digest.update(file.read(length))
        else:
            while piece := file.read(PIECE):
                digest.update(piece)
    return digest.hexdigest()

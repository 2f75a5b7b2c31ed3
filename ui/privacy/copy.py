"""A copy of everything that the product keeps of one person (GDPR, articles 15 and 20), as an archive."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion import BlobMissing
from ingestion.blobs import BlobStore
from policies import Act, Event, Json, Ledger, Principal
from policies.audit.archive import Archive, new_archive
from policies.review.bodies import read_body
from policies.review.projection import Projection
from retrieval.rows import Connection, Pool, all_rows
from ui.privacy import queries, work_queries
from ui.privacy.person import Known

PAGE = 1000  # records

README = (Path(__file__).parent / "lisezmoi.txt").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Copied:
    """What was written, and how much of each."""

    path: Path
    sha256: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Copying:
    """Writes copies."""

    pool: Pool
    ledger: Ledger
    projection: Projection
    blobs: BlobStore

    async def write(self, actor: Principal, person: Known, path: Path) -> Copied:
        """The archive; that it was made is recorded before it has its name.

        Raises `ExportRefused`, `LedgerUnavailable`, `BlobsUnavailable`.
        """
        await self.projection.catch_up()
        async with new_archive(path) as archive:
            async with self.pool.connection() as connection:
                await connection.execute("set transaction isolation level repeatable read, read only")
                counts = await self._write(connection, archive, person)
            who = f"{person.name} (identifiant {person.subject}, pseudonyme dans la revue : {person.who})"
            await archive.add("LISEZMOI.txt", README.replace("{personne}", who))
            sha256 = await archive.close({"personne": person.subject, "nombres": counts})
            details: dict[str, Json] = {"subject": person.subject, "counts": {**counts}, "sha256": sha256}
            async with self.pool.connection() as connection:
                await self.ledger.append(connection, Event(Act.PERSON_EXPORTED, actor, details))
        return Copied(path, sha256, counts)

    async def _write(self, connection: Connection, archive: Archive, person: Known) -> dict[str, int]:
        values = person.values
        conversations = await all_rows(connection, queries.CONVERSATIONS, values)
        for one in conversations:
            one["exchanges"] = await all_rows(connection, queries.EXCHANGES, values | {"id": one["id"]})
        held: dict[str, list[dict[str, Any]]] = {
            "conversations": conversations,
            "fichiers": await all_rows(connection, queries.FILES, values),
            "sessions": await all_rows(connection, queries.SESSIONS, values),
            "imports": await all_rows(connection, queries.RECEPTIONS, values),
            "sources": await all_rows(connection, queries.SOURCES, values),
            "travaux": await all_rows(connection, work_queries.WORK, values),
            "reglages": await all_rows(connection, queries.CHOICES, values),
        }
        for name, rows in held.items():
            await archive.add(f"{name}.json", json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        counts = {name: len(rows) for name, rows in held.items() if name != "reglages"}
        counts["originaux"] = await self._add_originals(connection, archive, person)
        counts["enregistrements"] = 0
        with archive.file("registre.jsonl") as file:
            async for records in _records(connection, person):
                await file.write(json.dumps(one, ensure_ascii=False, default=str).encode() for one in records)
                counts["enregistrements"] += len(records)
        about = await all_rows(connection, queries.ABOUT, values)
        counts["enregistrements_a_son_sujet"] = len(about)
        with archive.file("registre_a_son_sujet.jsonl") as file:
            await file.write(json.dumps(one, ensure_ascii=False, default=str).encode() for one in about)
        return counts

    async def _add_originals(self, connection: Connection, archive: Archive, person: Known) -> int:
        added = 0
        for row in await all_rows(connection, queries.ORIGINALS, person.values):
            name = re.sub(r"[^\w.() -]", "_", row["name"])[-100:]
            try:
                async with self.blobs.open(row["blob"]) as path:
                    await archive.copy(f"fichiers/{row['conversation_id']}/{row['blob'][:8]}-{name}", path)
            except BlobMissing:  # the list of files names it all the same
                continue
            added += 1
        return added


async def _records(connection: Connection, person: Known) -> AsyncIterator[list[dict[str, Any]]]:
    """What they did, with the texts that are still there, page by page."""
    start = 0
    while True:
        values = person.values | {"start": start, "limit": PAGE}
        rows = await all_rows(connection, queries.RECORDS, values)
        if not rows:
            return
        texts: dict[int, dict[str, str]] = {}
        for text in await all_rows(connection, queries.TEXTS, [[row["index"] for row in rows]]):
            texts.setdefault(text["record"], {})[text["name"]] = bytes(text["text"]).decode("utf-8", "backslashreplace")
        yield [
            {"index": row["index"], "record": read_body(bytes(row["body"])), "texts": texts.get(row["index"], {})}
            for row in rows
        ]
        start = rows[-1]["index"] + 1

"""Importing files and records into a collection."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from ingestion.blobs import BlobStore
from ingestion.delays import is_disk_full
from ingestion.errors import DiskFull
from ingestion.intake import IntakeLimits, Selection, select
from ingestion.parsing.parts import PartLimits
from ingestion.progress import Notice, Progress, Summary
from ingestion.publication.drafts import Drafts
from ingestion.queue import Queue
from ingestion.reading import Reader
from ingestion.reception import Reception, Taken
from ingestion.watching import Outcome, Watch
from policies import Action, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.permission import Permission
from retrieval.rows import Pool

UPLOAD_DOCUMENTS = 16  # up to so many, an import is a person's own, and comes before the large ones
FIRST_LOOK_S, LONGEST_LOOK_S = 0.02, 0.5
NO_WORKER = (
    "Aucun processus de traitement n’est en marche\u202f: les documents reçus attendent. "
    "Démarrez « assistant serve » ou « assistant worker »."
)
IN_DRAFT = (
    "Les changements de cette collection sont contrôlés\u202f: les documents vont dans son brouillon, où ses lecteurs "
    "ne les voient pas encore. Publiez-les ensuite (« assistant publication »)."
)

Events = AsyncGenerator[Progress | Notice | Summary, None]


class Ingestion:
    """Receives documents, and tells what the workers make of them."""

    def __init__(
        self,
        *,
        pool: Pool,
        policy: Policy,
        catalog: Catalog,
        ledger: Ledger,
        blobs: BlobStore,
        queue: Queue,
        reader: Reader,
        limits: IntakeLimits | None = None,
        part_limits: PartLimits | None = None,
        drafts: Drafts | None = None,
    ) -> None:
        self._pool = pool
        self._permission = Permission(pool, policy, catalog, ledger)
        self._reception = Reception(pool, catalog, ledger, blobs, queue, reader, part_limits)
        self._queue = queue
        self._drafts = drafts
        self._limits = limits or IntakeLimits()

    async def ingest(
        self,
        principal: Principal,
        collection_name: str,
        paths: Sequence[Path],
        base: Path | None = None,
        *,
        detach: bool = False,
    ) -> Events:
        """Import what the paths name; the summary comes last, once everything is durable.

        Where changes of the collection wait to be published, they go into its draft, and that is told first.

        Workers go on with what was received when nobody listens any more; with `detach` the summary comes as soon
        as all of it was received. The same input a second time changes nothing. A document that cannot be read is
        marked as failed and the others go in. Raises `CollectionNotFound`, `Refused`, `ImportRefused` (nothing was
        written), `DiskFull` (the next run goes on from there), `BlobsUnavailable`.
        """
        collection = await self._target(principal, collection_name)
        selection = await asyncio.to_thread(select, paths, base, self._limits)
        if collection.part_of is not None:
            yield Notice(IN_DRAFT)
        telling, watch = _Telling(selection), Watch(self._pool)
        upload = selection.total <= UPLOAD_DOCUMENTS
        receiving = self._reception.receive(principal, collection, selection.items(), upload=upload)
        try:
            async for taken in receiving:
                if taken.job is not None:
                    watch.add(taken.job, taken.documents)
                for step in telling.taken(taken):
                    yield step
        except Exception as error:
            if is_disk_full(error) and not isinstance(error, DiskFull):
                raise DiskFull from error
            raise
        finally:
            await receiving.aclose()
        if not detach:
            async for event in self._watched(watch, telling):
                yield event
            if telling.lost:  # perhaps with its collection
                await self._permission.collection(principal, Action.INGEST, collection_name)
        yield telling.summary(watch.waiting)

    async def _target(self, principal: Principal, collection_name: str) -> Collection:
        """Where it is received."""
        collection = await self._permission.collection(principal, Action.INGEST, collection_name)
        return collection if self._drafts is None else await self._drafts.target(collection)

    async def _watched(self, watch: Watch, telling: "_Telling") -> AsyncGenerator[Progress | Notice, None]:
        wait, told = FIRST_LOOK_S, ""
        while True:
            before = watch.waiting
            async for outcome in watch.news():
                yield telling.outcome(outcome)
            if watch.is_over:
                return
            notice = watch.delay or ("" if await self._queue.is_worked() else NO_WORKER)
            if notice and notice != told:
                yield Notice(notice)
            told = notice
            wait = FIRST_LOOK_S if watch.waiting < before else min(2 * wait, LONGEST_LOOK_S)
            await asyncio.sleep(wait)


class _Telling:
    """Counts what became of the documents of a selection."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._total = selection.total
        self._done = self._added = self._changed = self._unchanged = 0
        self._failed: list[tuple[str, str]] = []
        self._held: list[str] = []
        self.lost = 0

    def taken(self, taken: Taken) -> list[Progress]:
        self._total += taken.more
        self._unchanged += len(taken.unchanged)
        self._failed += taken.failed
        self._held += taken.held
        names = (*taken.unchanged, *(name for name, _ in taken.failed), *taken.held)
        return [self._tell(name) for name in names]

    def outcome(self, outcome: Outcome) -> Progress:
        if outcome.failure:
            self._failed.append((outcome.name, outcome.failure))
        elif outcome.held:
            self._held.append(outcome.name)
        elif outcome.found:
            self._added += outcome.version == 1
            self._changed += outcome.version > 1
        else:
            self.lost += 1
        return self._tell(outcome.name)

    def summary(self, waiting: int) -> Summary:
        skipped = list(self._selection.skipped)
        return Summary(self._added, self._changed, self._unchanged, self._failed, skipped, waiting, self._held)

    def _tell(self, name: str) -> Progress:
        self._done += 1
        return Progress(self._done, self._total, name)

"""A collection whose changes are checked, with everything real, and its way to its readers in one line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest

from ingestion import Ingestion, Parts
from ingestion.publication.drafts import Drafts
from ingestion.publication.gate import Refusing
from ingestion.publication.service import Publication
from ingestion.publication.table import Checklist, Figures
from policies import Principal, Role
from retrieval import Collection, Fusion, Search
from tests.ingestion.conftest import Library, Write
from tests.ingestion.records import lines

SEEN_TO = Checklist("Direction", "Licence ouverte", True, True, "Adèle")

EVERYBODY = frozenset[str]()


@dataclass(frozen=True)
class Question:
    """A golden one."""

    id: str
    question: str
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection on its way; each document is one line of text, and its title is its identifier."""

    library: Library
    publication: Publication
    collection: Collection
    write: Write
    keeper: Principal

    async def receive(self, **texts: str) -> None:
        """Have these received and read, wherever that is."""
        ingestion = ingestion_of(self.library, self.publication.drafts)
        path = self.write(f"{uuid4()}.jsonl", lines(**texts))
        async for _ in ingestion.ingest(self.keeper, self.collection.name, [path], detach=True):
            pass
        await self.library.do_jobs()

    async def remove(self, *ids: str) -> None:
        await self.publication.drafts.remove(self.keeper, await self.now(), list(ids))

    async def now(self) -> Collection:
        return await self.publication.collection(self.keeper, self.collection.id)

    async def submit(self) -> str:
        """Submit, sign and measure; gives the fingerprint of the change."""
        await self.publication.checking.submit(self.keeper, self.collection.id)
        return await self.check()

    async def check(self) -> str:
        change = (await self.publication.overview(self.keeper, self.collection.id)).change
        await self.publication.checking.sign(self.keeper, self.collection.id, SEEN_TO, change)
        await self.measure()
        return change

    async def measure(self) -> Figures:
        steps = [step async for step in self.publication.checking.measure(self.keeper, self.collection.id)]
        assert isinstance(steps[-1], Figures)
        return steps[-1]

    async def publish(self, readers: frozenset[str] = EVERYBODY, reason: str = "") -> UUID:
        """All of it, to its end."""
        change = await self.submit()
        row = await self.publication.publish(self.keeper, self.collection.id, readers, change, reason)
        await self.carry_out(row.id)
        return row.id

    async def roll_back(self) -> UUID:
        row = await self.publication.roll_back(self.keeper, self.collection.id)
        await self.carry_out(row.id)
        return row.id

    async def carry_out(self, publication_id: UUID) -> None:
        async for _ in self.publication.carry_out(publication_id):
            pass

    async def found(self) -> dict[str, str]:
        """The text of each document that readers find, which the index and the catalogue say alike."""
        texts: dict[str, str] = {}
        catalog, pool = self.publication.catalog, self.publication.pool
        for document_id, version, _, text in await self.library.points(self.collection):
            async with pool.connection() as connection:
                document = await catalog.document(connection, self.collection.id, document_id)
                said = await catalog.text(connection, self.collection.id, document_id, version)
            assert document is not None
            assert document.version == version
            assert said.text == text
            assert document_id not in texts
            texts[document_id] = text
        return texts


def ingestion_of(library: Library, drafts: Drafts) -> Ingestion:
    parts = library.parts
    return Ingestion(
        pool=parts.pool,
        policy=library.policy,
        catalog=parts.catalog,
        ledger=parts.ledger,
        blobs=parts.blobs,
        queue=library.queue,
        reader=parts.reader,
        drafts=drafts,
    )


def publication_of(
    library: Library, parts: Parts, questions: Sequence[Question] = (), refusing: Refusing | None = None
) -> Publication:
    async def golden(_principal: Principal, _collection: Collection) -> Sequence[Question]:
        return questions

    search = Search(
        pool=parts.pool,
        policy=library.policy,
        catalog=parts.catalog,
        ledger=parts.ledger,
        spaces=parts.spaces,
        sparse=parts.sparse,
        fusion=Fusion(k=20, dense_weight=0.5, candidates=50),
    )
    return Publication(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index, search, golden, refusing)


async def shelf_of(library: Library, write: Write, keeper: Principal, **texts: str) -> Shelf:
    """Published with these, its changes checked from now on."""
    publication = publication_of(library, library.parts)
    collection = await library.create(f"C-{uuid4()}")
    shelf = Shelf(library, publication, collection, write, keeper)
    if texts:
        await shelf.receive(**texts)
    await publication.set_reviewed(keeper, collection.id, True)
    return shelf


@pytest.fixture
def keeper() -> Principal:
    """Someone who keeps the collections of DGS."""
    return Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))


@pytest.fixture
async def shelf(library: Library, write: Write, keeper: Principal) -> Shelf:
    return await shelf_of(library, write, keeper, same="Pareil.", changed="Avant.", gone="À retirer.")


def asking(shelf: Shelf, *questions: Question, refusing: Refusing | None = None) -> Shelf:
    """The same, with golden questions."""
    return replace(shelf, publication=publication_of(shelf.library, shelf.library.parts, questions, refusing))

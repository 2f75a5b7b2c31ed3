"""Collections and documents entered into the catalogue."""

import datetime as dt

from retrieval import Catalog, Collection, Document, DocumentMetadata, DocumentState, TextKind
from retrieval.rows import Connection
from ui.database import Pool

catalog = Catalog()


async def create(pool: Pool, name: str = "Santé", readers: frozenset[str] = frozenset()) -> Collection:
    async with pool.connection() as connection:
        return await catalog.create_collection(
            connection, name, owner="/DGS", readers=readers, description="Textes de la santé publique"
        )


async def enter(connection: Connection, document: Document, text: str) -> int:
    """Enter one document; gives its version."""
    return (await catalog.put_documents(connection, [(document, text)]))[document.id]


def document(collection: Collection, id_: str = "F1", sha256: str = "s1", title: str = "Titre") -> Document:
    metadata = DocumentMetadata(
        title=title,
        url="https://exemple.test/F1",
        date=dt.date(2026, 1, 2),
        in_force_from=dt.date(2026, 2, 1),
        kind=TextKind.CIRCULAIRE,
        number="DGS/2026/1",
        signed_on=dt.date(2026, 1, 1),
        replaces=("DGS/2020/3", "DGS/2021/4"),
        author="Direction générale de la santé",
        guessed=frozenset({"kind", "number", "replaces"}),
    )
    return Document(id_, collection.id, metadata, version=0, sha256=sha256, state=DocumentState.PENDING)

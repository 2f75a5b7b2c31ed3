"""Documents of a batch on their way through a worker: waiting, then read, then with their vectors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from ingestion.chunking import PIPELINE, chunk
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty, DocumentRefused
from ingestion.identification import identify
from ingestion.inspection import NOTHING_FOUND, Inspection, inspected
from policies import Principal
from retrieval.corpus import Chunk, Document, DocumentMetadata, DocumentState, point_id
from retrieval.embedding import contextualise
from retrieval.index import Point, Vector
from retrieval.sparse import SparseEncoder
from retrieval.watch import UNWATCHED, Step, Watch

EMBED_TEXTS = 32  # in one call of the model
WRITE_POINTS = 256  # made durable at once


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document in the catalogue, pending; a record lies in its blob from `start`.

    `refusal` says why there is nothing to read.
    """

    collection_id: UUID
    id: str
    version: int
    sha256: str
    name: str
    blob: str
    start: int | None
    length: int | None
    principal: Principal  # who had it received
    refusal: str = ""

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> "Waiting":
        """As the queries in `reception_queries` give it."""
        principal = Principal.of_json(row["principal"])
        return cls(**dict(row) | {"principal": principal})


@dataclass(frozen=True, slots=True)
class Read:
    """The same, read; `failure` says why there are no chunks. Vectors come in the order of the chunks."""

    waiting: Waiting
    document: ParsedDocument
    chunks: list[Chunk]
    failure: DocumentRefused | None = None
    vectors: list[Vector] = field(default_factory=list)
    inspection: Inspection = NOTHING_FOUND

    @property
    def id(self) -> str:
        return self.waiting.id

    def texts(self) -> list[str]:
        """What the models read of each chunk."""
        return [contextualise(self.document.metadata.title, one) for one in self.chunks]

    def entry(self) -> tuple[Document, str]:
        """What the catalogue is to know of it."""
        waiting = self.waiting
        document = Document(
            id=waiting.id,
            collection_id=waiting.collection_id,
            metadata=self.document.metadata,
            version=waiting.version,
            sha256=waiting.sha256,
            state=DocumentState.PENDING,
            found=self.inspection.found,
        )
        return document, self.document.text

    def points(self, metadata: DocumentMetadata, sparse: SparseEncoder) -> Iterator[Point]:
        """What the index is to hold of it; `metadata` is what the catalogue knows, corrections among it."""
        waiting = self.waiting
        document = sparse.whole(self.document.metadata.title, self.chunks)
        for piece, vector, text in zip(self.chunks, self.vectors, self.texts(), strict=True):
            yield Point(
                id=point_id(waiting.collection_id, waiting.id, waiting.version, PIPELINE, piece.ordinal),
                collection_id=waiting.collection_id,
                document_id=waiting.id,
                version=waiting.version,
                metadata=metadata,
                chunk=piece,
                dense=vector,
                sparse=sparse.document(text),
                document=document if piece.ordinal == 0 else None,
            )


def prepared(waiting: Waiting, document: ParsedDocument, watch: Watch = UNWATCHED) -> Read:
    """In chunks, with what it says of itself and with what the guardrails find in it."""
    with watch.step(Step.INSPECT):
        inspection = inspected(document)
    with watch.step(Step.CHUNK):
        chunks = chunk(document)
    if not chunks:
        return failed(waiting, DocumentEmpty(waiting.name))
    return Read(waiting, replace(document, metadata=identify(document)), chunks, inspection=inspection)


def failed(waiting: Waiting, failure: DocumentRefused) -> Read:
    """A document of which there is nothing to find."""
    return Read(waiting, ParsedDocument(DocumentMetadata(title=waiting.name), ()), [], failure)


def slices(read: Sequence[Read], chunks: int) -> Iterator[list[Read]]:
    """A few at a time, until they have so many chunks."""
    some: list[Read] = []
    for one in read:
        some.append(one)
        if sum(len(one.chunks) for one in some) >= chunks:
            yield some
            some = []
    if some:
        yield some

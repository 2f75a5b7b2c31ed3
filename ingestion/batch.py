"""Documents on their way through an import, a few at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from ingestion.chunking import chunk
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty, DocumentRefused
from ingestion.identification import identify
from ingestion.intake import Intake, Unread
from retrieval.corpus import Chunk, DocumentMetadata
from retrieval.embedding import contextualise
from retrieval.index import Vector

READ_DOCUMENTS = 64  # compared with the catalogue, and entered, at once
READ_BYTES = 8_000_000  # beyond this a batch is closed early

Hashed = tuple[Intake | Unread, str]  # with its SHA-256; empty for what could not be read


@dataclass(frozen=True, slots=True)
class Parsed:
    """A new or changed document as read; `failure` says why there are no chunks."""

    intake: Intake
    sha256: str
    document: ParsedDocument
    chunks: list[Chunk]
    failure: DocumentRefused | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A document in the catalogue, pending; its vectors come in the order of its chunks."""

    id: str
    name: str
    version: int
    metadata: DocumentMetadata
    chunks: list[Chunk]
    vectors: list[Vector] = field(default_factory=list)

    @property
    def is_embedded(self) -> bool:
        return len(self.vectors) == len(self.chunks)

    def texts(self) -> list[str]:
        """What the models read of each chunk."""
        return [contextualise(self.metadata.title, one) for one in self.chunks]


def take(items: Iterator[Intake | Unread]) -> list[Hashed]:
    """The next few items with their hashes; nothing when there are no more."""
    batch: list[Hashed] = []
    size = 0
    for item in islice(items, READ_DOCUMENTS):
        batch.append((item, "" if isinstance(item, Unread) else item.sha256()))
        size += item.size if not isinstance(item, Unread) else 0
        if size >= READ_BYTES:
            break
    return batch


def parse_all(items: list[Hashed]) -> list[Parsed]:
    """Their texts and chunks, or the reason why there are none."""
    return [_parse(item, sha256) for item, sha256 in items if not isinstance(item, Unread)]


def _parse(item: Intake, sha256: str) -> Parsed:
    try:
        document = item.parse()
        chunks = chunk(document)
        if not chunks:
            raise DocumentEmpty(item.name)
    except DocumentRefused as error:
        nothing = ParsedDocument(DocumentMetadata(title=item.name), ())
        return Parsed(item, sha256, nothing, [], error)
    return Parsed(item, sha256, replace(document, metadata=identify(document)), chunks)

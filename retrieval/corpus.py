"""The words of the corpus: collections, documents, chunks, passages.

Types only: nothing here reads or writes anything.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from policies.access import AccessRule
from policies.guardrails import Tally


class Stage(StrEnum):
    """How far a collection is on its way to its readers."""

    DRAFT = "draft"
    CHECKING = "checking"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of documents with one owner and one access rule.

    `readers` are the groups whose members may read it; empty means every agent. One that holds the files of a
    `conversation` belongs to one person alone, whose subject is its `owner`. `allowed_by` names the access rules by
    which whoever asked for it may do what they asked it for, as records say them; empty where nobody was asked.

    Where it is `reviewed`, what changes in it waits to be published. `paused`: it takes no new document. `archived`:
    its readers no longer find it. `edition` rises with each change of what is said here. The draft of another
    is `part_of` it.
    """

    id: UUID
    name: str
    description: str
    owner: str
    readers: frozenset[str]
    created_at: dt.datetime
    conversation: UUID | None = None
    stage: Stage = Stage.PUBLISHED
    reviewed: bool = False
    paused: bool = False
    archived: bool = False
    edition: int = 0
    part_of: UUID | None = None
    allowed_by: tuple[str, ...] = field(default=(), compare=False)

    @property
    def rule(self) -> AccessRule:
        """What the policy needs to know to decide on this collection."""
        if self.conversation is not None:
            return AccessRule(collection_id=self.id, owner="", readers=frozenset(), person=self.owner)
        published = self.stage is Stage.PUBLISHED and not self.archived
        return AccessRule(collection_id=self.id, owner=self.owner, readers=self.readers, published=published)


class DocumentState(StrEnum):
    """Where a document stands between intake and search."""

    PENDING = "pending"
    INDEXED = "indexed"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    """Waits for a person's decision; nothing of it can be found."""


class TextKind(StrEnum):
    """What an administrative text is, in its author's word."""

    LOI = "loi"
    ORDONNANCE = "ordonnance"
    DECRET = "décret"
    ARRETE = "arrêté"
    DECISION = "décision"
    CIRCULAIRE = "circulaire"
    INSTRUCTION = "instruction"
    NOTE = "note"
    GUIDE = "guide"


@dataclass(frozen=True, slots=True)
class DocumentMetadata:
    """What is known of a text besides its words; `repealed_on` is the first day it no longer applies.

    `number` is the one that the administration gave it: its NOR, or the number of a law or circular. `guessed`
    are the names of those fields that were found by rules in the text and that nobody has confirmed.
    """

    title: str
    url: str = ""
    date: dt.date | None = None
    in_force_from: dt.date | None = None
    repealed_on: dt.date | None = None
    kind: TextKind | None = None
    number: str = ""
    signed_on: dt.date | None = None
    replaces: tuple[str, ...] = ()
    """Numbers of the texts that this one takes the place of."""
    replaced_by: str = ""
    author: str = ""
    """Who signed or issued it: a person or a body."""
    guessed: frozenset[str] = frozenset()

    def in_force(self, on: dt.date) -> bool:
        """Whether the text applies on that day; an unknown bound is open, but nothing applies before its signature."""
        starts = self.in_force_from or self.signed_on
        return (starts is None or starts <= on) and (self.repealed_on is None or on < self.repealed_on)


@dataclass(frozen=True, slots=True)
class Document:
    """One file or record of a collection, as the catalogue knows it.

    `id` is the record's own identifier, or the file's path, and is unique within its collection.
    `version` counts from 1 and rises when the content changes.
    """

    id: str
    collection_id: UUID
    metadata: DocumentMetadata
    version: int
    sha256: str
    state: DocumentState
    failure: str = ""
    found: tuple[Tally, ...] = ()
    """By the guardrails, in this version."""
    corrected: frozenset[str] = frozenset()
    """The fields of its metadata about which a person said what holds."""


@dataclass(frozen=True, slots=True)
class DocumentText:
    """One version of a document as it was read; kept, so that an old citation still opens."""

    collection_id: UUID
    document_id: str
    version: int
    metadata: DocumentMetadata
    text: str


class Box(NamedTuple):
    """A rectangle on a page (from 1), as shares of the page's width and height from its top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a chunk stands: page (from 1, where pages exist), heading path, character span in the text.

    `boxes` mark it on its pages, line by line, where these are known.
    """

    page: int | None
    heading_path: tuple[str, ...]
    start: int
    end: int
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one version of a document; `text == document_text[locator.start:locator.end]`.

    `header` is what a reader needs above it: the header row of the table in whose midst it begins.
    """

    ordinal: int
    text: str
    locator: Locator
    header: str = ""


class Because(StrEnum):
    """What else put a passage where it stands."""

    REFERENCE = "reference"
    """It is the text that the question names by its number."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands before and after a passage in its document; empty at its beginning and its end."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Another document of the same text: a copy, or another version."""

    collection_id: UUID
    collection: str
    document_id: str
    version: int
    metadata: DocumentMetadata


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as found for a question; `score` is the fused rank score, higher is better."""

    collection_id: UUID
    collection: str
    document_id: str
    version: int
    metadata: DocumentMetadata
    chunk: Chunk
    score: float
    similarity: float = 0.0
    """The cosine of the passage's and the question's vectors."""
    because: tuple[Because, ...] = ()
    around: Surroundings | None = None
    """Where they were asked for."""
    variants: tuple[Variant, ...] = ()


def point_id(collection_id: UUID, document_id: str, version: int, pipeline: str, ordinal: int) -> UUID:
    """The index's identifier of a chunk: the same input gives the same point, so a retry changes nothing."""
    return uuid5(NAMESPACE_URL, f"{collection_id}/{document_id}/{version}/{pipeline}/{ordinal}")

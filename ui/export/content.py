"""A conversation as it leaves: its questions, the answers as their reader sees them now, and what they cite."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from assistant.conversation import Ending, Exchange, Reply, Source
from assistant.tasks.request import GIVEN
from retrieval.corpus import DocumentMetadata
from ui.ai_mark import ai_mark
from ui.chat.answer_markdown import cited
from ui.chat.in_force import spoken_of, state
from ui.chat.quotation import reference
from ui.export.blocks import Block, blocks

# A document's key: collection, identifier, version.
Key = tuple[UUID, str, int]

NAME_CHARACTERS = 60
STOPPED = "Réponse interrompue."
NOTICE = (
    "Les réponses de ce document ont été rédigées par une intelligence artificielle\u202f: "
    "vérifiez-les dans les sources citées."
)

# No character of XML 1.0.
_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and its answer; `notes` stand below the answer, `sources` have the numbers of its marks."""

    question: str
    understood: str
    answer: tuple[Block, ...]
    notes: tuple[str, ...]
    sources: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """What every format says; `models` wrote the answers."""

    title: str
    day: dt.date
    models: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def mark(self) -> dict[str, str]:
        """For programs: that a machine wrote this, and which."""
        return ai_mark(*self.models)

    @property
    def name(self) -> str:
        """A file name of plain letters, digits and hyphens, without its ending."""
        plain = unicodedata.normalize("NFKD", self.title.lower()).encode("ascii", "ignore").decode()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:NAME_CHARACTERS].strip("-") or "conversation"


def exported(
    title: str, exchanges: Sequence[Exchange], known: Mapping[Key, DocumentMetadata], day: dt.date
) -> Exported:
    """`known` is what the catalogue says of the documents; of the others, what was kept with the answer holds."""
    replies = [exchange.reply for exchange in exchanges if exchange.reply]
    return Exported(
        title=_legal(title),
        day=day,
        models=tuple(dict.fromkeys(_legal(reply.model) for reply in replies if reply.model)),
        entries=tuple(_entry(exchange, known) for exchange in exchanges),
    )


def key(source: Source) -> Key:
    """Which document the source is of."""
    return source.collection_id, source.document_id, source.version


def _entry(exchange: Exchange, known: Mapping[Key, DocumentMetadata]) -> Entry:
    reply = exchange.reply or Reply("", ending=Ending.STOPPED)
    stopped = [STOPPED] if reply.ending is Ending.STOPPED else []
    spoken = [spoken_of(reply.on)] if reply.on else []
    acronyms = [f"{short}\u202f: {long}." for short, long in reply.acronyms]
    numbers = cited(reply.text)
    on = reply.on or exchange.asked_at.date()
    return Entry(
        question=_legal(exchange.question),
        understood=_legal(reply.understood),
        answer=blocks(_legal(reply.text)),
        notes=tuple(map(_legal, [*stopped, *reply.partial, *acronyms, *spoken])),
        sources=tuple(
            (n, _legal(_source(source, known.get(key(source)), on, doubtful=n in reply.doubtful)))
            for n, source in enumerate(reply.sources, start=1)
            if n in numbers
        ),
    )


def _source(source: Source, metadata: DocumentMetadata | None, on: dt.date, *, doubtful: bool) -> str:
    """Title, reference, page, collection, and since when the text applies."""
    metadata = metadata or DocumentMetadata(
        source.title, in_force_from=source.in_force_from, repealed_on=source.repealed_on
    )
    doubt = " À vérifier\u202f: le passage ne semble pas dire cela." if doubtful else ""
    page = f", page {source.page}" if source.page is not None else ""
    named = reference(metadata, source)
    if page not in named:
        named += page
    if source.collection_id == GIVEN:  # the reader's own text, of which nothing can be in force
        return f"{named}.{doubt}"
    return f"{named}. Collection «\u202f{source.collection}\u202f». {state(metadata, on)}.{doubt}"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)

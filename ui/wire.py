"""What goes over the wire: requests as pydantic models, answers as plain JSON values."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from assistant import Answer, Citation
from retrieval import (
    Collection,
    DocumentMetadata,
    Facets,
    Filters,
    Found,
    Locator,
    Passage,
    Reasons,
    TextKind,
    Variant,
)
from retrieval.corrections import value_json
from retrieval.question import CONTROL
from ui.ai_mark import ai_mark
from ui.evaluation.questions_file import EvaluationQuestion
from ui.reasons import said

MOST_CONTEXT = 10  # paragraphs


class Request(BaseModel):
    """A request names nothing that is not known here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CollectionRequest(Request):
    """A new collection; one that is `reviewed` begins as a draft."""

    name: str
    description: str = ""
    owner: str = ""
    readers: list[str] = []
    reviewed: bool = False


class IngestRequest(Request):
    collection: str
    paths: list[str] = Field(min_length=1)
    detach: bool = False


class AuditVerifyRequest(Request):
    """Our own keys and places, where none are named."""

    keys: list[str] = []
    places: list[str] | None = None
    start: int = Field(0, ge=0)


class AuditExportRequest(Request):
    """From a moment up to, but not including, another."""

    since: AwareDatetime
    until: AwareDatetime
    format: Literal["jsonl", "syslog", "ecs", "ocsf", "cef"] = "jsonl"
    path: str


def _line(text: str) -> str:
    """Without control characters, which PostgreSQL refuses, and on one line."""
    return " ".join(CONTROL.sub(" ", text).split())


Line = Annotated[str, AfterValidator(_line)]


class SearchRequest(Request):
    """`on` is the day on which the texts must be in force; without it, the one that the question names, or today.

    The other fields narrow the search (see `retrieval.within.Filters`); `context` paragraphs before and after each
    passage are to come with it.
    """

    question: str
    collections: list[str] = []
    k: int = Field(10, ge=1, le=100)
    on: dt.date | None = None
    kinds: list[TextKind] = []
    authors: list[Line] = []
    signed_from: dt.date | None = None
    signed_until: dt.date | None = None
    context: int = Field(0, ge=0, le=MOST_CONTEXT)

    @property
    def filters(self) -> Filters:
        """Raises `PeriodReversed`."""
        return Filters(
            kinds=frozenset(self.kinds),
            authors=frozenset(filter(None, self.authors)),
            signed_from=self.signed_from,
            signed_until=self.signed_until,
        )


class TextSearchRequest(SearchRequest):
    """Also for the reasons of each passage, and for how many documents each filter would leave."""

    explain: bool = False
    facets: bool = False


class AskRequest(Request):
    """`on` as in a search."""

    question: str
    collections: list[str] = []
    on: dt.date | None = None


class EvaluateRequest(Request):
    questions: list[EvaluationQuestion] = Field(min_length=1)
    collections: list[str] = []
    k: int = Field(100, ge=1, le=100)


class QuestionSet(Request):
    """Questions to these collections, to all where none is named."""

    name: str = Field(min_length=1)
    questions: list[EvaluationQuestion] = Field(min_length=1)
    collections: list[str] = []


class CalibrateRequest(Request):
    sets: list[QuestionSet] = Field(min_length=1)

    @field_validator("sets")
    @classmethod
    def _of_different_names(cls, sets: list[QuestionSet]) -> list[QuestionSet]:
        if len({one.name for one in sets}) < len(sets):
            raise ValueError("deux jeux de questions portent le même nom")
        return sets


def collection_json(collection: Collection, documents: int) -> dict[str, Any]:
    """A collection and how many documents it has."""
    return {
        "name": collection.name,
        "description": collection.description,
        "owner": collection.owner,
        "readers": sorted(collection.readers),
        "documents": documents,
        "created_at": collection.created_at.isoformat(timespec="seconds"),
        "stage": collection.stage.value,
        "reviewed": collection.reviewed,
        "paused": collection.paused,
        "archived": collection.archived,
        "edition": collection.edition,
    }


def locator_json(locator: Locator) -> dict[str, Any]:
    """Page, heading path, and the span of characters in the document's text."""
    return {
        "page": locator.page,
        "heading_path": list(locator.heading_path),
        "start": locator.start,
        "end": locator.end,
    }


def metadata_json(metadata: DocumentMetadata) -> dict[str, Any]:
    """What is known of a document; `guessed` names the fields that nobody has confirmed."""
    return {name: value_json(value) for name, value in asdict(metadata).items()}


def variant_json(variant: Variant) -> dict[str, Any]:
    """Another document of the same text."""
    return {
        "document_id": variant.document_id,
        "collection": variant.collection,
        **metadata_json(variant.metadata),
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage as `search --json` gives it."""
    shown = {
        "document_id": passage.document_id,
        "collection": passage.collection,
        **metadata_json(passage.metadata),
        "text": passage.chunk.text,
        "locator": locator_json(passage.chunk.locator),
        "score": passage.score,
        "variants": [variant_json(variant) for variant in passage.variants],
    }
    return shown if passage.around is None else shown | {"around": asdict(passage.around)}


def found_json(found: Found) -> dict[str, Any]:
    """What a search found."""
    return {
        "passages": [passage_json(passage) for passage in found.passages],
        "searched": list(found.searched),
        "on": found.on.isoformat(),
        "partial": list(found.partial),
        "changes": [asdict(change) for change in found.changes],
        "timings": {"retrieval_ms": found.retrieval_ms},
    }


def reasons_json(reasons: Reasons) -> dict[str, Any]:
    """Why a passage was found; `marks` are places in its text, `said` is the same for people."""
    return {
        "words": list(reasons.words),
        "marks": [list(place) for place in reasons.marks],
        "similarity": reasons.similarity,
        "nearness": reasons.nearness,
        "because": list(reasons.because),
        "said": list(said(reasons)),
    }


def facets_json(facets: Facets) -> dict[str, Any]:
    """How many documents each filter would leave."""
    return {
        "documents": facets.documents,
        "collections": _counts(facets.collections),
        "kinds": _counts(facets.kinds),
        "years": _counts(facets.years),
        "authors": _counts(facets.authors),
    }


def _counts(values: Iterable[tuple[Any, int]]) -> list[dict[str, Any]]:
    return [{"value": value_json(value), "documents": documents} for value, documents in values]


def citation_json(citation: Citation) -> dict[str, Any]:
    """A mark `[n]` of an answer and what it points to."""
    return {
        "n": citation.n,
        "document_id": citation.passage.document_id,
        "title": citation.passage.metadata.title,
        "url": citation.passage.metadata.url,
        "locator": locator_json(citation.passage.chunk.locator),
        "quote": citation.quote,
        "quote_start": citation.start,
        "quote_end": citation.end,
        "supported": citation.supported,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as `ask --json` gives it."""
    timings = answer.timings
    return {
        "id": str(answer.id),
        "answer": answer.text,
        "refused": answer.refused,
        "extracted": answer.extracted,
        "model": answer.model,
        "mark": ai_mark(answer.model),
        "searched": list(answer.searched),
        "on": answer.on.isoformat(),
        "partial": list(answer.partial),
        "citations": [citation_json(citation) for citation in answer.citations],
        "passages": [passage_json(passage) for passage in answer.passages],
        "timings": {
            "retrieval_ms": timings.retrieval_ms,
            "first_token_ms": timings.first_token_ms,
            "total_ms": timings.total_ms,
        },
    }

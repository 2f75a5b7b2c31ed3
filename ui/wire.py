"""What goes over the wire: requests as pydantic models, answers as plain JSON values."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant import Answer, Citation
from retrieval import Collection, DocumentMetadata, Found, Locator, Passage, Variant
from retrieval.corrections import value_json
from ui.evaluation_file import EvaluationQuestion


class Request(BaseModel):
    """A request names nothing that is not known here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CollectionRequest(Request):
    name: str
    description: str = ""
    owner: str = ""
    readers: list[str] = []


class IngestRequest(Request):
    collection: str
    paths: list[str] = Field(min_length=1)
    detach: bool = False


class SearchRequest(Request):
    """`on` is the day on which the texts must be in force; without it, the one that the question names, or today."""

    question: str
    collections: list[str] = []
    k: int = Field(10, ge=1, le=100)
    on: dt.date | None = None


class AskRequest(Request):
    """`on` as in a search."""

    question: str
    collections: list[str] = []
    on: dt.date | None = None


class EvaluateRequest(Request):
    questions: list[EvaluationQuestion] = Field(min_length=1)
    collections: list[str] = []
    k: int = Field(100, ge=1, le=100)


def collection_json(collection: Collection, documents: int) -> dict[str, Any]:
    """A collection and how many documents it has."""
    return {
        "name": collection.name,
        "description": collection.description,
        "owner": collection.owner,
        "readers": sorted(collection.readers),
        "documents": documents,
        "created_at": collection.created_at.isoformat(timespec="seconds"),
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
    return {
        "document_id": passage.document_id,
        "collection": passage.collection,
        **metadata_json(passage.metadata),
        "text": passage.chunk.text,
        "locator": locator_json(passage.chunk.locator),
        "score": passage.score,
        "variants": [variant_json(variant) for variant in passage.variants],
    }


def found_json(found: Found) -> dict[str, Any]:
    """What a search found."""
    return {
        "passages": [passage_json(passage) for passage in found.passages],
        "searched": list(found.searched),
        "on": found.on.isoformat(),
        "partial": list(found.partial),
        "timings": {"retrieval_ms": found.retrieval_ms},
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A mark `[n]` of an answer and what it points to."""
    return {
        "n": citation.n,
        "document_id": citation.passage.document_id,
        "title": citation.passage.metadata.title,
        "url": citation.passage.metadata.url,
        "locator": locator_json(citation.passage.chunk.locator),
        "quote": citation.quote,
        "supported": citation.supported,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as `ask --json` gives it."""
    timings = answer.timings
    return {
        "id": str(answer.id),
        "answer": answer.text,
        "refused": answer.refused,
        "model": answer.model,
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

"""The catalogue's types as the rows and columns of its tables."""

from collections.abc import Sequence
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from retrieval.corpus import Collection, Document, DocumentMetadata, DocumentState, Stage, TextKind
from retrieval.corrections import value_json
from retrieval.found import tallies, tallies_json
from retrieval.names import folded


def columns(documents: Sequence[tuple[Document, str]]) -> dict[str, list[Any]]:
    """What a query enters of documents and their texts, each field of all of them."""
    entries = [document for document, _ in documents]
    return {
        "collection_ids": [entry.collection_id for entry in entries],
        "ids": [entry.id for entry in entries],
        "sha256s": [entry.sha256 for entry in entries],
        "titles": [entry.metadata.title for entry in entries],
        "urls": [entry.metadata.url for entry in entries],
        "dates": [entry.metadata.date for entry in entries],
        "in_force_from": [entry.metadata.in_force_from for entry in entries],
        "repealed_on": [entry.metadata.repealed_on for entry in entries],
        "texts": [text for _, text in documents],
        "kinds": [value_json(entry.metadata.kind) for entry in entries],
        "numbers": [entry.metadata.number for entry in entries],
        "signed_on": [entry.metadata.signed_on for entry in entries],
        "replaces": [Jsonb(list(entry.metadata.replaces)) for entry in entries],
        "replaced_by": [entry.metadata.replaced_by for entry in entries],
        "authors": [entry.metadata.author for entry in entries],
        "author_keys": [folded(entry.metadata.author) for entry in entries],
        "guessed": [Jsonb(sorted(entry.metadata.guessed)) for entry in entries],
        "found": [Jsonb(tallies_json(entry.found)) for entry in entries],
    }


def collection_of(row: DictRow) -> Collection:
    """From a row of the collections."""
    return Collection(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        owner=row["owner"],
        readers=frozenset(row["readers"]),
        created_at=row["created_at"],
        conversation=row["conversation_id"],
        stage=Stage(row["stage"]),
        reviewed=row["reviewed"],
        paused=row["paused"],
        archived=row["archived"],
        edition=row["edition"],
    )


def document_of(row: DictRow) -> Document:
    """From a row of the documents, with their latest versions."""
    return Document(
        id=row["id"],
        collection_id=row["collection_id"],
        metadata=metadata_of(row),
        version=row["version"],
        sha256=row["sha256"],
        state=DocumentState(row["state"]),
        failure=row["failure"],
        found=tallies(row["found"]),
        corrected=frozenset(row["corrections"]),
    )


def metadata_of(row: DictRow) -> DocumentMetadata:
    """From a row of the versions."""
    return DocumentMetadata(
        title=row["title"],
        url=row["url"],
        date=row["date"],
        in_force_from=row["in_force_from"],
        repealed_on=row["repealed_on"],
        kind=None if row["kind"] is None else TextKind(row["kind"]),
        number=row["number"],
        signed_on=row["signed_on"],
        replaces=tuple(row["replaces"]),
        replaced_by=row["replaced_by"],
        author=row["author"],
        guessed=frozenset(row["guessed"]),
    )

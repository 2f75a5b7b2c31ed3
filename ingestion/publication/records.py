"""What the ledger is told of publications."""

from ingestion.publication.table import PublicationRow
from policies import Act, Event, Json, Principal
from retrieval.corpus import Collection, DocumentText


def act(name: Act, principal: Principal, collection: Collection, publication: PublicationRow, **details: Json) -> Event:
    """Of a person, on a publication of a collection that they may change."""
    place: dict[str, Json] = {
        "collection_id": str(collection.id),
        "publication": str(publication.id),
        "rules": [*collection.allowed_by],
    }
    return Event(name, principal, place | details)


def opened(principal: Principal, collection: Collection, text: DocumentText) -> Event:
    """A text that waits, or that readers find, was looked at before it is published."""
    details: dict[str, Json] = {
        "collection": str(text.collection_id),
        "document": text.document_id,
        "version": text.version,
        "rules": [*collection.allowed_by],
    }
    return Event(Act.DOCUMENT_OPENED, principal, details)


def ended(name: Act, publication: PublicationRow, readers: frozenset[str], stage: str) -> Event:
    """A publication, or its rollback, is at its end: from now on these may read the collection."""
    assert publication.decided_by is not None  # noqa: S101 - nothing ends that nobody decided
    details: dict[str, Json] = {
        "collection_id": str(publication.collection_id),
        "publication": str(publication.id),
        "change": publication.checked,
        "readers": [*sorted(readers)],
        "stage": stage,
        "rules": [*publication.rules],
    }
    return Event(name, publication.decided_by, details)

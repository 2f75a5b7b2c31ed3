"""What the pages and commands about one document stand on."""

from dataclasses import dataclass

from ingestion import Names, Originals
from ingestion.bulk_steps import Steps
from ingestion.downloads import Downloads
from ingestion.indexed import IndexedChunks
from ingestion.publication.drafts import Drafts
from ingestion.upkeep import Kept, Upkeep
from policies.audit.event import Json
from policies.audit.ledger import Ledger
from retrieval import Catalog, Quarantine
from retrieval.document_list import DocumentList
from ui.database import Pool
from ui.services import Services


@dataclass(frozen=True, slots=True)
class DocumentServices:
    """Each asks the policy itself, but for those that only look up what somebody may know of already."""

    pool: Pool
    catalog: Catalog
    ledger: Ledger
    upkeep: Upkeep
    listed: DocumentList
    downloads: Downloads
    quarantine: Quarantine
    chunks: IndexedChunks
    originals: Originals
    names: Names


def document_services(services: Services) -> DocumentServices:
    """Over the services of a process."""
    pool, policy, catalog, ledger = services.pool, services.policy, services.catalog, services.ledger
    steps = Steps(services.documents, Drafts(pool, ledger, services.index), services.queue)
    return DocumentServices(
        pool=pool,
        catalog=catalog,
        ledger=ledger,
        upkeep=Upkeep(services.documents, steps),
        listed=DocumentList(pool, policy, catalog, ledger),
        downloads=Downloads(pool, policy, catalog, ledger, services.renewal.blobs),
        quarantine=services.quarantine,
        chunks=IndexedChunks(pool, services.index),
        originals=services.originals,
        names=Names(pool),
    )


def opened_event(kept: Kept, version: int) -> dict[str, Json]:
    """What the record of an opening of that version says; more may be added."""
    return {
        "collection": str(kept.place.id),
        "document": kept.document.id,
        "version": version,
        "rules": [*kept.collection.allowed_by],
    }

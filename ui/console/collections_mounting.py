"""All pages of collections, over the services of a process."""

from collections.abc import Iterator

from fastapi import APIRouter

from retrieval.collection_list import CollectionList
from ui.access import Access
from ui.console.bin import BinPages, bin_router, deletion_router
from ui.console.collection import CollectionPage, collection_router
from ui.console.collection_access import Access as AccessForms
from ui.console.collection_access import access_router
from ui.console.collection_rules import RulesPage, rules_router
from ui.console.collection_sources import SourcesPage, followed_router, sources_router
from ui.console.collections import CollectionPages, collections_router
from ui.console.kept_collection import KeptCollections
from ui.console.seeing_as import SeeingAs
from ui.console.shell import Shell
from ui.services import Services


def collection_routers(shell: Shell, services: Services, access: Access) -> Iterator[APIRouter]:
    """Those of the list, the bin and a new one come first: they are no collection's address."""
    kept = KeptCollections(services.collections)
    held = CollectionList(services.pool, services.policy, services.catalog, services.ledger)
    seeing = SeeingAs(services.pool, services.policy, services.ledger, access.directory)
    forms = AccessForms(services.policy, access.directory, seeing)
    bin_pages, sources = BinPages(kept, services.bin, held), SourcesPage(kept, services.sources)
    yield collections_router(shell, CollectionPages(services.collections, held, forms))
    yield bin_router(shell, bin_pages)
    yield collection_router(shell, CollectionPage(kept, services.collection_changes, held))
    yield access_router(shell, forms, services.collection_changes, kept)
    yield rules_router(shell, RulesPage(kept, services.collections))
    yield sources_router(shell, sources)
    yield followed_router(shell, sources)
    yield deletion_router(shell, bin_pages)

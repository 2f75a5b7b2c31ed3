"""The pages of the review, part by part."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from policies.review.searches import Searches
from policies.review.timeline import Timeline
from retrieval.catalog import Catalog
from ui.auditing import Auditing
from ui.review.record import RecordServices, record_router
from ui.review.register import Register, register_router
from ui.review.shell import FRONT, PREFIX, Shell


def mount_review(application: FastAPI, shell: Shell, auditing: Auditing, catalog: Catalog) -> None:
    """Put all pages of the review, and what they look like, at `/audit`."""
    register = Register(
        timeline=Timeline(auditing.pseudonyms),
        projection=auditing.projection,
        searches=Searches(shell.ledger, auditing.pseudonyms),
        ledger=shell.ledger,
        catalog=catalog,
    )
    record = RecordServices(register, auditing.tree, auditing.checkpoints, auditing.keys)
    application.include_router(register_router(shell, register))
    application.include_router(record_router(shell, record))
    application.mount(f"{PREFIX}/front", StaticFiles(directory=FRONT, check_dir=False))

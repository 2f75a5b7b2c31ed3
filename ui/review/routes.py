"""The pages of the review, part by part."""

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from policies.review.searches import Searches
from policies.review.timeline import Timeline
from retrieval.catalog import Catalog
from ui.review.register import Register, register_router
from ui.review.shell import FRONT, PREFIX, Shell


@dataclass(frozen=True, slots=True)
class ReviewServices:
    """What the pages stand on, besides their shell."""

    pseudonyms: Pseudonyms
    catalog: Catalog


def mount_review(application: FastAPI, shell: Shell, services: ReviewServices) -> None:
    """Put all pages of the review, and what they look like, at `/audit`."""
    register = Register(
        timeline=Timeline(services.pseudonyms),
        projection=Projection(shell.pool, services.pseudonyms),
        searches=Searches(shell.ledger, services.pseudonyms),
        ledger=shell.ledger,
        catalog=services.catalog,
    )
    application.include_router(register_router(shell, register))
    application.mount(f"{PREFIX}/front", StaticFiles(directory=FRONT, check_dir=False))

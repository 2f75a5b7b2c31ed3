"""The pages of the console, part by part."""

from fastapi import FastAPI

from ui.access import Access
from ui.console.announcements import announcements_router
from ui.console.collections_mounting import collection_routers
from ui.console.dashboard import DashboardServices, dashboard_router
from ui.console.document import document_router
from ui.console.essai import essai_router
from ui.console.evaluation import evaluation_router
from ui.console.gaps import gaps_router
from ui.console.gathering import gathering_routers
from ui.console.glossary import glossary_router
from ui.console.glossary_files import glossary_files_router
from ui.console.guidance import guidance_router
from ui.console.model import model_router
from ui.console.models import models_router
from ui.console.people import people_router
from ui.console.people_book import people_book
from ui.console.publication import publication_router
from ui.console.quarantine import quarantine_router
from ui.console.question_sets import question_sets_router
from ui.console.seeing_as import SeeingAs
from ui.console.shell import Shell
from ui.console.task_trial import task_trial_router
from ui.console.tasks import tasks_router
from ui.console.work import work_routers
from ui.documents import document_services
from ui.services import Services
from ui.vitals import with_keycloak


def mount_console(application: FastAPI, shell: Shell, services: Services, access: Access) -> None:
    """Put all pages of the console at `/console`."""
    application.include_router(dashboard_router(shell, _dashboard(services, access)))
    application.include_router(gaps_router(shell, services.gaps, services.long_work))
    for router in collection_routers(shell, services, access):
        application.include_router(router)
    seeing = SeeingAs(services.pool, services.policy, services.ledger, access.directory)
    application.include_router(document_router(shell, document_services(services), seeing))
    application.include_router(quarantine_router(shell, services))
    application.include_router(publication_router(shell, services.publication, services.long_work))
    application.include_router(essai_router(shell, services, access))
    application.include_router(question_sets_router(shell, services))
    application.include_router(evaluation_router(shell, services))
    for router in gathering_routers(shell, services):
        application.include_router(router)
    for router in work_routers(shell, services):
        application.include_router(router)
    application.include_router(glossary_files_router(shell, services.glossary))
    application.include_router(glossary_router(shell, services.glossary))
    for pages in (tasks_router, task_trial_router, guidance_router, models_router, model_router):
        application.include_router(pages(shell, services))
    application.include_router(announcements_router(shell, services.announcements))
    book = people_book(services.pool, services.policy, services.ledger, services.catalog, access)
    application.include_router(people_router(shell, book))


def _dashboard(services: Services, access: Access) -> DashboardServices:
    provider = access.keycloak.provider if access.keycloak else None
    health = with_keycloak(services.health, provider)
    return DashboardServices(services.figure_reports, services.estimates, services.job_list, health)

"""The pages of long work, over the services of a process."""

from fastapi import APIRouter

from ingestion import SourceList
from ui.console.evaluation_work import evaluation_work_router
from ui.console.jobs import JobServices, jobs_router
from ui.console.shell import Shell
from ui.console.synchronisations import SyncServices, synchronisations_router
from ui.services import Services


def work_routers(shell: Shell, services: Services) -> list[APIRouter]:
    """Those of jobs come last: what the others are called is no job's number."""
    listed = SourceList(services.pool, services.policy, services.catalog, services.ledger)
    return [
        synchronisations_router(shell, SyncServices(listed, services.sources)),
        evaluation_work_router(shell, services.question_sets, services.evaluations),
        jobs_router(shell, JobServices(services.job_list, services.jobs, services.succession)),
    ]

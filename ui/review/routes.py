"""The pages of the review, part by part."""

from dataclasses import replace

from fastapi import FastAPI

from policies.principal import Principal
from policies.review.alerts import Alerts
from policies.review.auditors import Auditors
from policies.review.searches import Searches
from policies.review.timeline import Timeline
from retrieval.catalog import Catalog
from ui.auditing import Auditing
from ui.review.alerts import PATH as ALERTS
from ui.review.alerts import alert_router
from ui.review.case_services import Unsealing, case_services
from ui.review.cases import PATH as CASES
from ui.review.cases import case_router
from ui.review.document import document_router
from ui.review.export import export_router
from ui.review.proofs import proofs_router
from ui.review.record import RecordServices, record_router
from ui.review.register import Register, register_router
from ui.review.shell import Shell, Waiting
from ui.review.usage import usage_router


def mount_review(
    application: FastAPI, shell: Shell, auditing: Auditing, catalog: Catalog, unsealing: Unsealing
) -> None:
    """Put all pages of the review, and what they look like, at `/audit`."""
    auditors = Auditors(shell.pool, shell.policy, shell.ledger, auditing.pseudonyms)
    cases, alerts = case_services(auditors, unsealing, auditing.projection), Alerts(auditors)

    async def waiting(person: Principal) -> Waiting:
        return {CASES: await cases.awaited(person), ALERTS: await alerts.count_new()}

    shell = replace(shell, waiting=waiting)
    register = Register(
        timeline=Timeline(auditing.pseudonyms),
        projection=auditing.projection,
        searches=Searches(shell.ledger, auditing.pseudonyms),
        ledger=shell.ledger,
        catalog=catalog,
    )
    record = RecordServices(register, cases.holds, auditing.tree, auditing.checkpoints, auditing.keys)
    application.include_router(register_router(shell, register))
    application.include_router(record_router(shell, record))
    application.include_router(case_router(shell, cases))
    application.include_router(alert_router(shell, alerts))
    application.include_router(export_router(shell, register, auditing))
    application.include_router(document_router(shell, register))
    application.include_router(usage_router(shell, register))
    application.include_router(proofs_router(shell, register, auditing))

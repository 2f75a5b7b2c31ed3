"""The API behind the command line: JSON over the data folder's socket.

Whoever can open the socket owns the stores; the principal is therefore the local one. Long work
streams one JSON object a line (`kind` says which), and an error in mid-stream is such a line too.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException

from ingestion import Names, SourceList
from policies import Principal
from retrieval import EvaluationProgress, JudgedSet
from ui.access import Access
from ui.console.people_book import people_book
from ui.control.announcements import announcements_router
from ui.control.answer_events import event_json
from ui.control.attempts import attempts_router
from ui.control.audit import audit_router
from ui.control.backup import backup_router
from ui.control.bin import bin_router
from ui.control.bulk import bulk_router
from ui.control.collections import collections_router
from ui.control.document import document_router
from ui.control.documents import documents_router
from ui.control.embedding import embedding_router
from ui.control.evaluations import evaluations_router
from ui.control.figures import figures_router
from ui.control.glossary import glossary_router
from ui.control.guidance import guidance_router
from ui.control.jobs import agreement_router, jobs_router
from ui.control.ledger import ledger_router
from ui.control.measuring import measuring_router
from ui.control.model_choice import ModelServices, model_choice_router
from ui.control.models import models_router
from ui.control.people import people_router
from ui.control.policy import PolicyServices, policy_router
from ui.control.privacy import PrivacyServices, privacy_router
from ui.control.publication import publication_router
from ui.control.quarantine import quarantine_router
from ui.control.questions import questions_router
from ui.control.retention import retention_router
from ui.control.siem import siem_router
from ui.control.sources import sources_router
from ui.control.streams import Events, lines
from ui.control.tasks import TaskServices, tasks_router
from ui.control.unsupported import unsupported_router
from ui.documents import document_services
from ui.evaluation.ranker_file import calibration_json
from ui.evaluation.run_file import SEARCHES
from ui.failures import EXPECTED, failure_of
from ui.french import value_reason
from ui.identity import local_principal
from ui.privacy.copy import Copying
from ui.privacy.erasure import Erasure
from ui.services import Services
from ui.sign_in.ending import PeoplesSessions
from ui.text_search import texts_json
from ui.wire import (
    AskRequest,
    CalibrateRequest,
    EvaluateRequest,
    IngestRequest,
    TextSearchRequest,
)

router = APIRouter()


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Held = Annotated[Services, Depends(_services)]
Actor = Annotated[Principal, Depends(local_principal)]


def control_application(services: Services, access: Access) -> FastAPI:
    """The application behind the socket."""
    application = FastAPI(openapi_url=None)
    application.state.services = services
    application.include_router(router)
    names = Names(services.pool)
    application.include_router(collections_router(services.collections, services.collection_changes))
    application.include_router(bin_router(services.collections, services.bin))
    application.include_router(documents_router(services.documents, names))
    application.include_router(bulk_router(services.document_list, services.bulks, names))
    application.include_router(document_router(document_services(services)))
    application.include_router(glossary_router(services.glossary))
    application.include_router(announcements_router(services.announcements))
    book = people_book(services.pool, services.policy, services.ledger, services.catalog, access)
    application.include_router(people_router(book, access.directory))
    application.include_router(jobs_router(services.jobs, services.renewal))
    application.include_router(agreement_router(services.agreement))
    application.include_router(embedding_router(services.succession))
    application.include_router(ledger_router(services.auditing))
    application.include_router(measuring_router(services.answers, services.calibrating_refusal))
    application.include_router(models_router(services.models))
    application.include_router(model_choice_router(ModelServices(services.model_in_use, services.trials)))
    application.include_router(guidance_router(services.guidance, services.trials))
    application.include_router(retention_router(services.auditing.retaining, services.collections))
    application.include_router(siem_router(services.pool))
    listed = SourceList(services.pool, services.policy, services.catalog, services.ledger)
    application.include_router(sources_router(services.sources, listed))
    application.include_router(publication_router(services.publication))
    application.include_router(quarantine_router(services.collections, services.quarantine, names))
    application.include_router(questions_router(services.question_sets))
    application.include_router(evaluations_router(services.question_sets, services.evaluations))
    application.include_router(figures_router(services.figure_reports, services.gaps, services.estimates))
    application.include_router(attempts_router(services.attempts, names))
    application.include_router(audit_router(services.auditing))
    application.include_router(unsupported_router(services.collections))
    application.include_router(tasks_router(TaskServices(services.tasks, services.templates, services.task_texts)))
    application.include_router(
        policy_router(
            PolicyServices(
                pool=services.pool,
                ledger=services.ledger,
                catalog=services.catalog,
                policy=services.policy,
                directory=access.directory,
                sessions=peoples_sessions(services, access),
            )
        )
    )
    application.include_router(privacy_router(_privacy(services, access)))
    application.include_router(backup_router(services.backups))
    application.add_exception_handler(RequestValidationError, _malformed)
    application.add_exception_handler(HTTPException, _unknown)
    for kind in (*EXPECTED, Exception):
        application.add_exception_handler(kind, _failed)
    return application


def peoples_sessions(services: Services, access: Access) -> PeoplesSessions:
    """Who is signed in, where people sign in."""
    return PeoplesSessions(
        services.pool,
        services.policy,
        services.ledger,
        access.keycloak.sessions if access.keycloak else None,
        access.keycloak.provider if access.keycloak else None,
    )


def _privacy(services: Services, access: Access) -> PrivacyServices:
    auditing, blobs = services.auditing, services.originals.blobs
    return PrivacyServices(
        pool=services.pool,
        policy=services.policy,
        ledger=services.ledger,
        directory=access.directory,
        copying=Copying(services.pool, services.ledger, auditing.projection, blobs),
        erasure=Erasure(
            pool=services.pool,
            ledger=services.ledger,
            projection=auditing.projection,
            checkpoints=auditing.checkpoints,
            tree=auditing.tree,
            retention=auditing.retaining.retention,
            blobs=blobs,
            erase_index=services.attachments.erase,
        ),
        sessions=access.keycloak.sessions if access.keycloak else None,
        provider=access.keycloak.provider if access.keycloak else None,
    )


@router.get("/health")
async def health(services: Held) -> dict[str, Any]:
    """That the owner of the stores is there, and which model answers."""
    return {"status": "ok", "model": services.engines.first.name}


@router.post("/search")
async def search(services: Held, actor: Actor, request: TextSearchRequest) -> dict[str, Any]:
    """Passages, best first."""
    return texts_json(await services.texts.find(actor, request))


@router.post("/ask")
async def ask(services: Held, actor: Actor, request: AskRequest) -> StreamingResponse:
    """Sources, then the answer as it is written, then the answer whole."""
    return lines(_answer(services, actor, request))


@router.post("/ingest")
async def ingest(services: Held, actor: Actor, request: IngestRequest) -> StreamingResponse:
    """Progress, then what changed."""
    return lines(_import(services, actor, request))


@router.post("/evaluate")
async def evaluate(services: Held, actor: Actor, request: EvaluateRequest) -> StreamingResponse:
    """Progress, then what was found for each question."""
    return lines(_evaluation(services, actor, request))


@router.post("/calibrate")
async def calibrate(services: Held, actor: Actor, request: CalibrateRequest) -> StreamingResponse:
    """Progress, then what was learned."""
    return lines(_calibration(services, actor, request))


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class alone)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return JSONResponse({"message": f"Demande mal formée : {where} : {value_reason(first)}."}, status_code=422)


async def _unknown(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class alone)
    message = "Le serveur en marche est d’une autre version que cette commande. Redémarrez-le, puis recommencez."
    return JSONResponse({"message": message}, status_code=error.status_code)


async def _failed(_: Request, error: Exception) -> JSONResponse:
    failure = failure_of(error)
    return JSONResponse({"message": failure.message}, status_code=failure.status)


async def _answer(services: Services, actor: Principal, request: AskRequest) -> Events:
    async for event in services.ask.ask(actor, request.question, request.collections, on=request.on):
        yield event_json(event)


async def _import(services: Services, actor: Principal, request: IngestRequest) -> Events:
    paths = [Path(path) for path in request.paths]
    async for step in services.ingestion.ingest(actor, request.collection, paths, detach=request.detach):
        yield {"kind": type(step).__name__.lower()} | asdict(step)


async def _evaluation(services: Services, actor: Principal, request: EvaluateRequest) -> Events:
    run = services.evaluation.run(actor, request.questions, request.collections, request.k)
    async for step in run:
        if isinstance(step, EvaluationProgress):
            yield {"kind": "progress"} | asdict(step)
        else:
            yield {"kind": "run"} | SEARCHES.as_json(step.run)


async def _calibration(services: Services, actor: Principal, request: CalibrateRequest) -> Events:
    sets = [JudgedSet(one.name, one.questions, one.collections) for one in request.sets]
    async for step in services.calibrating.run(actor, sets):
        if isinstance(step, EvaluationProgress):
            yield {"kind": "progress"} | asdict(step)
        else:
            yield {"kind": "calibration"} | calibration_json(step)

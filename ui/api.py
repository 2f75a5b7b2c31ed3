"""The API behind the command line: JSON over the data folder's socket.

Whoever can open the socket owns the stores; the principal is therefore the local one. Long work
streams one JSON object a line (`kind` says which), and an error in mid-stream is such a line too.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse

from assistant import Answered, SourcesFound, TextStreamed, Waiting
from ingestion import Progress
from retrieval import EvaluationProgress
from ui.errors import EXPECTED, failure_of
from ui.identity import local_principal
from ui.services import Services
from ui.wire import (
    AskRequest,
    CollectionRequest,
    EvaluateRequest,
    IngestRequest,
    SearchRequest,
    answer_json,
    collection_json,
    passage_json,
)

Events = AsyncIterator[dict[str, Any]]


def control_application(services: Services) -> FastAPI:
    """The application behind the socket."""
    application = FastAPI(openapi_url=None)
    principal = local_principal()

    @application.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "model": services.model_name}

    @application.get("/collections")
    async def list_collections() -> list[dict[str, Any]]:
        held = await services.collections.readable(principal)
        return [collection_json(collection, documents) for collection, documents in held]

    @application.post("/collections")
    async def create_collection(request: CollectionRequest) -> dict[str, Any]:
        collection = await services.collections.create(
            principal, request.name, request.description, request.owner, frozenset(request.readers)
        )
        return collection_json(collection, documents=0)

    @application.delete("/collections/{name}")
    async def delete_collection(name: str) -> dict[str, Any]:
        return {"name": name, "documents": await services.collections.delete(principal, name)}

    @application.post("/search")
    async def search(request: SearchRequest) -> dict[str, Any]:
        found = await services.search.search(principal, request.question, request.collections, request.k)
        return {
            "passages": [passage_json(passage) for passage in found.passages],
            "searched": list(found.searched),
            "timings": {"retrieval_ms": found.retrieval_ms},
        }

    @application.post("/ask")
    async def ask(request: AskRequest) -> StreamingResponse:
        return _lines(_answer(services, request))

    @application.post("/ingest")
    async def ingest(request: IngestRequest) -> StreamingResponse:
        return _lines(_import(services, request))

    @application.post("/evaluate")
    async def evaluate(request: EvaluateRequest) -> StreamingResponse:
        return _lines(_evaluation(services, request))

    @application.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return JSONResponse({"message": f"Demande mal formée : {where} : {first['msg']}"}, status_code=422)

    @application.exception_handler(Exception)
    async def expected(_: Request, error: Exception) -> JSONResponse:
        failure = failure_of(error)
        return JSONResponse({"message": failure.message}, status_code=failure.status)

    for kind in EXPECTED:
        application.add_exception_handler(kind, expected)
    return application


def _lines(events: Events) -> StreamingResponse:
    async def encoded() -> AsyncIterator[str]:
        try:
            async for event in events:
                yield json.dumps(event, ensure_ascii=False) + "\n"
        except EXPECTED as error:
            yield json.dumps({"kind": "error", "message": failure_of(error).message}, ensure_ascii=False) + "\n"

    return StreamingResponse(encoded(), media_type="application/x-ndjson")


async def _answer(services: Services, request: AskRequest) -> Events:
    async for event in services.ask.ask(local_principal(), request.question, request.collections):
        match event:
            case SourcesFound(passages=passages):
                yield {"kind": "sources", "passages": [passage_json(passage) for passage in passages]}
            case Waiting(ahead=ahead):
                yield {"kind": "waiting", "ahead": ahead}
            case TextStreamed(text=text):
                yield {"kind": "text", "text": text}
            case Answered(answer=answer):
                yield {"kind": "answer"} | answer_json(answer)


async def _import(services: Services, request: IngestRequest) -> Events:
    paths = [Path(path) for path in request.paths]
    async for step in services.ingestion.ingest(local_principal(), request.collection, paths):
        kind = "progress" if isinstance(step, Progress) else "summary"
        yield {"kind": kind} | asdict(step)


async def _evaluation(services: Services, request: EvaluateRequest) -> Events:
    run = services.evaluation.run(local_principal(), request.questions, request.collections, request.k)
    async for step in run:
        if isinstance(step, EvaluationProgress):
            yield {"kind": "progress"} | asdict(step)
        else:
            yield {"kind": "report"} | dict(step.metrics)

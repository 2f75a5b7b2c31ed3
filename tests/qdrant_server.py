"""A stand-in for a Qdrant server, which no registry has: what our adapter asks over HTTP, answered by the local mode of
Qdrant's own client, whose points lie in a folder and outlive a stop.

It is exact and slow, has no shards, and serves several processes, as the embedded engine cannot:
`python -m tests.qdrant_server FOLDER PORT`.
"""

import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from qdrant_client import QdrantClient, models

Found = models.PointsList | models.PointsBatch
Selected = models.PointIdsList | models.FilterSelector


def _client(request: Request) -> QdrantClient:
    client: QdrantClient = request.app.state.client
    return client


Client = Annotated[QdrantClient, Depends(_client)]
routes = APIRouter()


@routes.get("/readyz")
async def ready() -> str:
    return "all shards are ready"


@routes.get("/collections/{name}/exists")
async def exists(client: Client, name: str) -> Any:
    return _answer({"exists": client.collection_exists(name)})


@routes.get("/collections/{name}")
async def info(client: Client, name: str) -> Any:
    return _answer(client.get_collection(name))


@routes.put("/collections/{name}")
async def create(client: Client, name: str, wanted: models.CreateCollection) -> Any:
    if client.collection_exists(name):
        raise HTTPException(409, f"Wrong input: Collection `{name}` already exists!")
    return _answer(
        client.create_collection(
            name,
            vectors_config=wanted.vectors,
            sparse_vectors_config=wanted.sparse_vectors,
            metadata=wanted.metadata,
        )
    )


@routes.delete("/collections/{name}")
async def remove(client: Client, name: str) -> Any:
    return _answer(client.delete_collection(name))


@routes.put("/collections/{name}/index")
async def index(name: str) -> Any:
    """There are no indexes: everything is compared."""
    return _done()


@routes.put("/collections/{name}/points")
async def upsert(client: Client, name: str, points: Annotated[Found, Body()]) -> Any:
    client.upsert(name, points.points if isinstance(points, models.PointsList) else points.batch)
    return _done()


@routes.post("/collections/{name}/points/delete")
async def delete(client: Client, name: str, points: Annotated[Selected, Body()]) -> Any:
    client.delete(name, points)
    return _done()


@routes.post("/collections/{name}/points/payload")
async def set_payload(client: Client, name: str, change: models.SetPayload) -> Any:
    wanted: Any = change.points if change.points is not None else change.filter
    client.set_payload(name, change.payload, wanted, key=change.key)
    return _done()


@routes.post("/collections/{name}/points/query")
async def query(client: Client, name: str, wanted: models.QueryRequest) -> Any:
    return _answer(_queried(client, name, wanted))


@routes.post("/collections/{name}/points/query/batch")
async def query_batch(client: Client, name: str, wanted: models.QueryRequestBatch) -> Any:
    return _answer([_queried(client, name, one) for one in wanted.searches])


@routes.post("/collections/{name}/points/scroll")
async def scroll(client: Client, name: str, wanted: models.ScrollRequest) -> Any:
    points, following = client.scroll(
        name,
        wanted.filter,
        limit=wanted.limit or 10,
        offset=wanted.offset,
        with_payload=_or(wanted.with_payload, True),
        with_vectors=_or(wanted.with_vector, False),
    )
    return _answer({"points": points, "next_page_offset": following})


@routes.post("/collections/{name}/points/count")
async def count(client: Client, name: str, wanted: models.CountRequest) -> Any:
    return _answer(client.count(name, wanted.filter))


@routes.post("/collections/{name}/points")
async def retrieve(client: Client, name: str, wanted: models.PointRequest) -> Any:
    return _answer(
        client.retrieve(
            name, wanted.ids, with_payload=_or(wanted.with_payload, True), with_vectors=_or(wanted.with_vector, False)
        )
    )


def _queried(client: QdrantClient, name: str, wanted: models.QueryRequest) -> models.QueryResponse:
    asked: Any = {
        "query": wanted.query,
        "using": wanted.using,
        "prefetch": wanted.prefetch,
        "query_filter": wanted.filter,
        "search_params": wanted.params,
        "limit": wanted.limit or 10,
        "offset": wanted.offset,
        "with_payload": _or(wanted.with_payload, False),
        "with_vectors": _or(wanted.with_vector, False),
    }
    return client.query_points(name, **asked)


def _or(given: Any, otherwise: bool) -> Any:
    return otherwise if given is None else given


def _done() -> Any:
    return _answer({"operation_id": 0, "status": "completed"})


def _answer(result: Any) -> Any:
    return {"result": result, "status": "ok", "time": 0.0}


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"status": {"error": str(error)}, "result": None, "time": 0.0}, 400)


def application(client: QdrantClient) -> FastAPI:
    """The server, over a client in its local mode. Requests are answered one after the other."""
    server = FastAPI(openapi_url=None)
    server.state.client = client
    server.include_router(routes)
    server.add_exception_handler(ValueError, _refused)
    return server


def main(folder: Path, port: int) -> None:
    """Serve what lies in the folder until interrupted."""
    warnings.filterwarnings("ignore", message="Payload indexes have no effect|Local mode|Collection .* contains")
    client = QdrantClient(path=str(folder), force_disable_check_same_thread=True)
    try:
        uvicorn.run(application(client), port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=5)
    finally:
        client.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

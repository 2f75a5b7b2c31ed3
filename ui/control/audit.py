"""The part of the API behind the command line about what proves the ledger: verifying, exporting, checkpoints, keys."""

import socket
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from policies import Principal, Record, VerifyingKey
from policies.audit.export import Period
from policies.audit.export_span import JSONL, Exported, Writing
from policies.audit.finding import Progress, Verified
from policies.audit.formats import Format, line_of
from policies.audit.formats.message import message_of
from ui.audit_places import standings_json
from ui.auditing import Auditing
from ui.control.streams import Events, lines
from ui.identity import local_principal
from ui.wire import AuditExportRequest, AuditVerifyRequest

Actor = Annotated[Principal, Depends(local_principal)]


def audit_router(auditing: Auditing) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.post("/audit/verify")
    async def verify(actor: Actor, request: AuditVerifyRequest) -> StreamingResponse:
        """Progress, then what was found."""
        return lines(_verification(auditing, actor, request))

    @router.post("/audit/export")
    async def export(actor: Actor, request: AuditExportRequest) -> StreamingResponse:
        """Progress, then what was written."""
        return lines(_export(auditing, actor, request))

    @router.post("/audit/checkpoint")
    async def checkpoint() -> dict[str, Any]:
        """Sign and send what is not signed yet; gives the last checkpoint."""
        await auditing.checkpoints.take()
        await auditing.shipping.ship()
        async with auditing.pool.connection() as connection:
            held = await auditing.checkpoints.latest(connection)
        return {"size": held.size, "at": held.at.isoformat(), "note": held.note} if held else {"size": 0}

    @router.get("/audit/places")
    async def places() -> Any:
        """How far each place outside the database is."""
        return standings_json(await auditing.shipping.standing())

    @router.get("/audit/keys")
    async def keys() -> dict[str, Any]:
        """The public keys, the oldest first."""
        return {"keys": [key.vkey for key in auditing.keys.public()]}

    @router.post("/audit/rotate-key")
    async def rotate_key(actor: Actor) -> dict[str, Any]:
        """A new key signs from now on."""
        return {"key": (await auditing.rotate_key(actor)).vkey}

    return router


async def _verification(auditing: Auditing, actor: Principal, request: AuditVerifyRequest) -> Events:
    keys = [VerifyingKey.parse(vkey) for vkey in request.keys]
    places = None if request.places is None else auditing.places_at(request.places)
    async for step in auditing.verification.run(actor, start=request.start, keys=keys, places=places):
        yield _progress(step) if isinstance(step, Progress) else {"kind": "verified"} | _verified_json(step)


async def _export(auditing: Auditing, actor: Principal, request: AuditExportRequest) -> Events:
    period, path = Period(request.since, request.until), Path(request.path)
    writing = JSONL if request.format == "jsonl" else _writing(auditing, Format(request.format))
    async for step in auditing.exporting.export(actor, period, path, writing):
        yield _progress(step) if isinstance(step, Progress) else {"kind": "exported"} | _exported_json(step)


def _writing(auditing: Auditing, form: Format) -> Writing:
    host = socket.gethostname()

    def line(record: Record) -> bytes:
        return line_of(message_of(record, host, auditing.veil), form).encode()

    return Writing(form, line)


def _progress(step: Progress) -> dict[str, Any]:
    return {"kind": "progress", "done": step.done, "total": step.total}


def _verified_json(verified: Verified) -> dict[str, Any]:
    return asdict(verified) | {
        "first_at": verified.first_at and verified.first_at.isoformat(),
        "last_at": verified.last_at and verified.last_at.isoformat(),
        "holds": verified.finding is None,
    }


def _exported_json(exported: Exported) -> dict[str, Any]:
    return asdict(exported) | {"path": str(exported.path)}

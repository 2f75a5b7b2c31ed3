"""The part of the API behind the command line that makes backups, while the server works."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from policies import Principal
from policies.audit.finding import Progress
from ui.backup.making import Backups
from ui.control.streams import Events, lines
from ui.identity import local_principal
from ui.wire import Request

Actor = Annotated[Principal, Depends(local_principal)]


class BackupRequest(Request):
    """The folder, or the file, and for whom: keys, or files of them; without any those of the settings."""

    path: str
    recipients: Sequence[str] = ()


def backup_router(backups: Backups) -> APIRouter:
    """These routes."""
    router = APIRouter()

    @router.post("/backup")
    async def backup(actor: Actor, request: BackupRequest) -> StreamingResponse:
        """Progress, then the backup that was made."""
        return lines(_made(backups, actor, request))

    return router


async def _made(backups: Backups, actor: Principal, request: BackupRequest) -> Events:
    async for step in backups.make(actor, Path(request.path), request.recipients):
        if isinstance(step, Progress):
            yield {"kind": "progress", "done": step.done, "total": step.total}
        else:
            yield {"kind": "backup"} | asdict(step) | {"path": str(step.path)}

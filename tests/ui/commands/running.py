"""Commands as a script gives them, beside a server that has the routes about people."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

from ui.commands import usage
from ui.commands.usage import Commands
from ui.control.policy import PolicyServices, policy_router
from ui.failures import EXPECTED, failure_of
from ui.home import listening, own
from ui.server import GuestServer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line of a command that failed."""
        assert self.code == 1
        assert not self.out
        assert self.err.startswith("Erreur : ")
        assert self.err.count("\n") == 1
        return self.err


Run = Callable[..., Awaitable[Outcome]]


@asynccontextmanager
async def answering(home: Path, services: PolicyServices) -> AsyncIterator[None]:
    """Own the data folder, and answer on its socket what is asked about people."""
    async with serving(home, policy_router(services)):
        yield


@asynccontextmanager
async def serving(home: Path, *routers: APIRouter) -> AsyncIterator[None]:
    """Own the data folder, and have these routes on its socket, with the product's own words for errors."""
    application = FastAPI(openapi_url=None)
    for router in routers:
        application.include_router(router)
    for kind in EXPECTED:
        application.add_exception_handler(kind, _failed)
    with own(home), listening(home) as listener:
        server = GuestServer(application)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield
        server.should_exit = True
        await serving


async def _failed(_: Request, error: Exception) -> JSONResponse:
    failure = failure_of(error)
    return JSONResponse({"message": failure.message}, status_code=failure.status)


def runner(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with its arguments, for that data folder."""
    monkeypatch.setenv("ASSISTANT_HOME", str(home))

    async def run(commands: Commands, *arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        capsys.readouterr()
        return Outcome(await asyncio.to_thread(usage.run, commands), *capsys.readouterr())

    return run

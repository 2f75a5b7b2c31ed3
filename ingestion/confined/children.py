"""The server as the process that started it sees it: a file goes in, what a child makes of it comes out."""

import asyncio
import logging
import os
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingestion.confined import server, start
from ingestion.errors import ReaderUnavailable

PIECE = 1 << 18  # bytes received at once
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}  # what forks has one thread

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Server:
    process: Process
    requests: socket.socket


class Children:
    """Of a server, which is started anew where it has died; their folders lie in `folder`.

    `is_confined` says, once it has started, whether the system lets it leave the network and other processes.
    """

    def __init__(self, parsers: str, folder: Path) -> None:
        self._parsers = parsers
        self._folder = folder
        self._server: _Server | None = None
        self._starting = asyncio.Lock()
        self.is_confined = False

    async def start(self) -> None:
        """Start the server, unless it is there. Raises `ReaderUnavailable`."""
        async with self._starting:
            if self._server is None or self._server.process.returncode is not None:
                await self.close()
                self._server = await self._started()

    async def close(self) -> None:
        """End the server and every child."""
        if self._server is not None:
            running, self._server = self._server, None
            running.requests.close()
            with suppress(ProcessLookupError):
                running.process.kill()
            await running.process.wait()

    async def ask(self, request: server.Request, file: int, take: Callable[[bytes], None]) -> server.End:
        """Hand on what a child writes, and give its end; who leaves earlier ends the child.

        Raises `ReaderUnavailable`, and what `take` raises.
        """
        answers, lifeline = socket.socketpair(), socket.socketpair()
        try:
            await self._send(request, [file, answers[1].fileno(), lifeline[1].fileno()])
            for here, there in (answers, lifeline):
                there.close()
                here.setblocking(False)
            while piece := await _received(answers[0]):
                take(piece)
            end = await _received(lifeline[0])
        finally:
            for one in (*answers, *lifeline):
                one.close()
        if not end:
            raise ReaderUnavailable
        return server.END.validate_json(end)

    async def _started(self) -> _Server:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", start.__file__, str(there.fileno()), self._parsers),
                env=ENVIRONMENT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                pass_fds=(there.fileno(),),
                cwd=self._folder,
                start_new_session=True,
            )
        here.setblocking(False)
        word = await _received(here)
        if not word:
            here.close()
            await process.wait()
            raise ReaderUnavailable
        self.is_confined = word == server.CONFINED
        if not self.is_confined:
            _log.warning(
                "this system grants no user namespaces: documents are read by processes that could reach the network"
            )
        here.setblocking(True)
        return _Server(process, here)

    async def _send(self, request: server.Request, descriptors: list[int]) -> None:
        content = server.REQUEST.dump_json(request)
        for _ in range(2):
            await self.start()
            if self._server is not None:
                with suppress(ConnectionError):
                    socket.send_fds(self._server.requests, [content], descriptors)
                    return
                await self._server.process.wait()
        raise ReaderUnavailable


async def _received(one: socket.socket) -> bytes:
    """What comes next; nothing at the end."""
    try:
        return await asyncio.get_running_loop().sock_recv(one, PIECE)
    except ConnectionError:
        return b""

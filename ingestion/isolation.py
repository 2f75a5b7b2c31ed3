"""Reading files that may attack what reads them: each in a child process that has lost every right.

1. A child has no network and sees no process but its own, where the system grants that (user namespaces);
   the log says once where it does not.
2. It has no capability and gains none, no descriptor but the file and its answer, and no setting or secret: its
   ancestor was started with an empty environment.
3. Memory, CPU time, open files, processes and written bytes are bounded by the kernel; wall time and the length
   of the answer by the process that waits for it.
4. Its answer is data that is checked here, never code.
5. Whatever becomes of it is one document that is refused; leaving `Reader.read` ends it and all that it started.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ingestion.characters import visible
from ingestion.confined import answer, server, start
from ingestion.confined.limits import ParseLimits
from ingestion.document import ParsedDocument
from ingestion.errors import (
    DocumentRefused,
    FileUnreadable,
    ReaderUnavailable,
    TooMuchMemory,
    TooMuchText,
    TooSlow,
)

__all__ = ["ParseLimits", "Reader", "open_reader"]

AT_ONCE = os.cpu_count() or 1  # children
PIECE = 1 << 18  # bytes received at once
FORMATS = "ingestion.confined.parsers"

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_reader(limits: ParseLimits, formats: str = FORMATS) -> AsyncIterator["Reader"]:
    """A reader with the parsers of the module `formats`, which has a `parser_of` and a `warm`.

    Raises `ReaderUnavailable`.
    """
    with tempfile.TemporaryDirectory(prefix="assistant-reading-") as folder:
        reader = Reader(limits, formats, Path(folder))
        try:
            await reader.start()
            yield reader
        finally:
            await reader.close()


@dataclass(frozen=True, slots=True)
class _Server:
    process: Process
    requests: socket.socket


class Reader:
    """Reads documents, each in a child of its own, some at once; the others wait for their turn."""

    def __init__(self, limits: ParseLimits, formats: str, folder: Path) -> None:
        self._limits = limits
        self._formats = formats
        self._folder = folder
        self._server: _Server | None = None
        self._starting = asyncio.Lock()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def read(self, path: Path, name: str) -> ParsedDocument:
        """The file as text; `name` is for messages, and where its content leaves a choice of formats.

        Raises `DocumentRefused`, `ReaderUnavailable`.
        """
        async with self._turns:
            try:
                file = await asyncio.to_thread(os.open, path, os.O_RDONLY | os.O_CLOEXEC)
            except OSError as error:
                raise FileUnreadable.closed(path, error) from error
            try:
                content, end = await self._asked(file, name)
            finally:
                os.close(file)
        if end.status == 0 and content:
            return await asyncio.to_thread(self._told, content, name)
        if end.status == -signal.SIGKILL and end.cpu_s > self._limits.cpu_s / 2:  # the limit counts in ticks, roughly
            raise TooSlow(name, self._limits.cpu_s)
        _log.warning("a reader's child ended with status %s after %.2f s of CPU", end.status, end.cpu_s)
        raise FileUnreadable.broken(name)

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

    async def _started(self) -> _Server:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", start.__file__, str(there.fileno()), self._formats),
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},  # one thread: it forks
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
        if word == server.FREE:
            _log.warning(
                "this system grants no user namespaces: documents are read by processes that could reach the network"
            )
        here.setblocking(True)
        return _Server(process, here)

    async def _asked(self, file: int, name: str) -> tuple[bytearray, server.End]:
        answers, lifeline = socket.socketpair(), socket.socketpair()
        try:
            await self._send(name, [file, answers[1].fileno(), lifeline[1].fileno()])
            answers[1].close()
            lifeline[1].close()
            return await self._heard(name, answers[0], lifeline[0])
        finally:
            for one in (*answers, *lifeline):
                one.close()

    async def _send(self, name: str, descriptors: list[int]) -> None:
        request = server.REQUEST.dump_json(server.Request(name, self._limits))
        for _ in range(2):
            await self.start()
            if self._server is not None:
                with suppress(ConnectionError):
                    socket.send_fds(self._server.requests, [request], descriptors)
                    return
                await self._server.process.wait()
        raise ReaderUnavailable

    async def _heard(self, name: str, answers: socket.socket, lifeline: socket.socket) -> tuple[bytearray, server.End]:
        content = bytearray()
        try:
            async with asyncio.timeout(self._limits.wall_s):
                for one in (answers, lifeline):
                    one.setblocking(False)
                while piece := await _received(answers):
                    content += piece
                    if len(content) > self._limits.output:
                        raise TooMuchText(name, self._limits.output)
                end = await _received(lifeline)
        except TimeoutError as error:
            raise TooSlow(name, self._limits.wall_s) from error
        if not end:
            raise ReaderUnavailable
        return content, server.END.validate_json(end)

    def _told(self, content: bytearray, name: str) -> ParsedDocument:
        try:
            told = answer.decode(content)
        except answer.Rubbish as error:
            _log.warning("a reader's child answered with rubbish")
            raise FileUnreadable.broken(name) from error
        match told:
            case answer.Read(document):
                return document
            case answer.Refused(error_name, message):
                raise _refusal(error_name, message)
            case answer.Broken("MemoryError"):
                raise TooMuchMemory(name, self._limits.memory)
            case answer.Broken(error_name):
                _log.warning("a parser broke off with %s", error_name)
                raise FileUnreadable.broken(name)


async def _received(one: socket.socket) -> bytes:
    """What comes next; nothing at the end."""
    try:
        return await asyncio.get_running_loop().sock_recv(one, PIECE)
    except ConnectionError:
        return b""


def _refusal(name: str, message: str) -> DocumentRefused:
    """The error of that name, made anew around its message."""
    kind = next((kind for kind in _kinds(DocumentRefused) if kind.__name__ == name), DocumentRefused)
    refusal = kind.__new__(kind)
    refusal.args = (visible(message),)
    return refusal


def _kinds(root: type[DocumentRefused]) -> Iterator[type[DocumentRefused]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)

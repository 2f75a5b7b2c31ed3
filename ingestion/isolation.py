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
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ingestion.characters import one_line, visible
from ingestion.confined import answer, contents
from ingestion.confined.answer import Broken, Read, Refused, Rubbish, Seen
from ingestion.confined.children import Children
from ingestion.confined.contents import Given
from ingestion.confined.limits import ParseLimits
from ingestion.confined.server import Request
from ingestion.document import ParsedDocument
from ingestion.errors import (
    DocumentRefused,
    FileUnreadable,
    TooMuchMemory,
    TooMuchText,
    TooSlow,
)
from ingestion.parsing.parts import BadPart, PartLimits, Place
from ingestion.sheet import SheetView, SheetWanted
from retrieval.scratch import Scratch, scratch

__all__ = ["ParseLimits", "Reader", "open_reader"]

AT_ONCE = os.cpu_count() or 1  # children
LOOKING_S = 20  # seconds for one page: somebody waits for it
LONGEST_NAME = 1_000  # characters, of which the last tell a format
PARSERS = "ingestion.confined.parsers"

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_reader(limits: ParseLimits, parsers: str = PARSERS) -> AsyncIterator["Reader"]:
    """A reader with the parsers of the module of that name, which has a `parser_of` and a `warm`.

    Raises `ReaderUnavailable`.
    """
    with scratch(Scratch.READING) as folder:
        children = Children(parsers, folder)
        try:
            await children.start()
            yield Reader(limits, children)
        finally:
            await children.close()


class Reader:
    """Reads documents, each in a child of its own, some at once; the others wait for their turn."""

    def __init__(self, limits: ParseLimits, children: Children) -> None:
        self._limits = limits
        self._children = children
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._looks = asyncio.Semaphore(AT_ONCE)  # who looks at a page does not wait for an import

    @property
    def is_confined(self) -> bool:
        """Whether children have no network and see no other process."""
        return self._children.is_confined

    async def read(self, path: Path, name: str) -> ParsedDocument:
        """The file as text; `name` is for messages, and where its content leaves a choice of formats.

        Raises `DocumentRefused`, `ReaderUnavailable`.
        """
        name = one_line(name)
        async with self._turns:
            content = await self._answer(path, name, self._limits)
        told = await asyncio.to_thread(self._told, content, name)
        if not isinstance(told, Read):
            raise _rubbish(name)
        return told.document

    async def view(self, path: Path, name: str, wanted: SheetWanted) -> SheetView:
        """A page of a PDF file.

        Raises `DocumentRefused` (`PageNotFound` where it has no such page), `ReaderUnavailable`.
        """
        name = one_line(name)
        limits = replace(self._limits, cpu_s=min(LOOKING_S, self._limits.cpu_s), wall_s=LOOKING_S)
        async with self._looks:
            content = await self._answer(path, name, limits, wanted)
        told = await asyncio.to_thread(self._told, content, name)
        if not isinstance(told, Seen):
            raise _rubbish(name)
        try:
            return told.whole()
        except Rubbish as error:
            raise _rubbish(name) from error

    async def unpack(
        self, path: Path, name: str, limits: PartLimits, into: BinaryIO
    ) -> tuple[list[Place | BadPart], DocumentRefused | None]:
        """Write the files in this one, one after the other; gives where each lies, and why there are no more.

        Raises `DocumentRefused`, `ReaderUnavailable`.
        """
        name = one_line(name)
        most = limits.expanded + contents.LONGEST_ENTRY * (limits.parts + 1)

        def take(piece: bytes) -> None:
            if into.tell() + len(piece) > most:
                raise FileUnreadable.broken(name)
            into.write(piece)

        async with self._turns:
            await self._ask(path, take, Request(name[-LONGEST_NAME:], self._limits, limits))
        try:
            given = await asyncio.to_thread(contents.read, into, limits.parts)
        except Rubbish as error:
            raise _rubbish(name) from error
        parts = [
            Place(part.name, place, part.length) if isinstance(part, Given) else BadPart(part.name, _made(part.reason))
            for part, place in given.placed()
        ]
        return parts, None if given.end is None else self._reason(given.end, name)

    async def _answer(self, path: Path, name: str, limits: ParseLimits, wanted: SheetWanted | None = None) -> bytearray:
        """All that a child says of the file."""
        content, most = bytearray(), limits.output

        def take(piece: bytes) -> None:
            content.extend(piece)
            if len(content) > most:
                raise TooMuchText(name, most)

        await self._ask(path, take, Request(name[-LONGEST_NAME:], limits, sheet=wanted))
        return content

    async def _ask(self, path: Path, take: Callable[[bytes], None], request: Request) -> None:
        """Hand on what a child writes of the file. Raises `DocumentRefused` unless it comes to a good end."""
        name, limits = request.name, request.limits
        try:
            file = await asyncio.to_thread(os.open, path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise FileUnreadable.closed(path, error) from error
        try:
            async with asyncio.timeout(limits.wall_s):
                end = await self._children.ask(request, file, take)
        except TimeoutError as error:
            raise TooSlow(name, limits.wall_s) from error
        finally:
            os.close(file)
        if end.status == 0:
            return
        if end.status == -signal.SIGKILL and end.cpu_s > limits.cpu_s / 2:  # the limit counts in ticks, roughly
            raise TooSlow(name, limits.cpu_s)
        _log.warning("a reader's child ended with status %s after %.2f s of CPU", end.status, end.cpu_s)
        raise FileUnreadable.broken(name)

    def _told(self, content: bytearray, name: str) -> Read | Seen:
        try:
            told = answer.decode(content)
        except Rubbish as error:
            raise _rubbish(name) from error
        if isinstance(told, Read | Seen):
            return told
        raise self._reason(told, name)

    def _reason(self, told: Refused | Broken, name: str) -> DocumentRefused:
        match told:
            case Refused():
                return _made(told)
            case Broken("MemoryError"):
                return TooMuchMemory(name, self._limits.memory)
            case Broken(error):
                _log.warning("a parser broke off with %s", error)
                return FileUnreadable.broken(name)


def _rubbish(name: str) -> FileUnreadable:
    _log.warning("a reader's child answered with rubbish")
    return FileUnreadable.broken(name)


def _made(refused: Refused) -> DocumentRefused:
    """The error of that name, made anew around its message."""
    kind = next((kind for kind in _kinds(DocumentRefused) if kind.__name__ == refused.error), DocumentRefused)
    refusal = kind.__new__(kind)
    refusal.args = (visible(refused.message),)
    return refusal


def _kinds(root: type[DocumentRefused]) -> Iterator[type[DocumentRefused]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)

"""A process with one thread, no network and the parsers loaded, which forks a child for each document.

Over a socket come requests: a file, a socket for the answer, a lifeline. When the child ends, the lifeline tells
how; when the other side closes it, the child and all that it has started are killed.
"""

import gc
import os
import selectors
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pydantic import TypeAdapter

from ingestion.confined import child, kernel
from ingestion.confined.limits import ParseLimits
from ingestion.parsing.parts import PartLimits
from ingestion.sheet import SheetWanted

LONGEST_REQUEST = 65_536


@dataclass(frozen=True, slots=True)
class Request:
    """Read a file or, with limits on its parts, take it apart, or look at a page of it.

    Three descriptors beside it: file, answer, lifeline.
    """

    name: str
    limits: ParseLimits
    parts: PartLimits | None = None
    sheet: SheetWanted | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How a child ended: its exit status, or the negative number of a signal, and the CPU seconds that it took."""

    status: int
    cpu_s: float


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
END: TypeAdapter[End] = TypeAdapter(End)

# The first words of the server: whether it, and so every child, has no network and processes of its own.
CONFINED, FREE = b"confined", b"free"


def main(descriptor: int, parsers: str) -> None:
    """Serve requests until the other side closes the socket; `parsers` names one like `ingestion.confined.parsers`."""
    is_confined = _left()
    import_module(parsers).warm()
    gc.collect()
    gc.freeze()  # what is shared with the children stays shared
    gc.disable()  # a child ends before its garbage counts
    if not is_confined:
        kernel.adopt_orphans()
    with socket.socket(fileno=descriptor) as requests, selectors.DefaultSelector() as selector:
        requests.send(CONFINED if is_confined else FREE)
        _Server(requests, parsers, selector, is_confined=is_confined).run()


def _left() -> bool:
    """Whether this process, from here on a child of the one that called, has left the network and the others."""
    try:
        kernel.leave_network_and_users()
    except OSError:
        return False
    if process := os.fork():
        os.waitpid(process, 0)
        os._exit(0)
    kernel.die_with_parent()
    return True


@dataclass(frozen=True, slots=True)
class _Running:
    """A child, its process descriptor, its lifeline and its folder."""

    process: int
    descriptor: int
    lifeline: socket.socket
    folder: Path


class _Server:
    def __init__(
        self, requests: socket.socket, parsers: str, selector: selectors.BaseSelector, *, is_confined: bool
    ) -> None:
        self._requests = requests
        self._parsers = parsers
        self._selector = selector
        self._own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY) if is_confined else None
        self._children: set[int] = set()

    def run(self) -> None:
        self._selector.register(self._requests, selectors.EVENT_READ, self._take)
        while True:
            key, _ = self._selector.select()[0]  # one at a time: what is done then may settle the next
            if key.data() is False:
                return  # children die with this process

    def _take(self) -> bool:
        """Whether there was a request, which runs now."""
        message, descriptors, _, _ = socket.recv_fds(self._requests, LONGEST_REQUEST, 3)
        if not message:
            return False
        file, answer, lifeline = descriptors
        self._start(REQUEST.validate_json(message), file, answer, socket.socket(fileno=lifeline))
        for descriptor in (file, answer):
            os.close(descriptor)
        return True

    def _start(self, request: Request, file: int, answer: int, lifeline: socket.socket) -> None:
        folder = Path(tempfile.mkdtemp(dir="."))
        process = self._fork()
        if process == 0:
            self._become_child(request, file, answer, folder.absolute())
        self._children.add(process)
        running = _Running(process, os.pidfd_open(process), lifeline, folder)
        self._selector.register(running.descriptor, selectors.EVENT_READ, lambda: self._ended(running))
        self._selector.register(lifeline, selectors.EVENT_READ, lambda: self._cut(running))

    def _fork(self) -> int:
        if self._own_processes is None:
            return os.fork()
        kernel.next_child_is_first()
        process = os.fork()
        if process:
            kernel.next_child_is_beside(self._own_processes)
        return process

    def _become_child(self, request: Request, file: int, answer: int, folder: Path) -> None:
        status = 1
        try:
            child.confine(file, answer, request.limits, folder, is_counted_alone=self._own_processes is not None)
            if request.parts is None:
                child.read(request.name, request.limits, self._parsers, request.sheet)
            else:
                child.unpack(request.name, request.parts)
            status = 0
        finally:
            os._exit(status)

    def _cut(self, running: _Running) -> None:
        self._selector.unregister(running.lifeline)
        signal.pidfd_send_signal(running.descriptor, signal.SIGKILL)

    def _ended(self, running: _Running) -> None:
        _, status, usage = os.wait4(running.process, 0)
        self._children.remove(running.process)
        if self._own_processes is None:
            self._end_orphans()
        shutil.rmtree(running.folder, ignore_errors=True)
        self._selector.unregister(running.descriptor)
        with suppress(KeyError):
            self._selector.unregister(running.lifeline)
        os.close(running.descriptor)
        end = End(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime)
        with running.lifeline, suppress(OSError):
            running.lifeline.send(END.dump_json(end))

    def _end_orphans(self) -> None:
        """All that the child started and left; in a process table of its own it died with the child."""
        while orphans := kernel.children() - self._children:
            for orphan in orphans:
                with suppress(ProcessLookupError):
                    os.kill(orphan, signal.SIGKILL)
                os.waitpid(orphan, 0)

"""Parsers that do what a file might make a real one do; the name of the file says which, its content with what."""

import fcntl
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePath

from ingestion.confined.limits import ParseLimits
from ingestion.document import Block, ParsedDocument
from ingestion.errors import TooManyPages
from retrieval.corpus import DocumentMetadata


def says(text: str) -> ParsedDocument:
    return ParsedDocument(DocumentMetadata("t"), (Block(text),))


def good(content: bytes) -> ParsedDocument:
    return says(content.decode())


def refuses(content: bytes) -> ParsedDocument:
    raise TooManyPages("a.pdf", 6_000, 5_000)


def raises(content: bytes) -> ParsedDocument:
    raise KeyError(content)


def recurses(content: bytes) -> ParsedDocument:
    return recurses(content)


def allocates(content: bytes) -> ParsedDocument:
    return says(str(len(bytearray(1 << 34))))


def loops(content: bytes) -> ParsedDocument:
    while True:
        pass


def waits(content: bytes) -> ParsedDocument:
    signal.pause()
    return says("")


def dies(content: bytes) -> ParsedDocument:
    signal.raise_signal(int(content))
    resource.setrlimit(resource.RLIMIT_CPU, (0, 0))
    return loops(content)  # where it is the first process, most signals do not reach it


def crashes(content: bytes) -> ParsedDocument:
    import ctypes

    return says(str(ctypes.string_at(0)))


def leaves(content: bytes) -> ParsedDocument:
    os._exit(0)


def prints(content: bytes) -> ParsedDocument:
    os.write(1, b"rubbish")
    os.write(4, content)
    os._exit(0)


def talks(content: bytes) -> ParsedDocument:
    return says("x" * int(content))


def floods(content: bytes) -> ParsedDocument:
    while True:
        os.write(4, bytes(100_000))


def writes(content: bytes) -> ParsedDocument:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        Path("written").write_bytes(content)
    except OSError as error:
        return says(str(error.errno))
    return says("written")


def calls(content: bytes) -> ParsedDocument:
    try:
        socket.create_connection(("127.0.0.1", int(content)), timeout=5).close()
    except OSError:
        return says("nobody")
    return says("called")


def leaves_others(content: bytes) -> ParsedDocument:
    """Starts a process in a session of its own that writes to a pipe and holds it open, and stays."""
    held = os.open(content, os.O_WRONLY)
    program = f"import os, time; os.write({held}, b'x'); time.sleep(3600)"
    subprocess.Popen([sys.executable, "-c", program], pass_fds=[held], start_new_session=True)  # noqa: S603
    time.sleep(3600)
    return says("")


def looks(content: bytes) -> ParsedDocument:
    """Descriptors beyond the standard streams, variables, capabilities."""
    descriptors = []
    for descriptor in range(3, 1024):
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_GETFD)
            descriptors.append(descriptor)
    capabilities = next(line for line in Path("/proc/self/status").read_text().splitlines() if "CapEff" in line)
    return says(f"{descriptors} {sorted(os.environ)} {capabilities.split()[1]}")


class Bad:
    suffixes = frozenset({".bad"})

    def __init__(self, act: Callable[[bytes], ParsedDocument]) -> None:
        self._act = act

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        return self._act(content)


def parser_of(content: bytes, name: str, limits: ParseLimits) -> Bad:
    return Bad(globals()[PurePath(name).stem])


def warm() -> None:
    """They need nothing."""

"""Real children that misbehave, and what becomes of them."""

import asyncio
import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingestion.errors import (
    DocumentRefused,
    FileUnreadable,
    ReaderUnavailable,
    TooManyPages,
    TooMuchMemory,
    TooMuchText,
    TooSlow,
)
from ingestion.isolation import ParseLimits, Reader, open_reader
from tests.contracts.test_parsers import MAKERS
from tests.ingestion.conftest import Write

BAD = "tests.ingestion.bad_parsers"
LIMITS = ParseLimits(memory=600_000_000, cpu_s=1, wall_s=60, output=1_000_000, processes=16)


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with open_reader(LIMITS, BAD) as reader:
        yield reader


async def read(reader: Reader, write: Write, act: str, content: str | bytes = "0") -> str:
    return (await reader.read(write(f"{act}.bad", content), f"{act}.bad")).text


async def test_a_document_comes_back_as_the_parser_gave_it(write: Write) -> None:
    page = "<html><head><title>Congés</title></head><body><h1>Durée</h1><p>Trente jours.</p></body></html>"
    async with open_reader(LIMITS) as reader:
        document = await reader.read(write("a.html", page), "a.html")
    assert document.metadata.title == "Congés"
    assert [(block.text, block.heading_path) for block in document.blocks] == [
        ("Durée", ("Durée",)),
        ("Trente jours.", ("Durée",)),
    ]


async def test_a_refusal_comes_back_as_the_same_error(reader: Reader, write: Write) -> None:
    with pytest.raises(TooManyPages) as refusal:
        await read(reader, write, "refuses")
    assert str(refusal.value) == str(TooManyPages("a.pdf", 6_000, 5_000))


async def test_a_file_that_is_gone_is_refused(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="existe encore"):
        await reader.read(tmp_path / "a.bad", "good.bad")


@pytest.mark.parametrize(
    ("act", "content", "error", "words"),
    [
        ("raises", "x", FileUnreadable, "endommagé"),
        ("recurses", "x", FileUnreadable, "endommagé"),
        ("allocates", "x", TooMuchMemory, "600 Mo de mémoire"),
        ("loops", "x", TooSlow, "1 secondes"),
        ("crashes", "x", FileUnreadable, "endommagé"),
        ("dies", "11", DocumentRefused, "document|endommagé"),
        ("dies", "9", DocumentRefused, "document|endommagé"),
        ("leaves", "x", FileUnreadable, "endommagé"),
        ("prints", "rubbish", FileUnreadable, "endommagé"),
        ("prints", '{"kind":"read"}', FileUnreadable, "endommagé"),
        ("prints", '{"kind":"read","document":{"metadata":{"title":"t"},"blocks":[]}}', FileUnreadable, "endommagé"),
        (
            "prints",
            '{"kind":"read","document":{"metadata":{"title":"t"},"blocks":[{"text":"a\\u0000"}]}}',
            FileUnreadable,
            "endommagé",
        ),
        ("prints", '{"kind":"refused","error":"SystemExit","message":"m"}', DocumentRefused, "^m$"),
        ("talks", "1000001", TooMuchText, "1 Mo de texte"),
        ("floods", "x", TooMuchText, "1 Mo de texte"),
    ],
)
async def test_what_a_child_does_is_one_refused_document(
    reader: Reader, write: Write, act: str, content: str, error: type[DocumentRefused], words: str
) -> None:
    with pytest.raises(error, match=words):
        await read(reader, write, act, content)
    assert await read(reader, write, "good", "encore là") == "encore là"


async def test_a_child_that_waits_is_ended(write: Write) -> None:
    async with open_reader(ParseLimits(wall_s=0.5), BAD) as reader:
        with pytest.raises(TooSlow):
            await read(reader, write, "waits")


async def test_a_child_writes_nothing(reader: Reader, write: Write) -> None:
    assert await read(reader, write, "writes", "x") == str(errno.EFBIG)


async def test_a_child_reaches_nobody(reader: Reader, write: Write) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        assert await read(reader, write, "calls", str(canary.getsockname()[1])) == "nobody"
        with pytest.raises(BlockingIOError):
            canary.accept()


async def test_a_child_holds_nothing_but_its_file_and_its_answer(
    reader: Reader, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_LLM_KEY", "secret")
    seen = await read(reader, write, "looks")
    variables = ["HOME", "LANG", "OPENBLAS_NUM_THREADS", "PATH", "TMPDIR"]
    assert seen == f"[4] {variables} 0000000000000000"  # the file was closed once it was read


async def test_who_stops_waiting_ends_the_child_and_all_it_started(
    reader: Reader, write: Write, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = asyncio.create_task(read(reader, write, "leaves_others", str(pipe)))
    with await asyncio.to_thread(pipe.open, "rb") as held:
        assert await asyncio.to_thread(held.read, 1) == b"x"  # what the child started is there
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await asyncio.to_thread(held.read) == b""  # nobody holds it any more


async def test_a_server_that_was_killed_is_started_anew(reader: Reader, write: Write) -> None:
    server = reader._children._server
    assert server is not None
    server.process.kill()
    await server.process.wait()
    assert await read(reader, write, "good", "encore là") == "encore là"


async def test_parsers_that_cannot_be_loaded_are_told_at_once() -> None:
    with pytest.raises(ReaderUnavailable):
        async with open_reader(LIMITS, "ingestion.parsing.none"):
            pass


async def test_many_documents_are_read_at_once(reader: Reader, write: Write) -> None:
    texts = [f"texte {number}" for number in range(40)]
    paths = [write(f"{number}.bad", text) for number, text in enumerate(texts)]
    found = await asyncio.gather(*(reader.read(path, "good.bad") for path in paths))
    assert [document.text for document in found] == texts


def test_a_warmed_server_has_loaded_what_its_children_need(write: Write) -> None:
    """In a process of its own: here other tests have loaded everything."""
    files = [write("a.pdf", MAKERS["PdfParser"]("Un texte.")), write("a.eml", MAKERS["EmailParser"]("Un texte."))]
    program = """if True:
        import sys
        from pathlib import Path
        from ingestion.confined import parsers
        from ingestion.confined.limits import ParseLimits
        parsers.warm()
        loaded = set(sys.modules)
        for path in map(Path, sys.argv[1:]):
            parsers.parser_of(path.read_bytes(), path.name, ParseLimits()).parse(path.read_bytes(), path.name)
        print(sorted(set(sys.modules) - loaded))
    """
    command = [sys.executable, "-c", program, *map(str, files)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"  # noqa: S603


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare (util-linux) is not installed")
def test_without_namespaces_the_other_limits_hold_and_the_log_says_so(tmp_path: Path) -> None:
    """As in many containers: here by leaving none to be had, in a namespace made for that."""
    program = """if True:
        import asyncio, errno, logging, os, sys
        from pathlib import Path
        from ingestion.errors import DocumentRefused
        from ingestion.isolation import ParseLimits, open_reader
        logging.basicConfig(format="%(message)s", stream=sys.stdout)
        async def read(folder):
            async with open_reader(ParseLimits(cpu_s=1, wall_s=60), "tests.ingestion.bad_parsers") as reader:
                for act in ("good", "writes", "looks"):
                    print((await reader.read(folder / "x", f"{act}.bad")).text)
                os.mkfifo(folder / "pipe")
                (folder / "y").write_text(str(folder / "pipe"))
                reading = asyncio.create_task(reader.read(folder / "y", "leaves_others.bad"))
                with await asyncio.to_thread(open, folder / "pipe", "rb") as held:
                    await asyncio.to_thread(held.read, 1)
                    reading.cancel()
                    await asyncio.wait([reading])
                    print(await asyncio.to_thread(held.read))
        asyncio.run(read(Path(sys.argv[1])))
    """
    (tmp_path / "x").write_text("bon")
    shell = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", shell, "-", sys.executable, "-c", program]
    done = subprocess.run(  # noqa: S603
        [*command, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.splitlines() == [
        "this system grants no user namespaces: documents are read by processes that could reach the network",
        "bon",
        str(errno.EFBIG),
        "[4] ['HOME', 'LANG', 'OPENBLAS_NUM_THREADS', 'PATH', 'TMPDIR'] 0000000000000000",
        "b''",
    ], done.stderr

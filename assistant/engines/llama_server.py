"""A `llama-server` of our own: started at the first need, watched, started again when it dies, ended with us.

Nobody else can reach it: it listens on a Unix socket in a folder that only this account may enter, and asks for a key
that is made for each start. It has neither web page nor tools, and of our environment only what it needs.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.engines import tied_start
from assistant.engines.engine import Engine
from assistant.engines.gguf import LlamaSettings
from assistant.engines.llama_server_chat import LlamaServerChat
from assistant.engines.model_files import ModelFiles
from assistant.engines.time_limits import TimeLimits
from assistant.errors import ModelMissing, ModelUnavailable
from retrieval.scratch import Scratch, scratch

# What of our environment it gets. A variable LLAMA_ARG_… would otherwise be an option.
INHERITED = frozenset({"PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"})

# Seconds before it is started again, after so many ends in a row of which none came later than STABLE seconds.
PAUSES = (0, 1, 2, 5, 10, 30, 60)
STABLE = 60.0

# Seconds between two looks whether the model is read, and for an orderly end.
LOOK = 0.05
ENDING = 5.0

# Mebibytes for prompts that were read, so that what they have in common is not read again.
PROMPT_CACHE = 512

# Its own words in our log are cut there.
LINE = 500

# The host of a Unix socket means nothing.
ADDRESS = "http://llama-server"

# Seconds without a sign that it lives, which it gives under any load.
SILENT = 10.0

# Of an answer: its engine's limits hold.
WITHOUT_LIMIT = httpx.Timeout(None, connect=ENDING)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LlamaServerSettings:
    """The program, the model that it serves, and how many answers it generates at once (continuous batching).

    `llama.context` is for each answer. `starting` is how many seconds reading the model may take.
    """

    program: Path
    llama: LlamaSettings
    places: int = 4
    starting: float = 600.0
    limits: TimeLimits = TimeLimits()  # noqa: RUF009  # frozen


@asynccontextmanager
async def open_llama_server(settings: LlamaServerSettings, files: ModelFiles | None = None) -> AsyncIterator[Engine]:
    """An engine over a server of our own; `files` must allow the model's files, without it the product's own list.

    Costs nothing and starts nothing until `load` or the first question. Raises `ModelsInvalid`.
    """
    files = files or ModelFiles()
    with scratch(Scratch.LLAMA) as folder:
        server = LlamaServer(settings, folder)
        model = LlamaServerChat(settings=settings.llama, files=files, client=server.client)

        async def load() -> None:
            await model.load()
            await server.ready()

        try:
            yield Engine(
                name=settings.llama.model_path.stem,
                model=model,
                profile=settings.llama.profile,
                context=settings.llama.context,
                places=settings.places,
                load=load,
                limits=settings.limits,
                digests=lambda: files.digests(settings.llama.files),
            )
        finally:
            await server.close()


class LlamaServer:
    """The process, whether it can be asked, and a client for that."""

    def __init__(self, settings: LlamaServerSettings, folder: Path) -> None:
        self._settings = settings
        self._process: Process | None = None
        self._socket = folder / "llama.sock"
        self._key_file = folder / "key"
        self._key = ""
        self._watching: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()  # it is ready, or it is known not to be
        self._failure: str | None = None
        # The server closes a connection that was idle: the next request there would look like the server's end.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        transport = httpx.AsyncHTTPTransport(uds=str(self._socket), verify=False, limits=limits)  # no TLS
        self.client = httpx.AsyncClient(
            base_url=ADDRESS, transport=transport, auth=self._signed, timeout=WITHOUT_LIMIT, trust_env=False
        )

    async def ready(self) -> None:
        """Wait until it can be asked; the first call starts it.

        Raises `ModelMissing` without the program, `ModelUnavailable` while it does not start.
        """
        program = self._settings.program
        if not os.access(program, os.X_OK):
            raise ModelMissing(
                f"Le programme {program} n’existe pas, ou ne s’exécute pas. "
                "Construisez-le par « make llama-server », ou indiquez le bon chemin."
            )
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        while True:
            await self._settled.wait()
            if self._failure is not None:
                raise ModelUnavailable(self._failure)
            if await self._alive():
                return

    async def _alive(self) -> bool:
        """Whether it still answers; where it has ended, the watcher knows of it when this returns."""
        assert self._process is not None  # noqa: S101  # it is ready
        try:
            await self.client.get("/health", timeout=SILENT)
        except httpx.TimeoutException as error:
            self._process.kill()
            raise ModelUnavailable("Le moteur du modèle est figé : il est relancé. Reposez la question.") from error
        except httpx.TransportError:
            await self._process.wait()
            return False
        return True

    async def close(self) -> None:
        """End it."""
        await self.client.aclose()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])

    async def _watch(self) -> None:
        """Keep it running, with growing pauses between starts that did not last."""
        loop, short = asyncio.get_running_loop(), 0
        while True:
            began = loop.time()
            try:
                self._failure = await self._run()
            except OSError as error:
                self._failure = f"Le moteur du modèle ne démarre pas ({error.strerror})."
            self._settled.clear()
            short = 0 if loop.time() - began > STABLE else min(short + 1, len(PAUSES))
            pause = PAUSES[max(short - 1, 0)]
            _log.warning("llama-server ended and is started again in %s s", pause)
            if pause:
                self._failure = self._failure or "Le moteur du modèle s’arrête sans cesse."
                self._failure = f"{self._failure} Il est relancé dans {pause} s : reposez alors la question."
                self._settled.set()
                await asyncio.sleep(pause)
                self._settled.clear()

    async def _run(self) -> str | None:
        """One start and its end; why it did not get ready, where it did not."""
        self._process = process = await self._started()
        words = asyncio.create_task(self._listen(process))
        try:
            async with asyncio.timeout(self._settings.starting):
                healthy = await self._healthy(process)
            if healthy:
                self._failure = None
                self._settled.set()
                await process.wait()
                return None
            await words
            return f"Le moteur du modèle ne démarre pas (code {process.returncode}) : le journal dit pourquoi."
        except TimeoutError:
            return f"Le moteur du modèle n’est pas prêt après {self._settings.starting:g} s."
        finally:
            await _end(process)
            words.cancel()

    def _signed(self, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {self._key}"  # of the one that runs now
        return request

    async def _started(self) -> Process:
        self._socket.unlink(missing_ok=True)
        self._key = secrets.token_urlsafe(32)
        self._key_file.touch(mode=0o600)
        self._key_file.write_text(self._key)
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", tied_start.__file__, str(os.getpid()), str(self._settings.program)),
            *self._options(),
            env={name: value for name, value in os.environ.items() if name in INHERITED},
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
            start_new_session=True,  # the keys of a terminal are for us
        )

    def _options(self) -> list[str]:
        settings, llama = self._settings, self._settings.llama
        threads = llama.threads or len(os.sched_getaffinity(0))
        return [
            *("--model", str(llama.model_path), "--host", str(self._socket), "--api-key-file", str(self._key_file)),
            *("--ctx-size", str(llama.context * settings.places), "--parallel", str(settings.places)),
            *("--no-kv-unified", "--cont-batching", "--cache-ram", str(PROMPT_CACHE), "--threads", str(threads)),
            *(["--lora", str(llama.lora_path)] if llama.lora_path else []),
            # The template in the file is not even read: prompts come as tokens.
            *("--no-jinja", "--chat-template", "chatml"),
            *("--no-webui", "--no-slots", "--no-agent", "--offline"),
            # Warnings and errors alone; prompts are said at higher levels.
            *("--log-verbosity", "2", "--log-colors", "off", "--no-log-timestamps"),
        ]

    async def _healthy(self, process: Process) -> bool:
        """Wait until it says that it can be asked; False where it ends before."""
        while process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                if (await self.client.get("/health")).status_code == httpx.codes.OK:
                    return True
            await asyncio.sleep(LOOK)
        return False

    async def _listen(self, process: Process) -> None:
        """Its own words go to our log."""
        assert process.stderr is not None  # noqa: S101  # a pipe
        rest = b""
        while piece := await process.stderr.read(2**16):
            *lines, rest = (rest + piece).split(b"\n")
            rest = rest[:LINE]
            for line in lines:
                _log.warning("llama-server: %s", line[:LINE].decode(errors="replace").strip())


async def _end(process: Process) -> None:
    """Let it end, or end it."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(ENDING):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()

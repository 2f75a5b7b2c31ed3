"""The model files of this machine: which may be there, which are, and whether they are still what they were.

What was brought in, what was refused and what a check found is recorded.
"""

import asyncio
import logging
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg

from assistant import Header, ModelFiles, ModelMissing, ModelRefused, ModelUnusable, read_header
from policies import Act, Action, AllowedModel, Event, Json, Ledger, Policy, PolicyError, Principal
from retrieval.permission import require_right
from ui.database import Pool
from ui.errors import ModelNotImported
from ui.french import system_reason
from ui.identity import service_principal
from ui.meanwhile import meanwhile

# Between two readings of whole files by a process that serves; a look at their times goes before each answer.
RECHECK_S = 6 * 3600.0

_UNUSABLE = (ModelMissing, ModelUnusable)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """An allowed model; `path` is its file, of the right content or of the wrong one, and None where there is none."""

    model: AllowedModel
    path: Path | None
    state: Literal["absent", "intact", "altered"]
    in_use: bool


@dataclass(frozen=True, slots=True)
class Copied:
    """So many bytes of a file are copied, of so many; it is read whole before that and after."""

    done: int
    size: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A file in use: the name of the model that it is, or the `problem`, which says what to do."""

    path: Path
    name: str = ""
    problem: str = ""
    sha256: str = ""


class LanguageModels:
    """The files in `folder`, where imports go, and those `in_use` at the moment, wherever they lie."""

    def __init__(
        self,
        files: ModelFiles,
        folder: Path,
        in_use: Callable[[], Sequence[Path]],
        pool: Pool,
        policy: Policy,
        ledger: Ledger,
    ) -> None:
        self._files = files
        self._folder = folder
        self._in_use = in_use
        self._pool = pool
        self._policy = policy
        self._ledger = ledger
        self._importing = asyncio.Lock()
        self._headers: dict[str, Header] = {}

    async def listed(self) -> list[Listed]:
        """All allowed models, as the list stands now. Raises `ModelsInvalid`."""
        return await asyncio.to_thread(lambda: [self._standing(model) for model in self._files.reread().models])

    async def take(self, principal: Principal, source: Path, told: Callable[[Copied], None] = lambda _: None) -> Listed:
        """Copy an allowed file into the folder; of another nothing stays, and the refusal is recorded.

        `told` hears, in another thread, how far the copy is. Raises `Refused`, `ModelsInvalid`, `ModelMissing`,
        `ModelUnusable`, `ModelRefused`, `ModelNotImported`.
        """
        rules = await require_right(self._pool, self._policy, self._ledger, principal, Action.ADMINISTER_MODELS)
        try:
            async with self._importing:
                await asyncio.to_thread(self._files.reread)
                target = await asyncio.to_thread(self._copied, source, told)
        except (*_UNUSABLE, ModelNotImported) as error:
            refused: dict[str, Json] = {"file": source.name, "rules": rules}
            await self._record(Act.MODEL_REFUSED, principal, refused | _reason(error))
            raise
        model = await asyncio.to_thread(self._files.check, target)
        details: dict[str, Json] = {"file": model.file, "model": model.name, "sha256": model.sha256, "rules": rules}
        await self._record(Act.MODEL_IMPORTED, principal, details)
        return Listed(model, target, "intact", target in self._in_use())

    async def importing(self, principal: Principal, source: Path) -> AsyncGenerator[Copied | Listed, None]:
        """The same as `take`, step by step; the last tells what was imported. Whoever leaves does not stop the copy."""
        loop, steps = asyncio.get_running_loop(), asyncio.Queue[Copied | None]()

        def told(step: Copied | None) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, step)

        taking = asyncio.create_task(self.take(principal, source, told))
        taking.add_done_callback(lambda _: told(None))
        while (step := await steps.get()) is not None:
            yield step
        yield await taking

    async def header(self, one: Listed) -> Header | None:
        """What an intact file says of itself; None for another, and where it says nothing that can be read."""
        if one.path is None or one.state != "intact":
            return None
        if one.model.sha256 not in self._headers:
            try:
                self._headers[one.model.sha256] = await asyncio.to_thread(read_header, one.path)
            except ModelUnusable as error:
                _log.warning("%s", error)
                return None
        return self._headers[one.model.sha256]

    async def verify(self, principal: Principal, *, anew: bool = True) -> list[Verified]:
        """Read the files in use from their first byte to their last, and record what was found.

        Without `anew` one that was read and has not been written since is not read again. Raises `ModelsInvalid`.
        """
        await asyncio.to_thread(self._files.reread)
        found = [await asyncio.to_thread(self._verified, path, anew) for path in self._in_use()]
        refused: list[Json] = [{"file": one.path.name, "sha256": one.sha256} for one in found if one.problem]
        await self._record(Act.MODELS_VERIFIED, principal, {"files": len(found), "refused": refused})
        return found

    async def verifying(self, principal: Principal) -> AsyncGenerator[list[Verified], None]:
        """The same, for administrators alone, as work that has one step. Raises `Refused` too."""
        await require_right(self._pool, self._policy, self._ledger, principal, Action.ADMINISTER_MODELS)
        yield await self.verify(principal)

    async def ready(self, load: Callable[[], Awaitable[None]]) -> None:
        """Load what answers, and record which files those are and what was refused. Raises what `load` does."""
        try:
            await load()
        finally:
            await self.verify(service_principal(), anew=False)

    @asynccontextmanager
    async def watched(self, pause: Callable[[], Awaitable[None]] | None = None) -> AsyncIterator[None]:
        """Meanwhile verify after each pause; a file that has changed answers no more questions."""
        async with meanwhile(self._watch(pause or _pause)):
            yield

    async def _watch(self, pause: Callable[[], Awaitable[None]]) -> None:
        while True:
            await pause()
            try:
                for one in await self.verify(service_principal()):
                    if one.problem:
                        _log.error("A model file is not what it should be: %s", one.problem)
            except (PolicyError, psycopg.Error) as error:
                _log.error("The model files were not verified (%s).", type(error).__name__)

    def _standing(self, model: AllowedModel) -> Listed:
        altered: Path | None = None
        for path in dict.fromkeys((self._folder / model.file, *self._in_use())):
            try:
                if self._files.check(path) == model:
                    return Listed(model, path, "intact", path in self._in_use())
            except ModelMissing:
                continue
            except ModelUnusable:
                altered = path if path.name == model.file else altered
        return Listed(model, altered, "altered" if altered else "absent", altered in self._in_use())

    def _copied(self, source: Path, told: Callable[[Copied], None]) -> Path:
        try:
            self._files.check(source)
            self._require_room(source)
            size = source.stat().st_size
            return self._files.take(source, self._folder, lambda done: told(Copied(done, size)))
        except OSError as error:
            raise ModelNotImported(
                f"Le modèle ne peut pas être copié dans {self._folder} : {system_reason(error)}. "
                "Corrigez-le, puis recommencez."
            ) from error

    def _require_room(self, source: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        needed, free = source.stat().st_size, shutil.disk_usage(self._folder).free
        if needed > free:
            raise ModelNotImported(
                f"Il ne reste que {free // 2**20} Mio sur le disque de {self._folder}, et le modèle en fait "
                f"{needed // 2**20}. Faites de la place, puis recommencez."
            )

    def _verified(self, path: Path, anew: bool) -> Verified:
        try:
            model = self._files.check(path, anew=anew)
        except _UNUSABLE as error:
            return Verified(path, problem=str(error), sha256=error.sha256 if isinstance(error, ModelRefused) else "")
        return Verified(path, name=model.name, sha256=model.sha256)

    async def _record(self, act: Act, principal: Principal, details: Mapping[str, Json]) -> None:
        async with self._pool.connection() as connection:
            await self._ledger.append(connection, Event(act, principal, details))


async def _pause() -> None:
    await asyncio.sleep(RECHECK_S)


def _reason(error: Exception) -> dict[str, Json]:
    """Why a file was refused, as records say it."""
    reason: dict[str, Json] = {"reason": type(error).__name__}
    return reason | {"sha256": error.sha256} if isinstance(error, ModelRefused) else reason

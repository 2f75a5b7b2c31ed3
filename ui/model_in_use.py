"""The model that answers, where the settings leave it to administrators: opened, tried, changed while people ask.

Invariants:
1. A file that is not allowed, or is not what it was, is never loaded (`assistant.engines.model_files`).
2. A choice and its record commit together, once the model is loaded; without them the former model goes on.
3. Who has begun with a model ends with it; it is closed when nobody counts on it any more.
4. Beside the model that answers at most one other is loaded at a time, and only where there is memory for both.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import Engine, Engines, Format, ModelFiles, read_header
from policies import Act, Action, AllowedModel, Event, Json, Ledger, Policy, Principal
from retrieval.permission import require_right
from ui import demonstration
from ui.database import Pool
from ui.errors import MemoryShort, ModelBusy, ModelChoiceChanged, ModelChoiceInvalid, ModelNotChosenHere, ModelNotListed
from ui.language_model import files_in_use, open_engines
from ui.memory import available
from ui.model_choice import Choice, add_choice, last_choices, last_version
from ui.model_opening import last_choice, opening, path_of, usual
from ui.settings import Settings

LEAST_CONTEXT = 1024  # tokens


@dataclass(frozen=True, slots=True)
class Wish:
    """A model by its name, its file or its SHA-256; what is left out is as its file says, and as is usual."""

    model: str
    format: Format | None = None
    context: int | None = None


@asynccontextmanager
async def open_model_in_use(
    settings: Settings, files: ModelFiles, pool: Pool, policy: Policy, ledger: Ledger
) -> AsyncIterator["ModelInUse"]:
    """The engines that the settings name, or the model that was chosen last, or the demonstration one.

    Raises `DemonstrationMissing`, `ModelsInvalid`, `SettingsInvalid`. The model is read at its first use.
    """
    if settings.names_engine:
        async with open_engines(settings, files) as engines:
            yield ModelInUse(settings, files, pool, policy, ledger, engines)
        return
    choice = await last_choice(settings, pool)
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(opening(settings, files, choice))
        engines, opened = Engines({engine.name: engine}), stack.pop_all()
    held = ModelInUse(settings, files, pool, policy, ledger, engines, choice, opened)
    try:
        yield held
    finally:
        await held.close()


class ModelInUse:
    """`engines` answer; without a `choice` the `settings` name them."""

    def __init__(
        self,
        settings: Settings,
        files: ModelFiles,
        pool: Pool,
        policy: Policy,
        ledger: Ledger,
        engines: Engines,
        choice: Choice | None = None,
        opened: AsyncExitStack | None = None,
        memory: Callable[[], int | None] = available,
    ) -> None:
        self.engines = engines
        self.settings = settings
        self._files = files
        self._pool = pool
        self._policy = policy
        self._ledger = ledger
        self._choice = choice
        self._opened = opened or AsyncExitStack()
        self._memory = memory
        self._busy = False
        self._told: list[Callable[[], None]] = []
        self._leaving: dict[asyncio.Task[None], AsyncExitStack] = {}

    @property
    def choice(self) -> Choice | None:
        """What was chosen; None where the settings name what answers."""
        return self._choice

    @property
    def demonstration(self) -> bool:
        """Whether the small model answers that is there for trying the product only."""
        if self._choice is None:
            return self.settings.demonstration
        return self._choice.file == demonstration.model_path(self.settings.home).name

    def used_files(self) -> tuple[Path, ...]:
        """The model files that answer."""
        return files_in_use(self.settings) if self._choice is None else (path_of(self.settings, self._choice),)

    async def former(self) -> Choice | None:
        """What answered before the last choice, and can again; None where there was none."""
        if self._choice is None or not self._choice.version:
            return None
        async with self._pool.connection() as connection:
            _, *before = await last_choices(connection)
        return next(iter(before), None) or usual(self.settings)

    @asynccontextmanager
    async def candidate(self, principal: Principal, wish: Wish) -> AsyncIterator[Engine]:
        """Another model, loaded for as long as it is tried.

        Raises `Refused`, `ModelNotChosenHere`, `ModelBusy`, `ModelNotListed`, `ModelChoiceInvalid`, `MemoryShort`,
        `ModelMissing`, `ModelUnusable`, `ModelRefused`.
        """
        await self._required(principal)
        async with self._loaded(await asyncio.to_thread(self._wanted, wish)) as (engine, _):
            yield engine

    async def use(self, principal: Principal, wish: Wish, edition: int | None = None) -> Choice:
        """Have another model answer from now on; `edition` is the version of the choice that was shown.

        Raises what `candidate` does, and `ModelChoiceChanged`.
        """
        rules = await self._required(principal)
        wanted = await asyncio.to_thread(self._wanted, wish)
        if self._choice and _used_as(wanted) == _used_as(self._choice):
            raise ModelChoiceInvalid("Ce modèle répond déjà, et de cette façon.")
        return await self._change(principal, "use", wanted, rules, edition)

    async def back(self, principal: Principal, edition: int | None = None) -> Choice:
        """Have the former model answer again. Raises what `use` does."""
        rules = await self._required(principal)
        former = await self.former()
        if former is None:
            raise ModelChoiceInvalid("Aucun modèle n’a répondu avant celui-ci\u202f: il n’y a pas où revenir.")
        return await self._change(principal, "back", former, rules, edition)

    def on_change(self, told: Callable[[], None]) -> None:
        """Have it called, in a thread, after each change of what answers."""
        self._told.append(told)

    async def close(self) -> None:
        """Close what answers, and what waits to be closed."""
        for leaving, opened in list(self._leaving.items()):
            leaving.cancel()
            await asyncio.wait([leaving])
            await opened.aclose()
        await self._opened.aclose()

    async def _required(self, principal: Principal) -> list[Json]:
        rules = await require_right(self._pool, self._policy, self._ledger, principal, Action.ADMINISTER_MODELS)
        if self._choice is None:
            raise ModelNotChosenHere
        return rules

    async def _change(
        self, principal: Principal, change: str, wanted: Choice, rules: list[Json], edition: int | None
    ) -> Choice:
        async with self._loaded(wanted) as (engine, opened):
            async with self._pool.connection() as connection:
                last = await last_version(connection)
                before = self._choice
                assert before is not None  # noqa: S101  # `_required`
                if edition not in (None, last):
                    raise ModelChoiceChanged(before.file)
                sha256, instead = await asyncio.to_thread(self._digests, wanted, before)
                chosen = replace(wanted, version=last + 1, sha256=sha256, by=principal.subject)
                await add_choice(connection, principal, chosen)
                details: dict[str, Json] = {
                    "change": change,
                    "version": chosen.version,
                    "model": chosen.file,
                    "sha256": chosen.sha256,
                    "format": chosen.format.value,
                    "context": chosen.context,
                    "instead_of": before.file,
                    "instead_of_sha256": instead or None,
                    "rules": rules,
                }
                await self._ledger.append(connection, Event(Act.MODEL_CHOSEN, principal, details))
            left = self.engines.supersede(engine)
            self._leave(left, self._opened)
            self._choice, self._opened = chosen, opened.pop_all()
        for told in self._told:
            await asyncio.to_thread(told)
        return chosen

    def _leave(self, left: Callable[[], Awaitable[None]], opened: AsyncExitStack) -> None:
        async def close() -> None:
            await left()
            await opened.aclose()

        leaving = asyncio.create_task(close())
        self._leaving[leaving] = opened
        leaving.add_done_callback(lambda task: self._leaving.pop(task, None))

    @asynccontextmanager
    async def _loaded(self, wanted: Choice) -> AsyncIterator[tuple[Engine, AsyncExitStack]]:
        """The model, read; who keeps it takes it out of the stack."""
        with self._alone():
            await asyncio.to_thread(self._require_memory, wanted)
            async with AsyncExitStack() as opened:
                engine = await opened.enter_async_context(opening(self.settings, self._files, wanted))
                await engine.load()
                yield engine, opened

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._busy or self._leaving:
            raise ModelBusy
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    def _wanted(self, wish: Wish) -> Choice:
        model = self._listed(wish.model)
        path = self.settings.home / "models" / model.file
        self._files.check(path)
        header = read_header(path)
        style = wish.format or header.format
        if style is None:
            raise ModelChoiceInvalid(
                "Le gabarit de conversation de ce modèle n’est pas d’une famille connue\u202f: choisissez vous-même "
                "comment lui parler."
            )
        most = header.context or wish.context or 4096
        context = wish.context or min(self.settings.model_context, most)
        if not LEAST_CONTEXT <= context <= most:
            raise ModelChoiceInvalid(f"Ce modèle lit de {LEAST_CONTEXT} à {most} unités à la fois, et non {context}.")
        return Choice(0, model.file, model.sha256, style, context)

    def _listed(self, name: str) -> AllowedModel:
        models = self._files.reread().models
        for model in models:
            if name in (model.sha256, model.file):
                return model
        named = [model for model in models if model.name == name]
        if len(named) != 1:
            raise ModelNotListed(name)
        return named[0]

    def _digests(self, wanted: Choice, before: Choice) -> tuple[str, str]:
        """Of the one that was just read, and of the one that answered until now, as it was read."""
        known = self._files.digests([path_of(self.settings, before)])
        return self._files.check(path_of(self.settings, wanted)).sha256, next(iter(known), before.sha256)

    def _require_memory(self, wanted: Choice) -> None:
        left = self._memory()
        needed = read_header(path_of(self.settings, wanted)).memory(wanted.context)
        if left is not None and needed > left:
            raise MemoryShort(needed, left)


def _used_as(choice: Choice) -> tuple[str, Format, int]:
    return choice.file, choice.format, choice.context

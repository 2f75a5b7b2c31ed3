"""The model that administrators choose: kept, tried, changed while people ask; what is not allowed is never loaded."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant import Engines, Format, ModelFiles, ModelRefused
from assistant.engines.desk import Prompted
from policies import Act, CedarPolicy, Event, LedgerUnavailable, PostgresLedger, Principal, Refused, Role
from retrieval.corpus import Passage
from tests.assistant.asking import records
from tests.assistant.conftest import passage
from tests.assistant.gguf_files import allow, digest, flip, tiny, with_template
from ui.database import Pool
from ui.errors import (
    MemoryShort,
    ModelBusy,
    ModelChoiceChanged,
    ModelChoiceInvalid,
    ModelNotChosenHere,
    ModelNotListed,
)
from ui.model_in_use import ModelInUse, Wish, open_model_in_use
from ui.settings import Settings

DEMONSTRATION = "gemma-3-270m-q4_k_m.gguf"
OTHER = "autre.gguf"
GUSTAVE = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))

Open = Callable[..., AbstractAsyncContextManager[ModelInUse]]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, gemma: Path) -> Path:
    """A data folder with two models: that of the demonstration, and the same weights with a chat template."""
    home = Path(tmp_path_factory.mktemp("models"))
    (home / "models").mkdir()
    (home / "models" / DEMONSTRATION).symlink_to(gemma)
    other = with_template(gemma, home / "models" / OTHER, "{{ '<|im_start|>user' }}")
    altered = tiny(home / "models" / "altéré.gguf", b"poids " * 100)
    allow(home / "models.toml", gemma, other, altered, names=(DEMONSTRATION, OTHER, altered.name))
    flip(altered, 50)
    return home


@pytest.fixture(scope="session")
def files(home: Path) -> ModelFiles:
    """The list of them, which reads each file once."""
    return ModelFiles(home / "models.toml")


@pytest.fixture
def opened(home: Path, files: ModelFiles, pool: Pool, policy: CedarPolicy) -> Open:
    """What a start of the product opens."""

    @asynccontextmanager
    async def opening(ledger: PostgresLedger | None = None, **settings: Any) -> AsyncIterator[ModelInUse]:
        given = Settings(home=home, model_context=1024, model_threads=1, **settings)
        async with open_model_in_use(given, files, pool, policy, ledger or PostgresLedger()) as held:
            yield held

    return opening


CARD = passage("Carte", "La carte est délivrée par la mairie. Elle est valable 5 ans.")


async def answered(engines: Engines, given: Passage = CARD, subject: str = "s") -> tuple[str, str]:
    """Which engine answers, and what."""
    name, text = "", ""
    with engines.held() as held:
        async with aclosing(held.generate(subject, "Quelle est la durée de validité de la carte ?", [given])) as events:
            async for event in events:
                if isinstance(event, Prompted):
                    name = event.name
                elif isinstance(event, str):
                    text += event
    return name, text


async def first_word(engines: Engines) -> str:
    """Which engine answers; the answer is left at its first word."""
    async with aclosing(engines.generate("s", "Quelle est la durée de validité de la carte ?", [CARD])) as events:
        names = [
            event.name if isinstance(event, Prompted) else event for event in [await anext(events), await anext(events)]
        ]
    assert isinstance(names[1], str)
    return str(names[0])


async def test_the_demonstration_model_answers_until_another_is_chosen_which_is_kept_and_recorded(
    opened: Open, pool: Pool, home: Path, administrateur: Principal
) -> None:
    async with opened() as held:
        assert (held.demonstration, await held.former()) == (True, None)
        assert await first_word(held.engines) == DEMONSTRATION[:-5]
        told: list[str] = []
        held.on_change(lambda: told.append(held.engines.first.name))
        chosen = await held.use(administrateur, Wish(OTHER), edition=0)
        assert told == ["autre"]
        assert (chosen.version, chosen.format, chosen.context) == (1, Format.CHATML, 1024)
        assert not held.demonstration
        assert held.used_files() == (home / "models" / OTHER,)
        assert await first_word(held.engines) == "autre"
    async with opened() as again:
        assert again.engines.first.name == "autre"
        assert again.engines.first.profile.name == "chat"
        back = await again.back(administrateur, edition=1)
        assert (back.file, back.version, again.engines.first.name) == (DEMONSTRATION, 2, DEMONSTRATION[:-5])
        former = await again.former()
        assert former is not None
        assert former.file == OTHER
    recorded = [one["details"] for one in await records(pool) if one["act"] == Act.MODEL_CHOSEN]
    digests = [digest(home / "models" / name) for name in (OTHER, DEMONSTRATION)]
    assert [(one["change"], one["sha256"], one["instead_of_sha256"]) for one in recorded] == [
        ("use", digests[0], digests[1]),
        ("back", digests[1], digests[0]),
    ]


async def test_a_change_loses_no_answer_and_the_former_model_is_closed_when_nobody_counts_on_it(
    opened: Open, administrateur: Principal
) -> None:
    async with opened() as held:
        former: Any = held.engines.first.model
        usual = await answered(held.engines)
        with held.engines.held() as before:
            events = before.generate("s0", "Quelle est la durée de validité de la carte ?", [CARD])
            begun = [await anext(events), await anext(events)]
            others = [asyncio.create_task(answered(held.engines, subject=f"s{n}")) for n in range(1, 3)]
            await asyncio.sleep(0)
            await held.use(administrateur, Wish(OTHER, Format.COMPLETION))
            assert await first_word(held.engines) == "autre"
            assert former._llama is not None
            with pytest.raises(ModelBusy):
                await held.back(administrateur)
            begun += [piece async for piece in events]
        assert "".join(piece for piece in begun if isinstance(piece, str)) == usual[1]
        assert await asyncio.gather(*others) == [usual] * 2
        await asyncio.gather(*held._leaving)
        assert former._llama is None


async def test_a_model_on_trial_answers_nobody_else_and_leaves_no_choice(
    opened: Open, administrateur: Principal
) -> None:
    async with opened() as held:
        async with held.candidate(administrateur, Wish("Le modèle autre")) as engine:
            assert engine.name == "autre"
            assert held.engines.first.name == DEMONSTRATION[:-5]
            with pytest.raises(ModelBusy):
                await held.use(administrateur, Wish(OTHER))
        assert held.choice is not None
        assert held.choice.version == 0


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish("inconnu.gguf"), ModelNotListed),
        (Wish("../../etc/passwd"), ModelNotListed),
        (Wish("altéré.gguf"), ModelRefused),
        (Wish(OTHER, context=100), ModelChoiceInvalid),
        (Wish(OTHER, context=10**9), ModelChoiceInvalid),
        (Wish(DEMONSTRATION), ModelChoiceInvalid),
    ],
)
async def test_what_is_not_allowed_or_altered_or_senseless_is_not_loaded(
    opened: Open, pool: Pool, administrateur: Principal, wish: Wish, error: type[Exception]
) -> None:
    async with opened() as held:
        with pytest.raises(error):
            await held.use(administrateur, wish)
        assert held.engines.first.name == DEMONSTRATION[:-5]
    assert await records(pool) == []


async def test_without_memory_for_both_nothing_is_loaded(opened: Open, administrateur: Principal) -> None:
    async with opened() as held:
        held._memory = lambda: 2**20
        with pytest.raises(MemoryShort, match="environ 0,5\u202fGio"):
            await held.use(administrateur, Wish(OTHER))
        held._memory = lambda: None
        assert (await held.use(administrateur, Wish(OTHER))).version == 1


async def test_only_administrators_choose_and_a_refusal_is_recorded(opened: Open, pool: Pool) -> None:
    async with opened() as held:
        for change in (held.use(GUSTAVE, Wish(OTHER)), held.back(GUSTAVE)):
            with pytest.raises(Refused, match="d’administrer les modèles"):
                await change
        with pytest.raises(Refused):
            async with held.candidate(GUSTAVE, Wish(OTHER)):
                pass
    assert [one["act"] for one in await records(pool)] == [Act.REFUSED] * 3


async def test_the_second_of_two_administrators_is_told(opened: Open, administrateur: Principal) -> None:
    async with opened() as held:
        await held.use(administrateur, Wish(OTHER), edition=0)
        with pytest.raises(ModelChoiceChanged, match=OTHER):
            await held.use(administrateur, Wish(OTHER, Format.GEMMA), edition=0)
        assert held.engines.first.profile.name == "chat"


async def test_a_choice_that_cannot_be_recorded_is_none(opened: Open, administrateur: Principal) -> None:
    class Failing(PostgresLedger):
        async def append(self, connection: Any, event: Event) -> Any:
            raise LedgerUnavailable("essai")

    async with opened(Failing()) as held:
        with pytest.raises(LedgerUnavailable):
            await held.use(administrateur, Wish(OTHER))
        assert held.engines.first.name == DEMONSTRATION[:-5]
    async with opened() as again:
        assert again.choice is not None
        assert again.choice.version == 0


async def test_where_the_settings_name_what_answers_nothing_is_chosen_here(
    opened: Open, gemma: Path, administrateur: Principal
) -> None:
    async with opened(model=gemma) as held:
        assert (held.choice, held.used_files(), await held.former()) == (None, (gemma,), None)
        with pytest.raises(ModelNotChosenHere):
            await held.use(administrateur, Wish(OTHER))

"""Trials of another model, or of other instructions, beside what answers (`assistant.trial`)."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from assistant import Ask, Engines, Guidance, GuidanceVersion, Trial, TrialStep
from policies import Json, Ledger, Principal
from retrieval.evaluation_run import JudgedQuestion
from ui.database import Pool
from ui.model_in_use import ModelInUse, Wish

# An answerer over engines that tells them some instructions besides our own.
Asking = Callable[[Engines, Callable[[], Awaitable[str]]], Ask]


@dataclass(frozen=True, slots=True)
class Trials:
    """`asking` makes what answers without counting against anybody's allowance."""

    pool: Pool
    ledger: Ledger
    model: ModelInUse
    guidance: Guidance
    asking: Asking

    async def of_model(
        self, principal: Principal, wish: Wish, questions: Sequence[JudgedQuestion], names: Sequence[str] = ()
    ) -> AsyncGenerator[TrialStep, None]:
        """Raises what `ModelInUse.candidate` and `Trial.run` do."""
        async with self.model.candidate(principal, wish) as engine:
            details: dict[str, Json] = {"of": "model", "model": engine.name, "model_sha256": [*engine.digests()]}
            before = self.asking(self.model.engines, self.guidance.text)
            after = self.asking(Engines({engine.name: engine}), self.guidance.text)
            trial = Trial(self.pool, self.ledger, before, after, details)
            async with aclosing(trial.run(principal, questions, names)) as steps:
                async for step in steps:
                    yield step

    async def of_guidance(
        self, principal: Principal, text: str, questions: Sequence[JudgedQuestion], names: Sequence[str] = ()
    ) -> AsyncGenerator[TrialStep, None]:
        """Raises `Refused`, `GuidanceInvalid`, and what `Trial.run` does."""
        draft = await self.guidance.draft(principal, text)

        async def drafted() -> str:
            return draft

        engines = self.model.engines
        before, after = self.asking(engines, self.guidance.text), self.asking(engines, drafted)
        details: dict[str, Json] = {"of": "guidance", "guidance": GuidanceVersion(text=draft).fingerprint}
        trial = Trial(self.pool, self.ledger, before, after, details)
        async with aclosing(trial.run(principal, questions, names)) as steps:
            async for step in steps:
                yield step

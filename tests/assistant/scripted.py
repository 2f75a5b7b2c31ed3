"""A chat model that says what it is told to, for what a real model cannot be made to do."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field

from assistant.engines.choice import Engines
from assistant.engines.engine import Engine
from assistant.prompts.profiles import CHAT


class Scripted(BaseChatModel):
    """Says `pieces`; then waits for `gate`, where there is one, and fails with `error`, where there is one."""

    pieces: tuple[str, ...] = ()
    gate: asyncio.Event | None = None
    error: Exception | None = None
    prompts: list[str] = Field(default_factory=list)

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def get_token_ids(self, text: str) -> list[int]:
        return [0] * len(text.split())

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        self.prompts.append("\n".join(message.text for message in messages))
        for piece in self.pieces:
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        if self.gate:
            await self.gate.wait()
        if self.error:
            raise self.error


def engine(model: Scripted, context: int = 4096) -> Engine:
    """An engine that is always ready."""

    async def load() -> None:
        pass

    return Engine(name="essai", model=model, profile=CHAT, context=context, places=1, load=load)


def engines(model: Scripted, context: int = 4096) -> Engines:
    """That engine alone."""
    return Engines({"essai": engine(model, context)})

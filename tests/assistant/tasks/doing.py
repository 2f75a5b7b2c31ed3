"""Tasks done by a model that says what a test tells it to, over real stores."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from assistant import Answer, Answered, Material, TaskEvent, TaskRequest, Tasks
from assistant.tasks.request import GIVEN
from assistant.tasks.templates import Templates
from policies import CedarPolicy, PostgresLedger
from retrieval import Search
from retrieval.corpus import Chunk, DocumentMetadata, Locator, Passage
from tests.assistant.scripted import Scripted, engines
from ui.database import Pool


class Writer(Scripted):
    """Says what `says` makes of the prompt; what it raises is the engine's failure."""

    says: Callable[[str], str]

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        prompt = "\n".join(message.text for message in messages)
        self.prompts.append(prompt)
        yield ChatGenerationChunk(message=AIMessageChunk(content=self.says(prompt)))


def extracts(prompt: str) -> str:
    """The extracts of a prompt, without their numbers, as a model that copies says them."""
    lines = [line for line in prompt.splitlines() if line.startswith("[")]
    return " ".join(line.partition("] ")[2] for line in lines)


def copying(context: int = 4096) -> Writer:
    return Writer(says=extracts)


def tasks(search: Search, pool: Pool, policy: CedarPolicy, model: Scripted, context: int = 4096) -> Tasks:
    ledger = PostgresLedger()
    return Tasks(Templates(pool, policy, ledger), search, engines(model, context), ledger, pool)


def material(title: str, *texts: str) -> Material:
    """A text that no collection holds, in its passages."""
    passages, start = [], 0
    for n, text in enumerate(texts):
        locator = Locator(None, (), start, start + len(text))
        passages.append(Passage(GIVEN, "", title, 1, DocumentMetadata(title), Chunk(n, text, locator), 1.0))
        start += len(text) + 1
    return Material(title, tuple(passages))


async def answered(events: AsyncGenerator[TaskEvent, None]) -> Answer:
    told = [event async for event in events]
    assert isinstance(told[-1], Answered)
    return told[-1].answer


def request(task: str, *texts: Material, field: str = "textes", **values: str) -> TaskRequest:
    return TaskRequest(task, values, {field: texts})

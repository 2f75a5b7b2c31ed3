"""Tasks that follow a script, on the templates that come with the product."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Sequence
from uuid import uuid4

from assistant.answer import Answer, Answered, Citation, SourcesFound, TextStreamed, Timings
from assistant.checking.citations import Quote
from assistant.errors import TaskNotFound
from assistant.tasks.request import PieceDone, TaskEvent, TaskRequest
from assistant.tasks.template import Template
from assistant.tasks.template_file import shipped
from policies.principal import Principal
from retrieval.corpus import Passage

QUOTED = "seize semaines"
TEXT = "Le congé dure seize semaines [1]. Il est payé par la caisse (non vérifié dans les documents)."
DAY = dt.date(2026, 11, 26)


class ScriptedTasks:
    """Works through three parts and cites the first passage; `asked` are the requests. `hold` keeps it midway."""

    def __init__(self, pause: float = 0) -> None:
        self.pause = pause  # seconds that a part takes
        self.templates: dict[str, Template] = shipped()
        self.asked: list[TaskRequest] = []
        self.failure: Exception | None = None
        self.hold: asyncio.Event | None = None

    async def offered(self) -> Sequence[Template]:
        return sorted(self.templates.values(), key=lambda one: one.title)

    async def template(self, name: str) -> Template:
        if name not in self.templates:
            raise TaskNotFound(name, sorted(self.templates))
        return self.templates[name]

    async def run(self, principal: Principal, request: TaskRequest) -> AsyncGenerator[TaskEvent, None]:
        self.asked.append(request)
        passages = tuple(one for texts in request.materials.values() for text in texts for one in text.passages)
        for done in range(3):
            yield PieceDone(done, 3)
            await asyncio.sleep(self.pause)
            if self.hold:
                await self.hold.wait()
            if self.failure and done == 1:
                raise self.failure
        yield SourcesFound(passages[:1], ())
        yield TextStreamed(TEXT)
        cited = (_quoting(passages[0]),)
        took = Timings(1, 1, 1)
        yield Answered(
            Answer(uuid4(), request.task, TEXT, False, cited, passages[:1], (), (), "script", took, DAY, supported=1)
        )


def _quoting(passage: Passage) -> Citation:
    words = passage.chunk.text
    start = max(words.find(QUOTED), 0)
    quote = words[start : start + len(QUOTED)]
    return Citation.of(1, passage, Quote(start, start + len(quote)))

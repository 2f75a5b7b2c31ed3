"""One answer as it comes, on the reader's screen."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from assistant.answer import Answered, SourcesFound, TextStreamed, Waiting
from assistant.conversation import Ending, Reply, Source
from assistant.tasks.difference import Difference
from assistant.tasks.request import DifferencesFound, PieceDone, TaskEvent
from ui.chat.answer_markdown import AnswerMarkdown
from ui.chat.passage_links import PassageLinks
from ui.chat.ports import Emitter
from ui.chat.steps import answer_id, answer_step, progress_id, progress_step, sources_step, understood_step


class AnswerScreen:
    """Draws the sources first, then the text as it is written, and in the end the answer as it stands."""

    def __init__(self, emitter: Emitter, conversation_id: UUID, exchange_id: UUID, links: PassageLinks) -> None:
        self._emitter = emitter
        self._conversation_id = conversation_id
        self._exchange_id = exchange_id
        self._links = links
        self._markdown = AnswerMarkdown((), links)
        self._sources: tuple[Source, ...] = ()
        self._text = ""
        self._understood = ""
        self._streaming = False
        self._differences: tuple[Difference, ...] = ()
        self._working = False
        self._reply: Reply | None = None

    async def show(self, event: TaskEvent) -> None:
        """Draw one more event."""
        match event:
            case SourcesFound(passages=passages, understood=understood):
                await self._show_understood(understood)
                await self._show_sources(tuple(Source.of(passage) for passage in passages))
            case Waiting(ahead=ahead):
                people = "1 personne passe" if ahead == 1 else f"{ahead} personnes passent"
                await self._emitter.send_step(self._message(f"*En attente\u202f: {people} avant vous.*"))
            case PieceDone(done=done, total=total):
                self._working = True
                await self._emitter.send_step(progress_step(self._conversation_id, self._exchange_id, done, total))
            case DifferencesFound(differences=differences):
                self._differences = differences
            case TextStreamed(text=text):
                self._text += text
                await self._stream(self._markdown.feed(text))
            case Answered(answer=answer):
                self._reply = replace(Reply.of(answer), differences=self._differences)

    @property
    def reply(self) -> Reply | None:
        """The answer, once it is complete."""
        return self._reply

    def explain(self, acronyms: tuple[tuple[str, str], ...]) -> None:
        """Have the complete answer say what its acronyms stand for."""
        self._reply = self._reply and replace(self._reply, acronyms=acronyms)

    async def end(self, ending: Ending, failure: str = "") -> Reply:
        """Draw the answer in its final form, in place of what was streamed, and give it."""
        if ending is Ending.COMPLETE and self._reply:
            reply = self._reply
        else:
            reply = Reply(failure or self._text, self._sources, ending=ending, understood=self._understood)
        if self._working:
            await self._emitter.delete_step({"id": progress_id(self._exchange_id)})
        await self._emitter.send_step(answer_step(self._conversation_id, self._exchange_id, reply, self._links))
        return reply

    async def _show_understood(self, understood: str) -> None:
        self._understood = understood
        if understood:
            await self._emitter.send_step(understood_step(self._conversation_id, self._exchange_id, understood))

    async def _show_sources(self, sources: tuple[Source, ...]) -> None:
        self._sources = sources
        self._markdown.know(sources)
        if sources:
            step = sources_step(self._conversation_id, self._exchange_id, Reply("", sources), self._links)
            await self._emitter.send_step(step)

    async def _stream(self, markdown: str) -> None:
        if not self._streaming:
            self._streaming = True
            await self._emitter.stream_start(self._message("") | {"streaming": True})
        if markdown:
            await self._emitter.send_token(answer_id(self._exchange_id), markdown)

    def _message(self, markdown: str) -> dict[str, Any]:
        return answer_step(self._conversation_id, self._exchange_id, Reply(""), self._links) | {"output": markdown}

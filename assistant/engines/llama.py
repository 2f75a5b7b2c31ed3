"""The model in this process: LangChain's chat model over one `llama_cpp.Llama`.

All work on the model happens in one thread of its own, so two generations can never meet in it; who
comes first is the fair queue's affair. Generation stops within one token, or one batch of the prompt,
of the reader's leaving. What a prompt has in common with the one before it is not read again.
"""

import asyncio
import codecs
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import PrivateAttr

from assistant.engines.engine import Engine
from assistant.engines.gguf import InterruptibleLlama, LlamaSettings, ReaderLeft, check, load
from assistant.engines.model_files import ModelFiles
from assistant.engines.stop_sequences import StopSequences
from assistant.engines.streaming_chat import StreamingChat
from assistant.engines.time_limits import TimeLimits
from assistant.errors import ModelUnavailable, QuestionTooWide

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_llama(
    settings: LlamaSettings,
    files: ModelFiles | None = None,
    limits: TimeLimits = TimeLimits(),  # noqa: B008  # frozen
) -> AsyncIterator[Engine]:
    """An engine over the file, which `files` must allow; without it, the product's own list.

    Costs nothing and checks nothing until `load` or the first question. Raises `ModelsInvalid`.
    """
    files = files or ModelFiles()
    model = LlamaChat(settings=settings, files=files)
    try:
        yield Engine(
            name=settings.model_path.stem,
            model=model,
            profile=settings.profile,
            context=settings.context,
            places=1,
            load=model.load,
            limits=limits,
            digests=lambda: files.digests(settings.files),
        )
    finally:
        await model.close()


class LlamaChat(StreamingChat):
    """A GGUF model as LangChain's chat model. Asynchronous only."""

    settings: LlamaSettings
    files: ModelFiles
    _llama: InterruptibleLlama | None = PrivateAttr(default=None)
    _closed: bool = PrivateAttr(default=False)
    _thread: ThreadPoolExecutor = PrivateAttr(default_factory=lambda: ThreadPoolExecutor(1, "llama"))

    @property
    def _llm_type(self) -> str:
        return "llama"

    @property
    def tokens_read(self) -> int:
        """How many tokens the last generation put through the model; what the cache gave is not among them."""
        return self._llama.tokens_read if self._llama else 0

    async def load(self) -> None:
        """Read the file, once, and see each time that it is still an allowed one.

        Raises `ModelMissing`, `ModelUnusable`, `ModelRefused`.
        """
        await asyncio.to_thread(check, self.settings, self.files)
        if self._llama is None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._loaded)

    async def close(self) -> None:
        """Give the model's memory back; it is not read again."""
        self._closed = True
        if self._llama is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._llama.close)
        self._llama = None
        self._thread.shutdown(wait=False)

    def get_token_ids(self, text: str) -> list[int]:
        """The tokens of a plain text. Raises `ModelMissing`, `ModelUnusable`, `ModelRefused`."""
        return self._loaded().tokenize(text.encode(), add_bos=False)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        *,
        max_tokens: int = 256,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        """Raises `ModelMissing`, `ModelUnusable`, `ModelRefused`, `QuestionTooWide`, `ModelUnavailable`."""
        loop = asyncio.get_running_loop()
        pieces = asyncio.Queue[str | None]()
        left = threading.Event()

        def hand_over(piece: str | None) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        generation = loop.run_in_executor(self._thread, self._run, messages, stop or [], max_tokens, left, hand_over)
        try:
            while (piece := await pieces.get()) is not None:
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            await generation
            yield ChatGenerationChunk(message=AIMessageChunk(content="", chunk_position="last"))
        finally:
            left.set()
            await asyncio.wait([generation])

    def _run(
        self,
        messages: Sequence[BaseMessage],
        stop: Sequence[str],
        max_tokens: int,
        left: threading.Event,
        hand_over: Callable[[str | None], None],
    ) -> None:
        """One generation, in the model's thread; None is handed over last."""
        try:
            for piece in self._pieces(messages, stop, max_tokens, left):
                hand_over(piece)
        except ReaderLeft:
            _log.debug("generation stopped: its reader left")
        except (RuntimeError, ValueError) as error:  # what llama_cpp raises when the engine fails
            raise ModelUnavailable(
                f"Le modèle s’est arrêté en cours de réponse ({error}). Reposez la question."
            ) from error
        finally:
            hand_over(None)

    def _pieces(
        self, messages: Sequence[BaseMessage], stop: Sequence[str], max_tokens: int, left: threading.Event
    ) -> Iterator[str]:
        llama = self._loaded()
        llama.left, llama.tokens_read = left, 0
        prompt = llama.prompt(messages, self.settings.format)
        room = self.settings.context - len(prompt)
        if room <= 0:
            raise QuestionTooWide(
                f"La question et ses extraits ({len(prompt)} unités) dépassent ce que le modèle peut lire "
                f"({self.settings.context}). Raccourcissez la question."
            )
        until = StopSequences(stop)
        decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")
        tokens = llama.generate(prompt, temp=self.settings.temperature, repeat_penalty=self.settings.repeat_penalty)
        for _, token in zip(range(min(room, max_tokens)), tokens, strict=False):
            if llama.is_end(token):
                break
            if text := until.feed(decoder.decode(llama.said(token, prompt))):
                yield text
            if until.reached:
                break
        if text := until.finish():
            yield text

    def _loaded(self) -> InterruptibleLlama:
        if self._closed:
            raise ModelUnavailable("Ce modèle n’est plus en service. Reposez la question.")
        if self._llama is None:
            self._llama = load(self.settings, self.files)
        return self._llama

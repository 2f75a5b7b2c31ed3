"""LangChain's chat model over our own `llama-server`.

Messages are laid out and made into tokens here, by the vocabulary of the same file: text never becomes a control
token, the file's chat template is not used, and passages are counted as they are. The server gets token numbers.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk
from pydantic import ConfigDict, PrivateAttr

from assistant.engines.gguf import InterruptibleLlama, LlamaSettings, check, read_vocabulary
from assistant.engines.model_files import ModelFiles
from assistant.engines.streaming_chat import StreamingChat
from assistant.errors import ModelUnavailable, QuestionTooWide
from assistant.prompts.reasoning import MARK_TOKENS

STOPPED = "Le modèle s’est arrêté en cours de réponse. Reposez la question."

# The server's event stream (WHATWG HTML, server-sent events): each event is one line of data.
DATA = "data: "


class LlamaServerChat(StreamingChat):
    """A GGUF model that a `llama-server` runs, as LangChain's chat model. Asynchronous only."""

    settings: LlamaSettings
    files: ModelFiles
    client: httpx.AsyncClient

    model_config = ConfigDict(arbitrary_types_allowed=True)

    _vocabulary: InterruptibleLlama | None = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "llama-server"

    async def load(self) -> None:
        """Read the vocabulary, once, and see each time that the files are allowed.

        Raises `ModelMissing`, `ModelUnusable`, `ModelRefused`.
        """
        await asyncio.to_thread(check, self.settings, self.files)
        if self._vocabulary is None:
            self._vocabulary = await asyncio.to_thread(read_vocabulary, self.settings)

    def get_token_ids(self, text: str) -> list[int]:
        """The tokens of a plain text; `load` comes first."""
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
        """Raises `QuestionTooWide`, `ModelUnavailable`; `load` comes first."""
        asked = self.request(messages, stop or [], max_tokens)
        ended, written = False, None
        try:
            async with self.client.stream("POST", "/completion", json=asked) as response:
                response.raise_for_status()
                async for line in response.aiter_lines():
                    if line.startswith(DATA):
                        text, ended, written = _said(line)
                        yield ChatGenerationChunk(message=AIMessageChunk(content=text))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise ModelUnavailable(STOPPED) from error
        if not ended:
            raise ModelUnavailable(STOPPED)
        used = _usage(len(asked["prompt"]), written)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", chunk_position="last", usage_metadata=used))

    def request(self, messages: list[BaseMessage], stop: list[str], max_tokens: int) -> dict[str, Any]:
        """What the server is asked. Raises `QuestionTooWide`."""
        prompt = self._loaded().prompt(messages, self.settings.format)
        room = self.settings.context - len(prompt)
        if room <= 0:
            raise QuestionTooWide(
                f"La question et ses extraits ({len(prompt)} unités) dépassent ce que le modèle peut lire "
                f"({self.settings.context}). Raccourcissez la question."
            )
        return {
            "prompt": prompt,
            "n_predict": min(room, max_tokens),
            "temperature": self.settings.temperature,
            "repeat_penalty": self.settings.repeat_penalty,
            "stop": stop,
            "preserved_tokens": [*MARK_TOKENS],
            "stream": True,
        }

    def _loaded(self) -> InterruptibleLlama:
        if self._vocabulary is None:
            self._vocabulary = read_vocabulary(self.settings)
        return self._vocabulary


def _said(line: str) -> tuple[str, bool, int | None]:
    """The text of an event, whether it is the last, and then how many tokens were written, where the server says so.

    Raises `ValueError`, `KeyError`, `TypeError`.
    """
    event = json.loads(line.removeprefix(DATA))
    return event["content"], event["stop"], event.get("tokens_predicted")


def _usage(read: int, written: int | None) -> UsageMetadata | None:
    if written is None:
        return None
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)

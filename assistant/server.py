"""A model behind an OpenAI-compatible server: llama-server, vLLM, a gateway of the State."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import openai
from langchain_core.exceptions import ContextOverflowError
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.engine import Engine
from assistant.errors import ModelUnavailable, QuestionTooWide
from assistant.prompts.profiles import CHAT

# French runs to three and a half characters a token or more: an estimate that rather overstates.
CHARACTERS_PER_TOKEN = 3

TOO_WIDE = "La question et ses extraits dépassent ce que le modèle peut lire. Raccourcissez la question."


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the server is (`url` ends in `/v1`) and which of its models answers.

    `timeout` is how many seconds may pass without a sign of life; `context` counts tokens; `places`
    is how many answers the server may be asked for at once.
    """

    url: str
    model: str = ""
    api_key: str = ""
    timeout: float = 60.0
    context: int = 8192
    places: int = 4
    temperature: float = 0.0


@asynccontextmanager
async def open_server(settings: ServerSettings) -> AsyncIterator[Engine]:
    """An engine over the server. Connects to nothing until `load` or the first question."""
    # Proxies and certificates come from the settings of the machine's administrator, not from variables.
    async with httpx.AsyncClient(timeout=settings.timeout, trust_env=False) as client:
        model = ServerChat(
            base_url=settings.url,
            model=settings.model or "default",
            api_key=SecretStr(settings.api_key or "none"),
            temperature=settings.temperature,
            timeout=settings.timeout,
            stream_chunk_timeout=settings.timeout,
            max_retries=0,
            http_async_client=client,
            http_socket_options=(),
            stream_usage=False,
            use_responses_api=False,
            custom_get_token_ids=_estimate,
        )

        answered = False

        async def load() -> None:
            nonlocal answered
            if not answered:
                with _translated(settings.url):
                    await model.root_async_client.models.list()
                answered = True

        yield Engine(
            name=settings.model or settings.url,
            model=model,
            profile=CHAT,
            context=settings.context,
            places=settings.places,
            load=load,
        )


class ServerChat(ChatOpenAI):
    """LangChain's client, whose failures are ours: `ModelUnavailable`, `QuestionTooWide`."""

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        with _translated(str(self.openai_api_base)):
            async for chunk in super()._astream(*args, **kwargs):
                yield chunk

    async def _agenerate(self, *args: Any, **kwargs: Any) -> ChatResult:
        with _translated(str(self.openai_api_base)):
            return await super()._agenerate(*args, **kwargs)


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except ContextOverflowError as error:
        raise QuestionTooWide(TOO_WIDE) from error
    except openai.APIStatusError as error:
        if error.status_code == httpx.codes.BAD_REQUEST and "context" in error.message.lower():
            raise QuestionTooWide(TOO_WIDE) from error
        raise ModelUnavailable(
            f"Le serveur du modèle, à l’adresse {url}, refuse de répondre (code {error.status_code}). "
            "Vérifiez la clé et le nom du modèle dans les réglages."
        ) from error
    except (openai.APIError, httpx.HTTPError, TimeoutError) as error:
        raise ModelUnavailable(
            f"Le serveur du modèle ne répond pas à l’adresse {url}. Démarrez-le, puis reposez la question."
        ) from error


def _estimate(text: str) -> list[int]:
    """As many tokens as the text is likely to have; the library's own count would fetch a vocabulary."""
    return [0] * (len(text) // CHARACTERS_PER_TOKEN + 1)

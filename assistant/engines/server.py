"""A model behind an OpenAI-compatible server: llama-server, vLLM, a gateway of the State."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import openai
from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models.chat_models import agenerate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.engines.bounded_transport import Bounded
from assistant.engines.engine import Engine
from assistant.engines.reasoning import THOUGHT
from assistant.engines.time_limits import TimeLimits
from assistant.errors import ModelUnavailable, QuestionTooWide
from assistant.prompts.formats import Format, lay_out
from assistant.prompts.profiles import CHAT, COMPLETION, Profile
from assistant.prompts.reasoning import Reasoning

# French runs to three and a half characters a token or more: an estimate that rather overstates.
CHARACTERS_PER_TOKEN = 3

# What the clients raise over an answer of another form: a page of HTML, broken JSON, fields of other kinds.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError)

# How vLLM, SGLang and llama-server pass on to a model's chat template that it is not to reason.
AT_ONCE = {"chat_template_kwargs": {"enable_thinking": False}}

# Where servers put what a model thinks, apart from what it answers: most; vLLM of late, and gateways.
THOUGHTS = (THOUGHT, "reasoning")

# What a server that counts no tokens says that it does not know.
COUNTED = "stream_options"

STOPPED = "Le serveur du modèle s’est arrêté en cours de réponse. Reposez la question."

TOO_WIDE = "La question et ses extraits dépassent ce que le modèle peut lire. Raccourcissez la question."


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the server is (`url` ends in `/v1`) and which of its models answers.

    `profile` fits the model: COMPLETION is for a base model, and asks `/v1/completions`. `timeout` is how many seconds
    may pass without a sign of life; `context` counts tokens; `places` is how many answers the server may be asked for
    at once. `tls` says whose certificates are trusted: without it, those whom the system trusts. `headers` gives what
    each request carries besides.
    """

    url: str
    model: str = ""
    api_key: str = ""
    profile: Profile = CHAT
    timeout: float = 60.0
    context: int = 8192
    places: int = 4
    temperature: float = 0.0
    limits: TimeLimits = TimeLimits()  # noqa: RUF009  # frozen
    tls: ssl.SSLContext | None = None
    headers: Callable[[], Mapping[str, str]] = dict


@asynccontextmanager
async def open_server(settings: ServerSettings) -> AsyncIterator[Engine]:
    """An engine over the server. Connects to nothing until `load` or the first question."""
    # Proxies and certificates come from the settings of the machine's administrator, not from variables.
    tls = settings.tls or ssl.create_default_context()
    # A server closes a connection that was idle: the next request there would look like the server's end.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    transport = Bounded(httpx.AsyncHTTPTransport(tls, limits=limits, trust_env=False))

    async def with_headers(request: httpx.Request) -> None:
        request.headers.update(settings.headers())

    hooks = {"request": [with_headers]}
    async with httpx.AsyncClient(
        timeout=settings.timeout, transport=transport, trust_env=False, event_hooks=hooks
    ) as client:
        kind = ServerCompletion if settings.profile is COMPLETION else ServerChat
        model = kind(
            base_url=settings.url,
            model=settings.model or "default",
            api_key=SecretStr(settings.api_key or "none"),
            temperature=settings.temperature,
            timeout=settings.timeout,
            # Its own limit waits by asyncio.wait_for, which before Python 3.12 can forget that the reader has left;
            # ours are in time_limits.py.
            stream_chunk_timeout=None,
            max_retries=0,
            http_async_client=client,
            http_socket_options=(),
            stream_usage=True,
            use_responses_api=False,
            custom_get_token_ids=_estimate,
            extra_body=AT_ONCE if settings.profile.reasoning is Reasoning.OFF else None,
        )

        answered = False

        async def load() -> None:
            nonlocal answered
            if not answered:
                with _translated(settings.url):
                    async with asyncio.timeout(settings.timeout):  # in all: a server may send a byte now and then
                        await model.root_async_client.models.list()
                answered = True

        yield Engine(
            name=settings.model or settings.url,
            model=model,
            profile=settings.profile,
            context=settings.context,
            places=settings.places,
            load=load,
            limits=settings.limits,
        )


class ServerChat(ChatOpenAI):
    """LangChain's client, whose failures are ours: `ModelUnavailable`, `QuestionTooWide`.

    It has the server count tokens; one that does not know how to is asked once more without that, and never again.
    """

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        ask = partial(super()._astream, *args, **kwargs)
        async for chunk in _with_end(self._counting(ask), str(self.openai_api_base)):
            yield chunk

    async def _counting(
        self, ask: Callable[[], AsyncIterator[ChatGenerationChunk]]
    ) -> AsyncIterator[ChatGenerationChunk]:
        try:
            async for chunk in ask():
                yield chunk
        except openai.APIStatusError as error:
            if not self.stream_usage or COUNTED not in error.message:
                raise
            self.stream_usage = False
            async for chunk in ask():
                yield chunk

    async def _agenerate(self, *args: Any, **kwargs: Any) -> ChatResult:
        with _translated(str(self.openai_api_base)):
            return await super()._agenerate(*args, **kwargs)

    def _convert_chunk_to_generation_chunk(self, chunk: dict[str, Any], *args: Any) -> ChatGenerationChunk | None:
        made = super()._convert_chunk_to_generation_chunk(chunk, *args)
        if made is not None and (thought := _thought(chunk)):
            made.message.additional_kwargs[THOUGHT] = thought
        return made


class ServerCompletion(ServerChat):
    """A base model, which completes a text and knows no turns."""

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        *args: Any,
        max_tokens: int = 256,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        ask = partial(self._completed, messages, stop, max_tokens)
        async for chunk in _with_end(self._counting(ask), str(self.openai_api_base)):
            yield chunk

    async def _completed(
        self, messages: list[BaseMessage], stop: list[str] | None, max_tokens: int
    ) -> AsyncIterator[ChatGenerationChunk]:
        events = await self.root_async_client.completions.create(
            model=self.model_name,
            prompt="".join(piece.text for piece in lay_out(messages, Format.COMPLETION)),
            stop=stop,
            max_tokens=max_tokens,
            temperature=self.temperature,
            stream=True,
            stream_options={"include_usage": True} if self.stream_usage else openai.omit,
        )
        async with events:
            async for event in events:
                for choice in event.choices:
                    ending = {"finish_reason": choice.finish_reason} if choice.finish_reason else None
                    yield ChatGenerationChunk(message=AIMessageChunk(content=choice.text), generation_info=ending)
                if event.usage:
                    read, written = event.usage.prompt_tokens, event.usage.completion_tokens
                    used = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
                    yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=used))

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, *args: Any, **kwargs: Any
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, **kwargs))


async def _with_end(chunks: AsyncIterator[ChatGenerationChunk], url: str) -> AsyncIterator[ChatGenerationChunk]:
    """The chunks of an answer. Raises `ModelUnavailable` after them if there were none, or none was the last."""
    begun = ended = False
    with _translated(url):
        async for chunk in chunks:
            begun, ended = True, ended or bool((chunk.generation_info or {}).get("finish_reason"))
            yield chunk
    if not begun:
        raise ModelUnavailable(_unreadable(url))
    if not ended:
        raise ModelUnavailable(STOPPED)


def _thought(chunk: dict[str, Any]) -> str:
    """What the model thinks, of a piece of its answer."""
    deltas = [choice["delta"] for choice in chunk.get("choices") or []]
    said = [delta.get(name) for delta in deltas for name in THOUGHTS]
    return next((thought for thought in said if thought and isinstance(thought, str)), "")


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
        if untrusted := _untrusted(error):
            raise ModelUnavailable(
                f"Rien ne garantit que le serveur à l’adresse {url} soit celui du modèle : son certificat n’est pas "
                f"accepté ({untrusted}). Indiquez le fichier de l’autorité qui l’a signé dans le réglage « ca » de ce "
                "moteur (ASSISTANT_LLM_CA), ou faites renouveler le certificat."
            ) from error
        raise ModelUnavailable(
            f"Le serveur du modèle ne répond pas à l’adresse {url}. Démarrez-le, puis reposez la question."
        ) from error
    except UNREADABLE as error:
        raise ModelUnavailable(_unreadable(url)) from error


def _untrusted(error: BaseException | None) -> str:
    """Why the server's certificate does not hold, where that is what stands behind the error; empty otherwise."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return ""


def _unreadable(url: str) -> str:
    return (
        f"À l’adresse {url}, ce n’est pas un serveur de modèles qui répond, ou il répond mal. "
        "Vérifiez l’adresse dans les réglages, puis reposez la question."
    )


def _estimate(text: str) -> list[int]:
    """As many tokens as the text is likely to have; the library's own count would fetch a vocabulary."""
    return [0] * (len(text) // CHARACTERS_PER_TOKEN + 1)

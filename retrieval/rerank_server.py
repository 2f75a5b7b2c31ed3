"""A reranker behind a server: `/v1/rerank` as llama-server, vLLM, Jina and Cohere have it, `/rerank` as TEI has it.

The form of the first: https://docs.vllm.ai/en/latest/models/pooling_models/scoring/; of the second:
https://huggingface.github.io/text-embeddings-inference/.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import numpy as np
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from retrieval.errors import RerankerAway, RerankingFailed
from retrieval.rerank import Scores, checked, in_batches

BATCH = 32  # texts in one request: what TEI takes at most by default
CONNECT_S = 2.0
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class RerankServerSettings:
    """Where the server is and which of its models is asked.

    `url` ends in `/v1` (or another version), as for a language model; without it, the server is TEI.
    """

    url: str
    model: str = ""
    api_key: str = field(default="", repr=False)
    timeout_s: float = 10.0


class _Result(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    index: int = Field(ge=0)
    score: FiniteFloat = Field(ge=-LARGEST, le=LARGEST, validation_alias=AliasChoices("relevance_score", "score"))


class _Results(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    results: list[_Result]


_LISTED = TypeAdapter(list[_Result])


@asynccontextmanager
async def open_rerank_server(settings: RerankServerSettings) -> AsyncIterator["ServerReranker"]:
    """A reranker over the server. Connects to nothing until the first question."""
    headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
    timeout = httpx.Timeout(settings.timeout_s, connect=CONNECT_S)
    # Proxies and certificates come from the settings of the machine's administrator, not from variables.
    async with httpx.AsyncClient(headers=headers, timeout=timeout, trust_env=False) as client:
        yield ServerReranker(client, settings)


class ServerReranker:
    """`Reranker` over HTTP. What exceeds the model's window is cut off by a server that can."""

    def __init__(self, client: httpx.AsyncClient, settings: RerankServerSettings) -> None:
        self._client = client
        self._settings = settings
        self._listed = re.search(r"/v\d+$", settings.url) is None

    @property
    def name(self) -> str:
        return self._settings.model or self._settings.url

    async def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        """Shape (len(texts),). Raises `RerankingFailed`."""
        return await in_batches(texts, BATCH, partial(self._ask, question))

    async def _ask(self, question: str, texts: list[str]) -> Scores:
        try:
            answer = await self._client.post(f"{self._settings.url}/rerank", json=self._body(question, texts))
            answer.raise_for_status()
            results = self._results(answer.content)
        except httpx.HTTPStatusError as error:
            # Some servers say 500 of a text that is too long for them: others may still be scored.
            raise RerankingFailed(
                f"Le serveur de reclassement {self._settings.url} refuse de répondre (code "
                f"{error.response.status_code}). Vérifiez son adresse, sa clé et le nom du modèle dans les réglages, "
                "et qu’il lit des textes assez longs."
            ) from error
        except UnicodeEncodeError as error:
            raise RerankingFailed(
                f"Le texte ne peut pas être envoyé au serveur de reclassement\u202f: {error}."
            ) from error
        except httpx.HTTPError as error:
            raise RerankerAway(
                f"Le serveur de reclassement ne répond pas à l’adresse {self._settings.url} "
                f"({type(error).__name__}). Démarrez-le, ou retirez ASSISTANT_RERANKER."
            ) from error
        except ValidationError as error:
            raise RerankingFailed(
                f"La réponse du serveur de reclassement {self._settings.url} n’a pas la forme attendue. Vérifiez que "
                "l’adresse se termine par /v1, ou que le serveur est TEI."
            ) from error
        by_index = {result.index: result.score for result in results}
        scores = [by_index.get(place, np.nan) for place in range(len(texts))] if len(results) == len(texts) else []
        return checked(np.asarray(scores, dtype=np.float32), texts, self.name)

    def _body(self, question: str, texts: list[str]) -> dict[str, Any]:
        if self._listed:
            return {"query": question, "texts": texts, "truncate": True}
        named = {"model": self._settings.model} if self._settings.model else {}
        return named | {"query": question, "documents": texts, "top_n": len(texts), "return_documents": False}

    def _results(self, content: bytes) -> list[_Result]:
        return _LISTED.validate_json(content) if self._listed else _Results.model_validate_json(content).results

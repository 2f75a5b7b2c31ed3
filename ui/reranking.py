"""The reranker that the settings name: a model's folder, or a server."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from retrieval import (
    CrossEncoderSettings,
    Reranker,
    Reranking,
    RerankServerSettings,
    open_cross_encoder,
    open_rerank_server,
)
from ui.settings import Settings


def open_reranker(settings: Settings) -> AbstractAsyncContextManager[Reranker] | None:
    """None where there is none; entering it raises `RerankerMissing`, and asks no server."""
    if settings.reranker is None:
        return None
    if isinstance(settings.reranker, Path):
        return open_cross_encoder(CrossEncoderSettings(settings.reranker))
    return open_rerank_server(
        RerankServerSettings(
            settings.reranker, settings.reranker_model, settings.reranker_key, settings.reranker_seconds
        )
    )


@asynccontextmanager
async def open_reranking(settings: Settings) -> AsyncIterator[Reranking | None]:
    """What puts passages in its order. Raises `RerankerMissing`."""
    opening = open_reranker(settings)
    if opening is None:
        yield None
        return
    async with opening as reranker:
        yield Reranking(reranker, settings.reranker_passages, settings.reranker_seconds)

"""The language model that the settings name, and what a question must find before it is asked."""

from contextlib import AbstractAsyncContextManager

from assistant import E5_SMALL, Engine, EvidenceSettings, Format, LlamaSettings, open_llama
from retrieval import Models
from ui import demonstration
from ui.settings import Settings


def open_engine(settings: Settings) -> AbstractAsyncContextManager[Engine]:
    """The server that the settings name, or a model in this process: theirs or the demonstration one.

    Raises `DemonstrationMissing`.
    """
    if settings.llm:
        from assistant.server import ServerSettings, open_server  # its client takes long to import

        return open_server(ServerSettings(url=settings.llm, model=settings.llm_model, api_key=settings.llm_key))
    return open_llama(
        LlamaSettings(
            model_path=settings.model or demonstration.assemble(settings.home),
            sha256="" if settings.model else demonstration.MODEL_SHA256,
            format=Format(settings.model_format),
            context=settings.model_context,
            threads=settings.model_threads,
        )
    )


def evidence(settings: Settings, models: Models) -> EvidenceSettings:
    """What a question must find before the model is asked: what the settings say for their current embedding model,
    or what was measured for that of the wheel."""
    if settings.similarity is None:
        return E5_SMALL
    return EvidenceSettings(similarity=settings.similarity, model=models.current)

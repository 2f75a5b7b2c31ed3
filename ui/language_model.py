"""The language model that the settings name, and what a question must find before it is asked."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from assistant import E5_SMALL, Engine, EvidenceSettings, Format, LlamaSettings, ModelFiles, open_llama
from policies import MODELS
from retrieval import Models
from ui import demonstration
from ui.settings import Settings


def open_engine(settings: Settings, files: ModelFiles | None = None) -> AbstractAsyncContextManager[Engine]:
    """The server that the settings name, or a model in this process: theirs or the demonstration one.

    Raises `DemonstrationMissing`, `ModelsInvalid`.
    """
    if settings.llm:
        from assistant.server import ServerSettings, open_server  # its client takes long to import

        return open_server(ServerSettings(url=settings.llm, model=settings.llm_model, api_key=settings.llm_key))
    return open_llama(
        LlamaSettings(
            model_path=settings.model or demonstration.assemble(settings.home),
            lora_path=settings.model_lora,
            format=Format(settings.model_format),
            context=settings.model_context,
            threads=settings.model_threads,
        ),
        files or model_files(settings),
    )


def model_files(settings: Settings) -> ModelFiles:
    """What checks model files, by the list that the settings name or that of the product. Raises `ModelsInvalid`."""
    return ModelFiles(settings.allowed_models or MODELS)


def files_in_use(settings: Settings) -> tuple[Path, ...]:
    """The model files that this machine loads to answer; none where a server does."""
    if settings.llm:
        return ()
    model = settings.model or demonstration.model_path(settings.home)
    return (model, *([settings.model_lora] if settings.model_lora else []))


def evidence(settings: Settings, models: Models) -> EvidenceSettings:
    """What a question must find before the model is asked: what the settings say for their current embedding model,
    or what was measured for that of the wheel."""
    if settings.similarity is None:
        return E5_SMALL
    return EvidenceSettings(similarity=settings.similarity, model=models.current)

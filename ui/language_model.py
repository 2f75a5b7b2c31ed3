"""The language models that the settings name, and what a question must find before one is asked."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from assistant import (
    Engine,
    Engines,
    Evidence,
    Format,
    LlamaServerSettings,
    LlamaSettings,
    ModelFiles,
    Reasoning,
    TimeLimits,
    open_llama,
    open_llama_server,
    profile_for,
    read_evidence,
    shipped_evidence,
)
from policies import MODELS
from ui import demonstration
from ui.engine_settings import EngineSettings
from ui.observability.spans import headers
from ui.settings import Settings
from ui.tls import trusting


@asynccontextmanager
async def open_engines(settings: Settings, files: ModelFiles | None = None) -> AsyncIterator[Engines]:
    """The engines that the settings name, in their order, or the one of the simple settings.

    Raises `DemonstrationMissing`, `ModelsInvalid`, `SettingsInvalid`.
    """
    files = files or model_files(settings)
    async with AsyncExitStack() as stack:
        if not settings.engines:
            only = await stack.enter_async_context(open_engine(settings, files))
            yield Engines({only.name: only})
            return
        opened = {
            name: replace(await stack.enter_async_context(_opening(one, settings, files)), waiting=one.waiting)
            for name, one in settings.engines.items()
        }
        order = settings.engine_order or tuple(opened)
        yield Engines(
            {name: opened[name] for name in order},
            reserved={name: engine for name, engine in opened.items() if name not in order},
            tasks=settings.engine_tasks,
        )


def open_engine(settings: Settings, files: ModelFiles | None = None) -> AbstractAsyncContextManager[Engine]:
    """The server that the settings name, or a model in this process: theirs or the demonstration one.

    Raises `DemonstrationMissing`, `ModelsInvalid`, `SettingsInvalid`.
    """
    if settings.llm:
        from assistant.engines.server import ServerSettings, open_server  # its client takes long to import

        return open_server(
            ServerSettings(
                url=settings.llm,
                model=settings.llm_model,
                api_key=settings.llm_key,
                tls=trusting(settings.llm_ca),
                headers=headers,
            )
        )
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


def _opening(one: EngineSettings, settings: Settings, files: ModelFiles) -> AbstractAsyncContextManager[Engine]:
    limits = TimeLimits(one.first_token_seconds, one.between_tokens_seconds, one.answer_seconds)
    if one.kind == "server":
        from assistant.engines.server import ServerSettings, open_server  # as below

        return open_server(
            ServerSettings(
                url=one.url,
                model=one.model,
                api_key=one.key,
                profile=profile_for(
                    Format(one.format or Format.CHATML), Reasoning(one.reasoning), one.reasoning_tokens
                ),
                timeout=one.first_token_seconds,
                context=one.context,
                places=one.places,
                limits=limits,
                tls=trusting(one.ca, one.certificate),
                headers=headers,
            )
        )
    llama = LlamaSettings(
        model_path=Path(one.model).expanduser().absolute() if one.model else demonstration.assemble(settings.home),
        lora_path=Path(one.lora) if one.lora else None,
        format=Format(one.format or Format.COMPLETION),
        context=one.context,
        threads=one.threads,
        reasoning=Reasoning(one.reasoning),
        reasoning_tokens=one.reasoning_tokens,
    )
    if one.kind == "process":
        return open_llama(llama, files, limits)
    return open_llama_server(LlamaServerSettings(one.program, llama, places=one.places, limits=limits), files)


def model_files(settings: Settings) -> ModelFiles:
    """What checks model files, by the list that the settings name or that of the product. Raises `ModelsInvalid`."""
    return ModelFiles(settings.allowed_models or MODELS)


def files_in_use(settings: Settings) -> tuple[Path, ...]:
    """The model files that this machine loads to answer; none where a server does."""
    if settings.engines:
        used = [one for one in settings.engines.values() if one.kind != "server"]
        demonstrated = [demonstration.model_path(settings.home)] if any(one.demonstration for one in used) else []
        return tuple(dict.fromkeys([*demonstrated, *(file for one in used for file in one.files)]))
    if settings.llm:
        return ()
    model = settings.model or demonstration.model_path(settings.home)
    return (model, *([settings.model_lora] if settings.model_lora else []))


def evidence(settings: Settings) -> Evidence | None:
    """What a question must find before the model is asked; None where the check of sentences alone refuses.

    Raises `EvidenceInvalid`.
    """
    if settings.refusal == "off":
        return None
    return shipped_evidence() if settings.refusal is None else read_evidence(settings.refusal)

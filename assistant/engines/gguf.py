"""A GGUF file, opened by llama.cpp so that what it does can be interrupted."""

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import llama_cpp
from langchain_core.messages import BaseMessage

from assistant.engines.model_files import ModelFiles
from assistant.errors import AssistantError, ModelUnusable
from assistant.prompts.formats import Format, lay_out
from assistant.prompts.profiles import Profile, profile_for
from assistant.prompts.reasoning import MARK_TOKENS, Reasoning

# The prompt is read in batches of so many tokens; between two of them a reader's leaving is noticed.
BATCH_TOKENS = 256

CHAT_TEMPLATE = "tokenizer.chat_template"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LlamaSettings:
    """A GGUF file and how it is run.

    `lora_path` is an adapter for it, a GGUF file too; `context` counts tokens; `threads` 0 means all processors;
    `repeat_penalty` (1 is none) weighs against the last 64 tokens of the answer. `reasoning` and `reasoning_tokens` are
    as in `Profile`.
    """

    model_path: Path
    lora_path: Path | None = None
    format: Format = Format.COMPLETION
    context: int = 4096
    threads: int = 0
    temperature: float = 0.0
    repeat_penalty: float = 1.1
    reasoning: Reasoning = Reasoning.MARKED
    reasoning_tokens: int = 0

    @property
    def profile(self) -> Profile:
        """How the model is asked."""
        return profile_for(self.format, self.reasoning, self.reasoning_tokens)

    @property
    def files(self) -> tuple[Path, ...]:
        """All that is loaded."""
        return (self.model_path, *([self.lora_path] if self.lora_path else []))


class ReaderLeft(Exception):
    """Nobody reads the answer any more."""


class InterruptibleLlama(llama_cpp.Llama):
    """Looks, before each token and each batch of the prompt, whether the reader is still there."""

    left = threading.Event()
    tokens_read = 0

    def __init__(self, model_path: str, **options: Any) -> None:
        super().__init__(model_path, **options)
        if self.lora_path and not self._lora_adapter:  # `llama_cpp` looks for None, and gets a null pointer
            self.close()
            raise RuntimeError(f"the adapter {self.lora_path} does not load")

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of itself, without its chat templates.

        `llama_cpp` would compile them when it opens the file, and Jinja computes constants while it compiles
        (compare CVE-2024-34359). We lay out messages ourselves (`assistant.prompts.formats`).
        """
        return self._metadata

    @metadata.setter
    def metadata(self, said: dict[str, str]) -> None:
        self._metadata = {key: value for key, value in said.items() if not key.startswith(CHAT_TEMPLATE)}

    def eval(self, tokens: Sequence[int]) -> None:
        for start in range(0, len(tokens), self.n_batch):
            if self.left.is_set():
                raise ReaderLeft
            batch = tokens[start : start + self.n_batch]
            super().eval(batch)
            self.tokens_read += len(batch)

    def prompt(self, messages: Sequence[BaseMessage], style: Format) -> list[int]:
        """The tokens of the messages, as the model wants them laid out."""
        tokens = [self.token_bos()] if llama_cpp.llama_vocab_get_add_bos(self._vocab) else []
        for piece in lay_out(messages, style):
            tokens += self.tokenize(piece.text.encode(), add_bos=False, special=piece.control)
        return tokens

    def said(self, token: int, before: list[int]) -> bytes:
        """A token as text; of control tokens only those that mark reasoning."""
        return self.detokenize([token], prev_tokens=before, special=token in self._mark_tokens)

    @cached_property
    def _mark_tokens(self) -> frozenset[int]:
        marks = [self.tokenize(mark.encode(), add_bos=False, special=True) for mark in MARK_TOKENS]
        return frozenset(tokens[0] for tokens in marks if len(tokens) == 1)

    def is_end(self, token: int) -> bool:
        """Whether the model says with it that the answer is over."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocab, token))

    @property
    def _vocab(self) -> Any:
        return llama_cpp.llama_model_get_vocab(self.model)


def load(settings: LlamaSettings, files: ModelFiles) -> InterruptibleLlama:
    """The files, checked and read. Raises `ModelMissing`, `ModelUnusable`, `ModelRefused`."""
    check(settings, files)
    llama = _read(settings)
    try:
        check(settings, files)  # nobody put others in their place meanwhile
    except AssistantError:
        llama.close()
        raise
    return llama


def read_vocabulary(settings: LlamaSettings) -> InterruptibleLlama:
    """The model's tokens without the model, for prompts that another process reads. Raises `ModelUnusable`."""
    llama_cpp.llama_log_set(_to_log, None)
    try:
        return InterruptibleLlama(str(settings.model_path), vocab_only=True, verbose=False)
    except (RuntimeError, ValueError) as error:
        raise ModelUnusable(
            f"Le fichier {settings.model_path} ne se charge pas : il est incomplet ou d’un genre inconnu. "
            "Copiez-le de nouveau, ou indiquez un autre modèle."
        ) from error


def check(settings: LlamaSettings, files: ModelFiles) -> None:
    """That they are allowed, and still what they were. Raises `ModelMissing`, `ModelUnusable`, `ModelRefused`."""
    for path in settings.files:
        files.check(path)


def _read(settings: LlamaSettings) -> InterruptibleLlama:
    threads = settings.threads or len(os.sched_getaffinity(0))
    llama_cpp.llama_log_set(_to_log, None)
    try:
        return InterruptibleLlama(
            str(settings.model_path),
            lora_path=str(settings.lora_path) if settings.lora_path else None,
            n_ctx=settings.context,
            n_batch=BATCH_TOKENS,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )
    except (RuntimeError, ValueError) as error:
        adapted = f", ou l’adaptateur {settings.lora_path} n’est pas fait pour lui" if settings.lora_path else ""
        raise ModelUnusable(
            f"Le fichier {settings.model_path} ne se charge pas : il est incomplet ou d’un genre inconnu{adapted}. "
            "Copiez-le de nouveau, ou indiquez un autre modèle."
        ) from error


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]  # llama_cpp gives no type
def _to_log(level: int, text: bytes, user_data: Any) -> None:
    """What the engine says goes to the log, not to the terminal."""
    _log.debug("%s", text.decode(errors="replace").rstrip())

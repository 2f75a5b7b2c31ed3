"""A GGUF file, opened by llama.cpp so that what it does can be interrupted."""

import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp
from langchain_core.messages import BaseMessage

from assistant.errors import ModelMissing, ModelUnusable
from assistant.prompts.formats import Format, lay_out

# The prompt is read in batches of so many tokens; between two of them a reader's leaving is noticed.
BATCH_TOKENS = 256

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LlamaSettings:
    """A GGUF file and how it is run.

    `context` counts tokens; `threads` 0 means all processors; `sha256`, where given, is what the file
    must have; `repeat_penalty` (1 is none) weighs against the last 64 tokens of the answer.
    """

    model_path: Path
    format: Format = Format.COMPLETION
    context: int = 4096
    threads: int = 0
    sha256: str = ""
    temperature: float = 0.0
    repeat_penalty: float = 1.1


class ReaderLeft(Exception):
    """Nobody reads the answer any more."""


class InterruptibleLlama(llama_cpp.Llama):
    """Looks, before each token and each batch of the prompt, whether the reader is still there."""

    left = threading.Event()
    tokens_read = 0

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

    def is_end(self, token: int) -> bool:
        """Whether the model says with it that the answer is over."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocab, token))

    @property
    def _vocab(self) -> Any:
        return llama_cpp.llama_model_get_vocab(self.model)


def load(settings: LlamaSettings) -> InterruptibleLlama:
    """The file, checked and read. Raises `ModelMissing`, `ModelUnusable`."""
    _check(settings)
    threads = settings.threads or len(os.sched_getaffinity(0))
    llama_cpp.llama_log_set(_to_log, None)
    try:
        return InterruptibleLlama(
            str(settings.model_path),
            n_ctx=settings.context,
            n_batch=BATCH_TOKENS,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )
    except (RuntimeError, ValueError) as error:
        raise ModelUnusable(
            f"Le fichier {settings.model_path} ne se charge pas : il est incomplet ou d’un genre inconnu. "
            "Copiez-le de nouveau, ou indiquez un autre modèle."
        ) from error


def _check(settings: LlamaSettings) -> None:
    path = settings.model_path
    if not path.is_file():
        raise ModelMissing(
            f"Le fichier du modèle {path} n’existe pas. Copiez-y un modèle GGUF, ou indiquez le bon chemin."
        )
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelUnusable(f"Le fichier {path} n’est pas un modèle GGUF. Indiquez un fichier « .gguf ».")
        file.seek(0)
        if settings.sha256 and hashlib.file_digest(file, "sha256").hexdigest() != settings.sha256.lower():
            raise ModelUnusable(f"Le fichier {path} n’a pas l’empreinte SHA-256 attendue. Copiez-le de nouveau.")


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]  # llama_cpp gives no type
def _to_log(level: int, text: bytes, user_data: Any) -> None:
    """What the engine says goes to the log, not to the terminal."""
    _log.debug("%s", text.decode(errors="replace").rstrip())

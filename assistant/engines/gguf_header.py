"""What a GGUF file says of itself, read without llama.cpp and without loading anything
(https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3).

Nothing in it is executed: a chat template is text here, by whose marks the family of a model is guessed.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from assistant.errors import ModelUnusable
from assistant.prompts.formats import Format

# Beyond these a file is no model that anybody made.
MOST_ENTRIES = 10_000
LONGEST_TEXT = 2**24
LONGEST_LIST = 2**24

_NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _LIST = 8, 9

# How llama.cpp numbers the ways to make weights smaller (`llama_ftype`).
_QUANTISATIONS = (
    "F32 F16 Q4_0 Q4_1 . . . Q8_0 Q5_0 Q5_1 Q2_K Q3_K_S Q3_K_M Q3_K_L Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K IQ2_XXS IQ2_XS "
    "Q2_K_S IQ3_XS IQ3_XXS IQ1_S IQ4_NL IQ3_S IQ3_M IQ2_S IQ2_M IQ4_XS IQ1_M BF16"
)

# Marks of chat templates, the surest first.
_MARKS = (
    ("<|start_header_id|>", Format.LLAMA3),
    ("<start_of_turn>", Format.GEMMA),
    ("<|im_start|>", Format.CHATML),
    ("[INST]", Format.MISTRAL),
)

# What llama.cpp takes beside weights and memory of the context: for computing, and for itself.
OVERHEAD = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Header:
    """`size` is in bytes, `context` how many tokens the model was made for (0: it does not say), `kept` bytes of memory
    for each token of the context that it is used with. `format` is a guess; None for a template of no known family.
    """

    architecture: str
    size: int
    quantisation: str
    context: int
    kept: int
    format: Format | None

    def memory(self, context: int) -> int:
        """Bytes that it takes with so many tokens of context, about."""
        return self.size + self.kept * context + OVERHEAD


def read_header(path: Path) -> Header:
    """Read it. Raises `ModelUnusable`."""
    try:
        with path.open("rb") as file:
            said = _entries(file)
        return _header(said, path.stat().st_size)
    except OSError as error:
        raise ModelUnusable(f"Le fichier {path} ne peut pas être lu ({error.strerror}).") from error
    except (ValueError, struct.error, KeyError) as error:
        raise ModelUnusable(
            f"L’en-tête du fichier {path} est illisible\u202f: il est incomplet ou d’un genre inconnu. "
            "Copiez-le de nouveau."
        ) from error


def _header(said: dict[str, Any], size: int) -> Header:
    architecture = str(said.get("general.architecture", ""))

    def number(name: str, default: int = 0) -> int:
        value = said.get(f"{architecture}.{name}", default)
        return max(value, default=default) if isinstance(value, list) else int(value)

    heads = number("attention.head_count", 1) or 1
    each = number("embedding_length") // heads
    widths = number("attention.key_length", each) + number("attention.value_length", each)
    kept = 2 * number("block_count") * number("attention.head_count_kv", heads) * widths
    kind = said.get("general.file_type", -1)
    template = str(said.get("tokenizer.chat_template", ""))
    guess = next((style for mark, style in _MARKS if mark in template), None)
    return Header(
        architecture=architecture,
        size=size,
        quantisation=dict(enumerate(_QUANTISATIONS.split())).get(kind, ""),
        context=number("context_length"),
        kept=kept,
        format=guess if template else Format.COMPLETION,
    )


def _entries(file: BinaryIO) -> dict[str, Any]:
    _, _, _, count = struct.unpack("<4sIQQ", file.read(24))
    if count > MOST_ENTRIES:
        raise ValueError(count)
    return {_text(file): _value(file, _number(file, 4)) for _ in range(count)}


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _TEXT:
        return _text(file)
    if kind != _LIST:
        return _number(file, kind)
    inner, count = _number(file, 4), _number(file, 10)
    if count > LONGEST_LIST or inner == _LIST:
        raise ValueError(count)
    if inner == _TEXT:
        for _ in range(count):  # a vocabulary, which nobody asks for
            _text(file)
        return ""
    layout = _NUMBERS[inner]
    packed = file.read(struct.calcsize(layout) * count)
    return list(struct.unpack(f"<{count}{layout[1]}", packed)) if count <= MOST_ENTRIES else ""


def _number(file: BinaryIO, kind: int) -> Any:
    layout = _NUMBERS[kind]
    return struct.unpack(layout, file.read(struct.calcsize(layout)))[0]


def _text(file: BinaryIO) -> str:
    length = _number(file, 10)
    if length > LONGEST_TEXT:
        raise ValueError(length)
    written = file.read(length)
    if len(written) < length:
        raise ValueError(length)
    return written.decode(errors="replace")

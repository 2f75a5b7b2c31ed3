"""GGUF files made for tests, and lists that allow them."""

import hashlib
import shutil
import struct
from pathlib import Path

import gguf
import numpy as np

from assistant import ModelFiles
from policies import read_models

EMPTY = struct.pack("<4sIQQ", b"GGUF", 3, 0, 0)
"""The head of a file without tensors."""


def tiny(path: Path, content: bytes = b"poids") -> Path:
    """What passes for a GGUF file until llama.cpp opens it."""
    path.write_bytes(EMPTY + content)
    return path


def allow(listed: Path, *paths: Path, names: tuple[str, ...] = ()) -> Path:
    """A list of these files as they are now, by their own names or by others."""
    names = names or tuple(path.name for path in paths)
    listed.write_text("".join(_entry(path, name) for path, name in zip(paths, names, strict=True)), encoding="utf-8")
    read_models(listed)
    return listed


def allowing(folder: Path, *paths: Path) -> ModelFiles:
    """What lets these files pass as they are now, and no others."""
    return ModelFiles(allow(folder / "models.toml", *paths))


def digest(path: Path) -> str:
    """The SHA-256 of the whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flip(path: Path, place: int) -> None:
    """Change one bit of one byte, in place."""
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1]))


def with_template(source: Path, target: Path, template: str) -> Path:
    """The model with a chat template of its own."""
    with source.open("rb") as original, target.open("wb") as out:
        magic, version, tensors, entries = struct.unpack("<4sIQQ", original.read(24))
        out.write(struct.pack("<4sIQQ", magic, version, tensors, entries + 1))
        out.write(_string_entry("tokenizer.chat_template", template))
        shutil.copyfileobj(original, out)
    return target


def adapter(path: Path) -> Path:
    """An adapter for Gemma 3 270M, of rank 1, that turns the queries of its first layers around."""
    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 1.0)
    for layer in range(4):
        name = f"blk.{layer}.attn_q.weight"
        writer.add_tensor(f"{name}.lora_a", np.full((1, 640), 0.5, dtype=np.float32))
        writer.add_tensor(f"{name}.lora_b", np.full((1024, 1), 5.0, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _entry(path: Path, name: str) -> str:
    return (
        f'[[model]]\nname = "Le modèle {path.stem}"\nfile = "{name}"\nsha256 = "{digest(path)}"\n'
        'licence = "Apache-2.0"\nsource = "un essai"\ncard = "https://modeles.exemple.fr/notice"\n'
    )


def _string_entry(key: str, value: str) -> bytes:
    """A GGUF metadata entry, padded to 32 bytes so that the tensors behind it keep their alignment."""
    head = struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", 8)
    value += " " * (-(len(head) + 8 + len(value)) % 32)
    return head + struct.pack("<Q", len(value)) + value.encode()

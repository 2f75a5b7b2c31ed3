"""Reading the wheel's packed model, and what is said of a file that is none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval import EmbeddingModelMissing
from retrieval.e5.packed import Packed, path_of_model, read_packed

HEAD = 44  # bytes before the vocabulary


@pytest.fixture(scope="module")
def packed() -> Packed:
    return read_packed(path_of_model())


def test_the_wheel_holds_the_model_and_its_vocabulary(packed: Packed) -> None:
    assert (packed.sizes.hidden, packed.sizes.layers, packed.sizes.positions) == (384, 12, 512)
    assert packed.vocabulary.pieces[packed.vocabulary.unknown] == "<unk>"
    assert packed.vocabulary.normalised[ord("ﬁ")] == "fi"


def test_a_weight_is_its_number_times_the_scale_of_its_block(packed: Packed) -> None:
    matrix = packed.blocks("l0.q.w", 384, 384)
    assert matrix.shape == (384, 12)
    assert matrix["halves"].shape == (384, 12, 16)
    assert np.isfinite(matrix["scale"]).all()


@pytest.mark.parametrize("size", [0, 3, HEAD - 1, HEAD + 20, 1_000_000, 5_000_000])
def test_a_file_that_is_cut_short_is_named(tmp_path: Path, size: int) -> None:
    cut = tmp_path / "cut.bin"
    with path_of_model().open("rb") as whole:
        cut.write_bytes(whole.read(size))
    with pytest.raises(EmbeddingModelMissing, match=r"cut\.bin"):
        read_packed(cut)


@pytest.mark.parametrize(("start", "written"), [(0, b"GGUF"), (4, b"\2"), (40, b"\x40")])
def test_another_format_version_or_size_of_block_is_refused(tmp_path: Path, start: int, written: bytes) -> None:
    other = tmp_path / "other.bin"
    with path_of_model().open("rb") as whole:
        head = whole.read(100)
    other.write_bytes(head[:start] + written + head[start + len(written) :])
    with pytest.raises(EmbeddingModelMissing, match="E5S1"):
        read_packed(other)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingModelMissing, match=r"nowhere\.bin"):
        read_packed(tmp_path / "nowhere.bin")


def test_a_missing_or_misshapen_tensor_is_named(packed: Packed) -> None:
    without = replace(packed, tensors={name: tensor for name, tensor in packed.tensors.items() if name != "l3.fi.w"})
    with pytest.raises(EmbeddingModelMissing, match=r"l3\.fi\.w"):
        without.blocks("l3.fi.w", 1536, 384)
    with pytest.raises(EmbeddingModelMissing, match=r"l3\.fi\.b"):
        packed.floats("l3.fi.b", 384)

"""multilingual-e5-small as a graph of OpenVINO's operations.

The encoder of BERT (Devlin 2019, §3; Vaswani 2017, §3.1 to 3.3). Its matrices stay whole numbers of 4 bits in blocks
of 32 with a scale each, as the file has them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from retrieval.e5.packed import BLOCK, Blocks, Packed, numbers_of
from retrieval.e5.silent_openvino import openvino
from retrieval.e5.silent_openvino import operations as op

Node = Any

UNSEEN = 1e9  # taken from what a piece would attend to in the filling of a batch
SWAPPED = (0, 2, 1, 3)  # heads before pieces, and back


def graph_of(packed: Packed) -> Any:
    """The mean of a text's pieces, shape (texts, hidden), as the last layer leaves them.

    Of `words`, the pieces' vectors, shape (texts, pieces, hidden), and of `present`, shape (texts, pieces): 1, or 0 of
    what only fills a text up. Raises `EmbeddingModelMissing` where the file lacks a part.
    """
    sizes = packed.sizes
    words = op.parameter([-1, -1, sizes.hidden], openvino.Type.f32, "words")
    present = op.parameter([-1, -1], openvino.Type.f32, "present")
    unseen = op.multiply(op.unsqueeze(op.subtract(present, _floats(1.0)), _whole(1, 2)), _floats(UNSEEN))
    states = _normalised(packed, "emb.ln", op.add(words, _positions(packed, words)))
    for layer in range(sizes.layers):
        states = _layer(packed, f"l{layer}", states, unseen)
    weights = op.unsqueeze(present, _whole(2))
    sums = op.reduce_sum(op.multiply(states, weights), _whole(1))
    return openvino.Model([op.divide(sums, op.reduce_sum(weights, _whole(1)))], [words, present])


def _positions(packed: Packed, words: Node) -> Node:
    """Those of the first piece to the last, with the type that all texts have."""
    sizes = packed.sizes
    positions = packed.floats("emb.pos", sizes.positions, sizes.hidden)
    first_type = packed.floats("emb.type", sizes.types, sizes.hidden)[0]
    length = op.gather(op.shape_of(words), _whole(1), _whole(0))
    return op.slice(_floats(positions + first_type), _whole(0), length, _whole(1), _whole(0))


def _layer(packed: Packed, name: str, states: Node, unseen: Node) -> Node:
    hidden, inner = packed.sizes.hidden, packed.sizes.inner
    context = _linear(packed, [f"{name}.ao"], _attention(packed, name, states, unseen), hidden, hidden)
    states = _normalised(packed, f"{name}.aln", op.add(states, context))
    between = op.gelu(_linear(packed, [f"{name}.fi"], states, hidden, inner), "erf")
    return _normalised(packed, f"{name}.oln", op.add(states, _linear(packed, [f"{name}.fo"], between, inner, hidden)))


def _attention(packed: Packed, name: str, states: Node, unseen: Node) -> Node:
    hidden, heads = packed.sizes.hidden, packed.sizes.heads
    projected = _linear(packed, [f"{name}.{part}" for part in "qkv"], states, hidden, hidden)
    split = op.reshape(projected, _whole(0, 0, 3 * heads, hidden // heads), special_zero=True)
    queries, keys, values = op.split(op.transpose(split, _whole(*SWAPPED)), _axis(1), 3).outputs()
    context = op.transpose(op.scaled_dot_product_attention(queries, keys, values, unseen), _whole(*SWAPPED))
    return op.reshape(context, _whole(0, 0, hidden), special_zero=True)


def _linear(packed: Packed, names: Sequence[str], states: Node, columns: int, rows: int) -> Node:
    """Several of the same shape side by side: states are rounded once for all of them."""
    blocks = np.concatenate([packed.blocks(f"{name}.w", rows, columns) for name in names])
    bias = np.concatenate([packed.floats(f"{name}.b", rows) for name in names])
    scales = op.constant(np.ascontiguousarray(blocks["scale"][..., None], np.float16))
    scaled = op.multiply(op.convert(_fours(blocks), openvino.Type.f16), scales)
    matrix = op.convert(op.reshape(scaled, _whole(len(bias), columns), special_zero=False), openvino.Type.f32)
    return op.add(op.matmul(states, matrix, transpose_a=False, transpose_b=True), _floats(bias))


def _normalised(packed: Packed, name: str, states: Node) -> Node:
    scale, bias = (packed.floats(f"{name}.{part}", packed.sizes.hidden) for part in "wb")
    normal = op.mvn(states, _whole(-1), True, packed.sizes.epsilon, "inside_sqrt")
    return op.add(op.multiply(normal, _floats(scale)), _floats(bias))


def _fours(blocks: Blocks) -> Node:
    """Two in a byte, the first in its low half, as two's complement."""
    signed = numbers_of(blocks) ^ 8
    pairs = signed[..., 0::2] | signed[..., 1::2] << 4
    tensor = openvino.Tensor(pairs, openvino.Shape([*blocks.shape, BLOCK]), openvino.Type.i4)
    return op.constant(tensor, shared_memory=False)


def _floats(values: Any) -> Node:
    return op.constant(np.ascontiguousarray(values, np.float32))


def _whole(*values: int) -> Node:
    return op.constant(np.array(values, np.int64))


def _axis(value: int) -> Node:
    return op.constant(np.int64(value))

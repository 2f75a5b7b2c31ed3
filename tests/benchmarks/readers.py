"""Sixteen readers at once through `Ask`, against the same prompts sent straight to the same llama-server.

Both sides take turns. Each prompt carries marks of its own, so neither side finds what the other has left in the
server's cache but the instructions. A reader alone then gives what our chain adds before the first word.
"""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackHandler

from assistant import Answer, Answered, Engine
from assistant.engines.chain import fitting
from assistant.engines.llama_server_chat import LlamaServerChat
from policies import Principal
from retrieval import Passage
from retrieval.metrics import percentile
from tests.benchmarks.corpus import questions, records, write_lines
from ui.engine_settings import EngineSettings
from ui.home import own
from ui.identity import local_principal
from ui.opening import open_services
from ui.services import Services
from ui.settings import Settings

READERS = int(os.environ.get("BENCH_READERS", "16"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
# So many questions are asked one after the other; those that reach the model are asked again, all at once.
ALONE = int(os.environ.get("BENCH_ALONE", "24"))
CONTEXT = 3072


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that reached the model, and the passages that it was given."""

    question: str
    passages: Sequence[Passage]


@dataclass(slots=True)
class Load:
    """One round of all readers; seconds."""

    tokens: int = 0
    took: float = 0.0
    first: list[float] = field(default_factory=list)


class Counted(AsyncCallbackHandler):
    """Counts the tokens that come through the chain."""

    tokens = 0

    async def on_llm_new_token(self, token: Any, *args: Any, **kwargs: Any) -> None:
        self.tokens += bool(token)


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """`tokens_ratio`, `ttft_p95_ratio`, `longest_over_mean_wait`, and `added_ms` before the first word alone."""
    place = home / "readers"
    engines = {"llama": EngineSettings(kind="llama-server", places=READERS, context=CONTEXT)}
    with own(place):
        async with open_services(Settings(home=place, engines=engines)) as services:
            candidates = await _import(services, evaluation, place)
            await services.engines.load()
            engine = services.engines.first
            asked, added = await _alone(services, engine, candidates)
            counted = Counted()
            engine.model.callbacks = [counted]
            ours: list[Load] = []
            direct: list[Load] = []
            for _ in range(ROUNDS):
                ours.append(await _through_us(services, asked, counted))
                direct.append(await _directly(engine, asked))
    waits = [wait for load in ours for wait in load.first]
    direct_waits = [wait for load in direct for wait in load.first]
    figures = {
        "readers": READERS,
        "rounds": ROUNDS,
        "questions": len(asked),
        "tokens_per_s": sum(load.tokens for load in ours) / sum(load.took for load in ours),
        "direct_tokens_per_s": sum(load.tokens for load in direct) / sum(load.took for load in direct),
        "ttft_p95_s": percentile(waits, 0.95),
        "direct_ttft_p95_s": percentile(direct_waits, 0.95),
        "longest_over_mean_wait": max(max(load.first) / statistics.mean(load.first) for load in ours),
        "added_ms": statistics.median(added),
        "added_ms_p95": percentile(added, 0.95),
    }
    return figures | {
        "tokens_ratio": figures["tokens_per_s"] / figures["direct_tokens_per_s"],
        "ttft_p95_ratio": figures["ttft_p95_s"] / figures["direct_ttft_p95_s"],
    }


async def _import(services: Services, evaluation: Path, place: Path) -> list[str]:
    """The questions; the documents that answer them are imported where they are not yet."""
    chosen = questions(evaluation, "fiches")[:ALONE]
    relevant = {identifier for question in chosen for identifier in question["relevant"]}
    person = local_principal()
    if not await services.collections.readable(person):
        await services.collections.create(person, "Fiches", "", owner="", readers=frozenset())
    file = write_lines(place / "fiches.jsonl", [record for record in records(evaluation) if record["id"] in relevant])
    async for _ in services.ingestion.ingest(person, "Fiches", [file]):
        pass
    return [question["question"] for question in chosen]


async def _alone(services: Services, engine: Engine, candidates: Sequence[str]) -> tuple[list[Asked], list[float]]:
    """The questions that reach the model, and what we add for each to search and to the model's own time, in ms."""
    asked, added = [], []
    for question in candidates:
        answer = await _answer(services, local_principal(), question)
        if answer.timings.first_token_ms is not None:
            one = Asked(question, fitting(engine, question, answer.passages))
            first, _ = await _generated(engine, one)
            asked.append(one)
            added.append(answer.timings.first_token_ms - answer.timings.retrieval_ms - first * 1000)
    return asked, added[1:]  # the first has read the instructions for all


async def _through_us(services: Services, asked: Sequence[Asked], counted: Counted) -> Load:
    before = counted.tokens
    local = local_principal()

    async def read(reader: int, one: Asked) -> float:
        person = Principal(f"{local.subject}-{reader}", f"lecteur-{reader}", local.groups, local.roles)
        answer = await _answer(services, person, one.question)
        return (answer.timings.first_token_ms or 0.0) / 1000

    load = await _at_once(asked, read)
    load.tokens = counted.tokens - before
    return load


async def _directly(engine: Engine, asked: Sequence[Asked]) -> Load:
    tokens = 0

    async def read(reader: int, one: Asked) -> float:
        nonlocal tokens
        first, count = await _generated(engine, one)
        tokens += count
        return first

    load = await _at_once(asked, read)
    load.tokens = tokens
    return load


async def _at_once(asked: Sequence[Asked], read: Callable[[int, Asked], Awaitable[float]]) -> Load:
    began = time.perf_counter()
    first = await asyncio.gather(*(read(reader, asked[reader % len(asked)]) for reader in range(READERS)))
    return Load(took=time.perf_counter() - began, first=list(first))


async def _answer(services: Services, person: Principal, question: str) -> Answer:
    events = [event async for event in services.ask.ask(person, question)]
    assert isinstance(events[-1], Answered)
    return events[-1].answer


async def _generated(engine: Engine, one: Asked) -> tuple[float, int]:
    """Seconds to the first token, and how many there were, without any of our code in between."""
    model, profile = engine.model, engine.profile
    assert isinstance(model, LlamaServerChat)
    messages = profile.prompt.format_messages(**profile.variables(one.question, one.passages))
    request = model.request(messages, list(profile.stop), profile.max_tokens)
    began, first, tokens = time.perf_counter(), 0.0, 0
    async with model.client.stream("POST", "/completion", json=request) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: ") and json.loads(line[6:])["content"]:
                first = first or time.perf_counter() - began
                tokens += 1
    return first, tokens

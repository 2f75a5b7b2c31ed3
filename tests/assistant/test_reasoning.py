"""What a model thinks before it answers: counted, and never shown, checked or kept."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Engine, Engines, LlamaSettings, ModelUnavailable, Reasoning, TimeLimits, profile_for
from assistant.engines.gguf import read_vocabulary
from assistant.engines.reasoning import AnswerAlone, Thought, without_reasoning
from assistant.engines.server import ServerSettings, open_server
from assistant.prompts.formats import Format
from assistant.prompts.reasoning import MARK_TOKENS, TRACES
from policies import Act, Principal
from retrieval import Passage, Search
from retrieval.rows import all_rows
from tests.assistant.asking import QUESTION, TRUE, answer, asking, records
from tests.assistant.scripted import Scripted, engine
from tests.assistant.scripted_server import EVENTS, repeating, said, saying, scripted_server, thought
from ui.database import Pool

SECRET = "Je me demande si"
PATIENT = TimeLimits(first_token=60.0, between_tokens=60.0, answer=60.0)
DONE = b"data: [DONE]\n\n"

traces = st.lists(
    st.sampled_from(
        [
            *TRACES,
            *TRACES.values(),
            *MARK_TOKENS,
            "<",
            "[",
            "|",
            "<thi",
            "nk>",
            "final",
            "f",
            ">",
            "Oui",
            "\n",
            " ",
            "5 ans.",
        ]
    ),
    max_size=12,
).map("".join)


def shown(pieces: list[str], reasoning: Reasoning = Reasoning.MARKED) -> str | None:
    """The answer; None where there is none to be had."""
    alone = AnswerAlone(reasoning)
    try:
        return "".join([*map(alone.feed, pieces), alone.finish()])
    except ModelUnavailable:
        return None


@given(text=traces, cuts=st.lists(st.integers(0, 80), max_size=12), reasoning=st.sampled_from(Reasoning))
def test_pieces_do_not_matter(text: str, cuts: list[int], reasoning: Reasoning) -> None:
    pieces = [text[start:end] for start, end in pairwise([0, *sorted(cuts), len(text)])]
    assert shown(pieces, reasoning) == shown([text], reasoning) == shown(list(text), reasoning)


@given(text=traces, reasoning=st.sampled_from([Reasoning.MARKED, Reasoning.BEGUN, Reasoning.OFF]))
def test_no_mark_is_ever_shown(text: str, reasoning: Reasoning) -> None:
    alone = AnswerAlone(reasoning)
    seen = ""
    try:
        seen = alone.feed(text)
        seen += alone.finish()
    except ModelUnavailable:
        pass
    assert not any(mark in seen for mark in TRACES)


@pytest.mark.parametrize(("opening", "closing"), TRACES.items())
def test_a_trace_between_marks_is_not_part_of_the_answer(opening: str, closing: str) -> None:
    said_whole = f"{opening}analysis {SECRET} 3 < 5.\n{closing}\n\nOui. {opening}encore{closing}Cinq ans."
    assert shown(list(said_whole)) == "Oui. Cinq ans."


def test_of_gpt_oss_only_the_last_channel_is_the_answer() -> None:
    harmony = f"<|channel|>analysis<|message|>{SECRET}<|end|><|start|>assistant<|channel|>final<|message|>Cinq ans."
    assert shown(list(harmony)) == "Cinq ans."


def test_where_the_template_has_begun_the_trace_the_answer_is_what_follows_its_end() -> None:
    assert shown([SECRET, " non.</th", "ink>\nOui."], Reasoning.BEGUN) == "Oui."


def test_without_reasoning_a_mark_is_text_like_any_other() -> None:
    assert shown(["<think>", "Oui."], Reasoning.NONE) == "<think>Oui."


@pytest.mark.parametrize(
    ("pieces", "reasoning", "reason"),
    [
        pytest.param(["<think>", SECRET], Reasoning.MARKED, "reasoning_tokens", id="does not end"),
        pytest.param([SECRET], Reasoning.BEGUN, "reasoning_tokens", id="begun and does not end"),
        pytest.param(["<think>a</think>", "\n "], Reasoning.MARKED, "reasoning_tokens", id="nothing follows"),
        pytest.param([Thought(SECRET)], Reasoning.MARKED, "reasoning_tokens", id="nothing follows what came apart"),
        pytest.param([SECRET, "</think>", "Oui."], Reasoning.MARKED, "begun", id="was not opened"),
    ],
)
async def test_a_trace_that_is_not_whole_is_a_failure(pieces: list[str], reasoning: Reasoning, reason: str) -> None:
    async def told() -> AsyncIterator[str]:
        for piece in pieces:
            yield piece

    with pytest.raises(ModelUnavailable, match=reason):
        [piece async for piece in without_reasoning(told(), reasoning)]


async def text(opened: Engine, leave: Passage) -> str:
    events = [event async for event in Engines({"seul": opened}).generate("s", "Combien ?", [leave])]
    return "".join(event for event in events if isinstance(event, str))


@pytest.mark.parametrize(
    "trace",
    [
        pytest.param([said("<thi"), said(f"nk>{SECRET}"), said("</think>\n\n")], id="in the text"),
        pytest.param([thought(SECRET, "reasoning_content")], id="apart"),
        pytest.param([thought(SECRET, "reasoning")], id="apart, under its newer name"),
    ],
)
async def test_a_server_may_give_a_trace_in_the_text_or_apart(trace: list[bytes], leave: Passage) -> None:
    script = saying(EVENTS, *trace, said("Deux mois."), said("", last=True), DONE)
    async with scripted_server(script) as server, open_server(ServerSettings(server.url)) as opened:
        assert await text(opened, leave) == "Deux mois."


@pytest.mark.parametrize("piece", [said("<think> encore "), thought("encore ", "reasoning")], ids=["text", "apart"])
async def test_a_trace_without_end_is_ended(piece: bytes, leave: Passage) -> None:
    async with (
        scripted_server(repeating(piece)) as server,
        open_server(ServerSettings(server.url, limits=PATIENT)) as opened,
    ):
        with pytest.raises(ModelUnavailable, match="n’en finit pas"):
            await text(opened, leave)


async def test_a_server_is_asked_for_room_to_reason_and_for_no_reasoning(leave: Passage) -> None:
    good = saying(EVENTS, said("Deux mois.", last=True), DONE)
    for reasoning, told in ((Reasoning.MARKED, False), (Reasoning.OFF, True)):
        profile = profile_for(Format.CHATML, reasoning, reasoning_tokens=600)
        async with (
            scripted_server(good) as server,
            open_server(ServerSettings(server.url, profile=profile)) as opened,
        ):
            await text(opened, leave)
        (asked,) = server.asked
        assert b'"max_tokens":1000' in asked or b'"max_completion_tokens":1000' in asked
        assert (b'"enable_thinking":false' in asked) == told


async def test_another_engine_answers_for_one_that_only_reasons(leave: Passage) -> None:
    engines = Engines(
        {"un": engine(Scripted(pieces=("<think>", SECRET))), "deux": engine(Scripted(pieces=("Deux mois.",)))}
    )
    events = [event async for event in engines.generate("s", "Combien ?", [leave])]
    assert [event for event in events if isinstance(event, str)] == ["Deux mois."]


@pytest.mark.usefixtures("collection")
async def test_nothing_of_a_trace_is_shown_checked_or_recorded(search: Search, pool: Pool, agent: Principal) -> None:
    model = Scripted(pieces=("<think>", f"{SECRET} {TRUE} [1].", "</think>", TRUE, "."))
    given = await answer(asking(search, model, pool).ask(agent, QUESTION))
    assert (given.text, given.supported, given.unsupported) == (f"{TRUE} [1].", 1, 0)
    async with pool.connection() as connection:
        kept = await all_rows(connection, "select text from ledger_content", {})
    assert SECRET not in str([row["text"].decode() for row in kept]) + str(await records(pool))
    assert (await records(pool))[-1]["act"] == Act.ANSWER_GIVEN


def test_of_control_tokens_only_the_marks_of_reasoning_become_text(gemma: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "gemma4.gguf"
    content = gemma.read_bytes()
    for unused, mark in ((b"<unused12>", b"<|channel>"), (b"<unused13>", b"<channel|>")):
        assert content.count(unused) == 1
        content = content.replace(unused, mark)
    renamed.write_bytes(content)
    vocabulary = read_vocabulary(LlamaSettings(renamed))
    try:
        tokens = vocabulary.tokenize(b"<|channel>pense<channel|>oui<end_of_turn>", add_bos=False, special=True)
        assert b"".join(vocabulary.said(token, []) for token in tokens) == b"<|channel>pense<channel|>oui"
    finally:
        vocabulary.close()

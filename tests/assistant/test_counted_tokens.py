"""Tokens are as the engine counts them where it says so, and estimated where it does not."""

from contextlib import aclosing
from itertools import count

import pytest

from assistant import ModelUnavailable
from assistant.engines.choice import Engines
from assistant.engines.effort import Effort
from assistant.engines.server import ServerSettings, open_server
from assistant.prompts.profiles import CHAT, COMPLETION, Profile
from retrieval import Passage
from tests.assistant.scripted_server import EVENTS, Script, refusing, said, saying, scripted_server, used

DONE = b"data: [DONE]\n\n"
TEXT = (EVENTS, said("Deux "), said("mois."), said("", last=True))
COUNTED = saying(*TEXT, used(321, 7), DONE)
UNCOUNTED = saying(*TEXT, DONE)

both = pytest.mark.parametrize("profile", [CHAT, COMPLETION], ids=["chat", "completion"])


async def written(script: Script, profile: Profile, leave: Passage, times: int = 1) -> tuple[list[Effort], list[bytes]]:
    """What each of so many answers took, and what the server was asked."""
    efforts = [Effort() for _ in range(times)]
    async with scripted_server(script) as server, open_server(ServerSettings(server.url, profile=profile)) as engine:
        for effort in efforts:
            events = [one async for one in Engines({"x": engine}).generate("s", "Combien ?", [leave], effort=effort)]
            assert "".join(one for one in events if isinstance(one, str)) == "Deux mois."
    return efforts, server.asked


@both
async def test_what_the_server_counts_is_what_is_counted(profile: Profile, leave: Passage) -> None:
    [effort], [asked] = await written(COUNTED, profile, leave)
    assert (effort.tokens_in, effort.tokens_out, effort.estimated) == (321, 7, False)
    assert b"include_usage" in asked


@both
async def test_where_it_counts_nothing_the_length_of_texts_does(profile: Profile, leave: Passage) -> None:
    [effort], _ = await written(UNCOUNTED, profile, leave)
    assert (effort.tokens_in > 10, effort.tokens_out, effort.estimated) == (True, 2, True)


@both
@pytest.mark.parametrize("status", ["400 Bad Request", "422 Unprocessable Entity"])
async def test_a_server_that_cannot_count_is_asked_without_it_from_then_on(
    profile: Profile, status: str, leave: Passage
) -> None:
    refused, asked = refusing(status, "unknown field: stream_options"), count()

    async def script(writer: object) -> None:
        await (UNCOUNTED if next(asked) else refused)(writer)  # type: ignore[arg-type]

    efforts, requests = await written(script, profile, leave, times=2)
    assert [effort.estimated for effort in efforts] == [True, True]
    assert [b"stream_options" in one for one in requests] == [True, False, False]


async def test_a_server_that_refuses_for_another_reason_is_asked_once(leave: Passage) -> None:
    async with (
        scripted_server(refusing("400 Bad Request", "no")) as server,
        open_server(ServerSettings(server.url)) as x,
    ):
        with pytest.raises(ModelUnavailable):
            [one async for one in Engines({"x": x}).generate("s", "Combien ?", [leave])]
    assert len(server.asked) == 1


async def test_of_an_answer_that_its_reader_leaves_tokens_are_estimated(leave: Passage) -> None:
    effort, script = Effort(), saying(EVENTS, said("Deux "), close=False)
    async with (
        scripted_server(script) as server,
        open_server(ServerSettings(server.url)) as engine,
        aclosing(Engines({"x": engine}).generate("s", "Combien ?", [leave], effort=effort)) as events,
    ):
        async for event in events:
            if event == "Deux ":
                break
    assert (effort.tokens_in > 10, effort.tokens_out, effort.estimated) == (True, 1, True)

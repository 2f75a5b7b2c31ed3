"""A server that does not answer as it should: each time an end, a French sentence, and nothing taken for an answer."""

import pytest
from langchain_core.messages import HumanMessage

from assistant import Engine, ModelUnavailable
from assistant.engines.choice import Engines
from assistant.engines.server import ServerSettings, open_server
from assistant.engines.time_limits import TimeLimits
from assistant.prompts.profiles import CHAT, COMPLETION, Profile
from retrieval import Passage
from tests.assistant.scripted_server import EVENTS, Script, html, repeating, said, saying, scripted_server

# Longer than any of these answers takes, and shorter than a test should.
SOON = TimeLimits(first_token=0.3, between_tokens=0.3, answer=3.0)
PATIENT = TimeLimits(first_token=60.0, between_tokens=60.0, answer=60.0)

ERROR = b"HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
REFUSED = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def text(engine: Engine, leave: Passage) -> str:
    events = [event async for event in Engines({"seul": engine}).generate("s", "Combien ?", [leave])]
    return "".join(event for event in events if isinstance(event, str))


@pytest.mark.parametrize("profile", [CHAT, COMPLETION], ids=["chat", "completion"])
@pytest.mark.parametrize(
    ("script", "limits", "reason"),
    [
        pytest.param(saying(close=False), SOON, "ne dit plus rien", id="hangs"),
        pytest.param(saying(EVENTS, close=False), SOON, "ne dit plus rien", id="begins and hangs"),
        pytest.param(saying(EVENTS, said("a"), close=False), SOON, "ne dit plus rien", id="hangs after a word"),
        pytest.param(repeating(b": ping\n\n"), SOON, "ne dit plus rien", id="only says that it lives"),
        pytest.param(repeating(said("")), SOON, "ne dit plus rien", id="says nothing, for ever"),
        pytest.param(repeating(said("mot ")), PATIENT, "n’en finit pas", id="never ends"),
        pytest.param(repeating(b"x" * 2**16), PATIENT, "ne répond pas", id="one line without end"),
        pytest.param(saying(), PATIENT, "ne répond pas", id="closes at once"),
        pytest.param(saying(EVENTS), PATIENT, "répond mal", id="says nothing"),
        pytest.param(saying(EVENTS, said("a")), PATIENT, "s’est arrêté", id="closes in the middle"),
        pytest.param(saying(EVENTS, b"data: {broken\n\n"), PATIENT, "répond mal", id="broken JSON"),
        pytest.param(saying(EVENTS, b"data: [1]\n\n"), PATIENT, "répond mal", id="other fields"),
        pytest.param(saying(EVENTS, b"\xff\xfe\x00\n\n"), PATIENT, "répond mal", id="bytes"),
        pytest.param(saying(b"\x00\x01\x02 what"), PATIENT, "ne répond pas", id="not HTTP"),
        pytest.param(html(), PATIENT, "répond mal", id="HTML"),
        pytest.param(saying(ERROR), PATIENT, "code 500", id="fails"),
        pytest.param(saying(REFUSED), PATIENT, "code 401", id="refuses the key"),
    ],
)
async def test_it_ends_with_a_french_sentence(
    profile: Profile, script: Script, limits: TimeLimits, reason: str, leave: Passage
) -> None:
    async with (
        scripted_server(script) as server,
        open_server(ServerSettings(server.url, profile=profile, limits=limits)) as engine,
    ):
        with pytest.raises(ModelUnavailable, match=reason):
            await text(engine, leave)


@pytest.mark.parametrize("profile", [CHAT, COMPLETION], ids=["chat", "completion"])
async def test_a_good_answer_passes_and_is_asked_for_in_the_profiles_way(profile: Profile, leave: Passage) -> None:
    good = saying(EVENTS, said("Deux "), said("mois."), said("", last=True), b"data: [DONE]\n\n")
    async with scripted_server(good) as server, open_server(ServerSettings(server.url, profile=profile)) as engine:
        assert await text(engine, leave) == "Deux mois."
    (head,) = server.asked
    path = b"/v1/completions" if profile is COMPLETION else b"/v1/chat/completions"
    assert head.startswith(b"POST " + path + b" ")


@pytest.mark.parametrize("profile", [CHAT, COMPLETION], ids=["chat", "completion"])
async def test_a_reader_who_leaves_is_gone_for_the_server_too(profile: Profile) -> None:
    script = saying(EVENTS, said("Deux "), close=False)
    async with scripted_server(script) as server, open_server(ServerSettings(server.url, profile=profile)) as engine:
        async for _ in engine.model.astream([HumanMessage("Combien ?")]):
            break
        await server.left.wait()

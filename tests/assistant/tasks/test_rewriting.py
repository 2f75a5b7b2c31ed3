"""A text in plain language: each sentence is checked against the piece that it stands for, in the order of the text."""

from assistant import Answered, SourcesFound, TaskRequest, TextStreamed
from assistant.checking.checked_text import UNSUPPORTED_MARK
from policies import CedarPolicy, Principal
from retrieval import Search
from tests.assistant.tasks.doing import Writer, extracts, material, tasks
from ui.database import Pool

TEXT = tuple(f"Le service numéro {n} reçoit les usagers le {n} mars. Il compte {n} agents." for n in range(1, 25))


async def test_the_streamed_text_is_the_result_each_sentence_with_its_own_passage(
    search: Search, pool: Pool, policy: CedarPolicy, agent: Principal
) -> None:
    def says(prompt: str) -> str:
        return extracts(prompt).replace("Il compte 7 agents.", "Il compte 70 agents.")

    wanted = TaskRequest("langage-clair", {}, {"texte": [material("Services", *TEXT)]})
    doing = tasks(search, pool, policy, Writer(says=says), context=500)
    events = [event async for event in doing.run(agent, wanted)]
    [sources] = [event for event in events if isinstance(event, SourcesFound)]
    last = events[-1]
    assert isinstance(last, Answered)
    text = last.answer.text
    assert "".join(event.text for event in events if isinstance(event, TextStreamed)) == text
    assert [one.chunk.text for one in sources.passages] == list(TEXT)
    for n in range(1, 25):
        assert f"Le service numéro {n} reçoit les usagers le {n} mars [{n}]." in text
    assert f"Il compte 70 agents{UNSUPPORTED_MARK}." in text
    assert (last.answer.supported, last.answer.unsupported) == (47, 1)
    assert text.count("\n\n") > 1

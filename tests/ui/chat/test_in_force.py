"""An answer says as of which day it speaks, stands on the texts then in force, and warns of what does not last."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from assistant.ask import Ask
from assistant.conversation import Ending, Reply, Source
from assistant.conversations import Conversations
from policies import PostgresLedger, Principal
from retrieval import DocumentMetadata, Lexicons, Search
from retrieval.search import today
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from ui.chat.answer_markdown import sources_markdown
from ui.chat.answering import Answering, Place
from ui.chat.exchanges import ReadableExchanges
from ui.chat.in_force import SOON, state, warning
from ui.chat.passage_links import PassageLinks
from ui.chat.steps import answer_step
from ui.pages import french_date

TODAY = dt.date(2026, 11, 26)
SOURCE = Source(UUID(int=1), "Droit", "a", 1, "Montant de l’allocation", (), None, 0, 9)
DAY = dt.timedelta(days=1)

OLD = "Le montant de l’allocation journalière est de 58 euros."
NEW = "Le montant de l’allocation journalière est de 64 euros."
CHANGED = dt.date(2024, 1, 1)
KNOWN = {
    "ancien": DocumentMetadata("Montant de l’allocation journalière (2022)", repealed_on=CHANGED),
    "nouveau": DocumentMetadata("Montant de l’allocation journalière (2024)", in_force_from=CHANGED),
}

WARNED = [
    (None, None, ""),
    (TODAY, None, ""),
    (TODAY + DAY, None, "texte en vigueur à partir du 27 novembre 2026 seulement"),
    (None, TODAY, "texte abrogé depuis le 26 novembre 2026"),
    (None, TODAY + DAY, "texte qui cesse d’être en vigueur le 27 novembre 2026"),
    (None, TODAY + SOON, "texte qui cesse d’être en vigueur le 24 février 2027"),
    (None, TODAY + SOON + DAY, ""),
]

STATES = [
    (None, None, "En vigueur (dates d’effet non précisées)"),
    (dt.date(2025, 1, 1), None, "En vigueur depuis le 1er janvier 2025"),
    (dt.date(2027, 2, 3), None, "En vigueur à partir du 3 février 2027"),
    (None, TODAY, "Abrogé le 26 novembre 2026"),
    (dt.date(2025, 1, 1), dt.date(2026, 12, 15), "En vigueur jusqu’au 15 décembre 2026 exclu"),
]


class Screen:
    """Keeps the last form of each step that is drawn."""

    def __init__(self) -> None:
        self.steps: dict[str, Any] = {}

    async def send_step(self, step_dict: Any) -> None:
        self.steps[step_dict["type"]] = step_dict["output"]

    async def stream_start(self, step_dict: Any) -> None: ...

    async def send_token(self, step_id: str, token: str, /) -> None: ...

    async def delete_step(self, step_dict: Any) -> None: ...

    async def send_toast(self, message: str, type: Any = "info") -> None:  # noqa: A002
        raise AssertionError(message)


@pytest.mark.parametrize(("starts", "ends", "said"), WARNED)
def test_a_reader_is_warned_of_what_does_not_apply_or_not_for_long(
    starts: dt.date | None, ends: dt.date | None, said: str
) -> None:
    assert warning(replace(SOURCE, in_force_from=starts, repealed_on=ends), TODAY) == said


@pytest.mark.parametrize(("starts", "ends", "said"), STATES)
def test_the_state_is_said_in_french(starts: dt.date | None, ends: dt.date | None, said: str) -> None:
    assert state(DocumentMetadata("Titre", in_force_from=starts, repealed_on=ends), TODAY) == said


def test_only_what_is_cited_is_warned_of_under_the_answer_and_all_in_the_list(links: PassageLinks) -> None:
    repealed = replace(SOURCE, repealed_on=dt.date(2020, 1, 1))
    reply = Reply("Oui [1].", (SOURCE, repealed), on=dt.date(2019, 3, 1))
    output = answer_step(uuid4(), uuid4(), reply, links)["output"]
    assert output.endswith("\n\n*Textes en vigueur au 1er mars 2019.*")
    assert "Attention" not in output
    cited = answer_step(uuid4(), uuid4(), replace(reply, text="Oui [2]."), links)["output"]
    assert "**Attention, passage [\\[2\\]](" in cited
    assert "texte abrogé depuis le 1er janvier 2020.**" in cited
    first, second = sources_markdown(reply.sources, links).splitlines()
    assert "abrogé" not in first
    assert second.endswith("— **texte abrogé depuis le 1er janvier 2020**")


def test_what_was_stopped_or_failed_does_not_say_of_which_day_it_speaks(links: PassageLinks) -> None:
    assert "vigueur" not in answer_step(uuid4(), uuid4(), Reply("Le dé", ending=Ending.STOPPED), links)["output"]


@pytest.mark.parametrize(
    ("question", "text", "day", "warned"),
    [
        ("Quel est le montant de l’allocation journalière au 1er mars 2023 ?", OLD, dt.date(2023, 3, 1), True),
        ("Quel est le montant de l’allocation journalière ?", NEW, None, False),
    ],
)
async def test_the_chat_answers_from_the_version_in_force_on_the_day_asked_and_keeps_that_it_did(
    question: str,
    text: str,
    day: dt.date | None,
    warned: bool,
    corpus: Corpus,
    search: Search,
    agent: Principal,
    links: PassageLinks,
) -> None:
    await corpus.collection("Droit", {"ancien": OLD, "nouveau": NEW}, known=KNOWN)
    ledger = PostgresLedger()
    model = Scripted(pieces=(text.removesuffix("."), " [1]."))
    ask = Ask(search, engines(model), ledger, corpus.pool)
    conversations = Conversations(ledger)
    exchanges = ReadableExchanges(corpus.pool, conversations, search)
    screen, conversation, exchange = Screen(), uuid4(), uuid4()
    no_tasks: Any = None
    answering = Answering(corpus.pool, ask, conversations, exchanges, links, Lexicons(corpus.pool), no_tasks)
    await answering.ask(agent, Place(screen, conversation, exchange), question, [])

    [prompt] = model.prompts
    assert text in prompt
    assert (OLD if text == NEW else NEW) not in prompt
    answer = screen.steps["assistant_message"]
    assert f"*Textes en vigueur au {french_date(day or today())}.*" in answer
    assert ("Attention, passage" in answer) is warned
    assert ("texte abrogé depuis le 1er janvier 2024" in screen.steps["tool"]) is warned
    [kept] = await exchanges.of(agent, conversation)
    assert kept.reply is not None
    assert (kept.reply.on, kept.reply.sources[0].repealed_on) == (day or today(), CHANGED if warned else None)
    assert answer_step(conversation, exchange, kept.reply, links)["output"] == answer

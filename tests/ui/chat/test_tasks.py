"""Tasks in the chat: what the forms say, and that a task is done, kept, done again and cited as an answer is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from assistant.conversation import Ending, Exchange
from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound, FieldsInvalid, ModelUnavailable
from assistant.tasks.order import OrderedText, TaskOrder
from assistant.tasks.request import GIVEN
from assistant.tasks.template_file import shipped
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from retrieval.corpus import Chunk, Collection, DocumentMetadata, DocumentText, Locator
from retrieval.index import Point, SparseVector
from tests.ui.drawn import Drawn
from tests.ui.scripted_tasks import TEXT, ScriptedTasks
from ui.chat.answering import Answering, Place
from ui.chat.exchanges import ReadableExchanges
from ui.chat.passage_links import PassageLinks
from ui.chat.steps import steps_of
from ui.chat.tasks.form import TaskForm
from ui.chat.tasks.orders import TaskOrders
from ui.database import Pool

PASTED = "Note de service\n\nLe congé dure seize semaines.\nIl est payé."
REPORT = DocumentText(uuid4(), "rapport.pdf", 1, DocumentMetadata("Rapport <2026>"), "Le rapport dit cela.")
RESUME, COMPARE, ANSWER = (shipped()[name] for name in ("resume", "comparaison", "reponse-courrier"))


class Files:
    """One file, in every conversation."""

    def __init__(self) -> None:
        self.held = [REPORT]

    async def texts(self, principal: Principal, conversation_id: UUID) -> list[DocumentText]:
        return self.held


class Reading:
    """May read the conversation's files and no other collection, and knows no acronym."""

    async def permitted(self, principal: Principal, names: Sequence[str]) -> list[Collection]:
        return []

    async def open_to(self, principal: Principal) -> frozenset[UUID]:
        return frozenset()

    async def attached(self, principal: Principal, conversation_id: UUID) -> Collection:
        return Collection(REPORT.collection_id, "Fichiers joints", "", "/DGS", frozenset(), dt.datetime.now(dt.UTC))

    async def acronyms(self, text: str, collections: Sequence[UUID]) -> tuple[tuple[str, str], ...]:
        return ()


class Indexed:
    """The file as the index has it: on its page."""

    async def points(self, collection_id: UUID, document_id: str) -> list[Point]:
        chunk = Chunk(0, REPORT.text, Locator(7, (), 0, len(REPORT.text)))
        no_vectors = np.zeros(0, np.float32), SparseVector((), ())
        return [Point(uuid4(), collection_id, document_id, 1, REPORT.metadata, chunk, *no_vectors)]


class Screen:
    """All that is drawn, in its order."""

    def __init__(self) -> None:
        self.drawn: list[tuple[str, str, str]] = []

    async def send_step(self, step_dict: Any) -> None:
        self.drawn.append((step_dict["type"], step_dict["name"], step_dict["output"]))

    async def delete_step(self, step_dict: Any) -> None:
        self.drawn.append(("deleted", "", ""))

    async def stream_start(self, step_dict: Any) -> None: ...

    async def send_token(self, step_id: str, token: str, /) -> None: ...

    async def send_toast(self, message: str, type: Any = "info") -> None:  # noqa: A002
        raise AssertionError(message)


class Desk:
    """Somebody's chat, with scripted tasks."""

    def __init__(self, pool: Pool, agent: Principal, links: PassageLinks) -> None:
        self.pool, self.person, self.links, self.screen = pool, agent, links, Screen()
        self.tasks, self.files, self.conversations = ScriptedTasks(), Files(), Conversations(PostgresLedger())
        self.orders = TaskOrders(self.tasks, self.files, Drawn(), self.conversations, pool)
        readable: Any = Reading()
        self.exchanges = ReadableExchanges(pool, self.conversations, readable)
        kept = self.conversations, self.exchanges
        self.answering = Answering(pool, readable, *kept, links, readable, self.orders)
        self.conversation = uuid4()

    async def do(self, order: TaskOrder) -> Exchange:
        await self.answering.do(self.person, Place(self.screen, self.conversation, uuid4()), order)
        return (await self.exchanges.of(self.person, self.conversation))[-1]


@pytest.fixture
def desk(pool: Pool, agent: Principal, links: PassageLinks) -> Desk:
    return Desk(pool, agent, links)


def pasted(text: str = PASTED) -> TaskOrder:
    return TaskOrder("resume", 1, "Résumé", {}, {"textes": (OrderedText("Texte collé", pasted=text),)})


async def test_a_task_shows_how_far_it_is_then_its_result_and_is_kept_under_its_heading(desk: Desk) -> None:
    kept = await desk.do(pasted())
    shown = [(kind, name) for kind, name, _ in desk.screen.drawn]
    assert shown == [
        ("tool", "Partie 1 sur 3"),
        ("tool", "Partie 2 sur 3"),
        ("tool", "Partie 3 sur 3"),
        ("tool", "Sources trouvées (1)"),
        ("deleted", ""),
        ("assistant_message", "Assistant"),
    ]
    assert (kept.question, kept.task) == ("Résumé — Texte collé", pasted())
    assert kept.reply is not None
    assert (kept.reply.text, kept.reply.ending, kept.reply.on) == (TEXT, Ending.COMPLETE, None)
    again = steps_of(desk.conversation, kept, desk.links)[-1]["output"]
    assert again == desk.screen.drawn[-1][2]
    assert "non vérifié dans les documents" in again
    assert "/passage?" in again


async def test_a_citation_of_a_pasted_text_leads_to_its_own_words(desk: Desk) -> None:
    kept = await desk.do(pasted())
    assert kept.reply is not None
    [source] = kept.reply.sources
    assert (source.collection_id, source.title) == (GIVEN, "Texte collé")
    text = await desk.orders.pasted(desk.person, source.document_id)
    assert text.text == PASTED
    [material] = desk.tasks.asked[0].materials["textes"]
    for passage in material.passages:
        locator = passage.chunk.locator
        assert text.text[locator.start : locator.end] == passage.chunk.text
    stranger = replace(desk.person, subject="s-autre")
    for person, name in (
        (stranger, source.document_id),
        (desk.person, f"{kept.id}/textes/7"),
        (desk.person, f"{kept.id}/autre/0"),
        (desk.person, f"{uuid4()}/textes/0"),
        (desk.person, "x"),
    ):
        with pytest.raises(ConversationNotFound):
            await desk.orders.pasted(person, name)


async def test_a_task_done_again_works_on_the_same_text_under_its_new_exchange(desk: Desk) -> None:
    kept, renewed = await desk.do(pasted()), uuid4()
    async with desk.pool.connection() as connection:
        await desk.conversations.renew(connection, desk.person, kept.id, renewed)
    await desk.answering.answer_again(desk.person, Place(desk.screen, desk.conversation, renewed), ["Droit"])
    [again] = await desk.exchanges.of(desk.person, desk.conversation)
    assert again.reply is not None
    assert (again.id, again.reply.text) == (renewed, TEXT)
    assert again.reply.sources[0].document_id == f"{renewed}/textes/0"
    assert desk.tasks.asked[1].values == desk.tasks.asked[0].values


async def test_a_file_keeps_its_own_place_and_one_that_was_taken_away_is_missed(desk: Desk) -> None:
    order = replace(pasted(), texts={"textes": (OrderedText("Rapport", document="rapport.pdf"),)})
    kept = await desk.do(order)
    assert kept.reply is not None
    [passage] = desk.tasks.asked[0].materials["textes"][0].passages
    assert (passage.collection_id, passage.document_id) == (REPORT.collection_id, "rapport.pdf")
    desk.files.held = []
    with pytest.raises(FieldsInvalid, match="donnez 1 texte au moins"):
        await desk.orders.check(desk.person, desk.conversation, RESUME, order)


async def test_a_citation_of_a_file_leads_to_its_page(desk: Desk) -> None:
    desk.orders = replace(desk.orders, index=Indexed())
    order = replace(pasted(), texts={"textes": (OrderedText("Rapport", document="rapport.pdf"),)})
    events = desk.orders.run(desk.person, desk.conversation, uuid4(), order)
    assert [event async for event in events]
    [passage] = desk.tasks.asked[0].materials["textes"][0].passages
    assert (passage.chunk.locator.page, passage.chunk.text) == (7, REPORT.text)


async def test_a_task_that_fails_says_why_and_what_was_pasted_is_not_lost(desk: Desk) -> None:
    desk.tasks.failure = ModelUnavailable("Le modèle s’est arrêté à la partie 2 sur 3. Relancez la tâche.")
    kept = await desk.do(pasted())
    assert kept.reply is not None
    assert (kept.reply.ending, kept.reply.text) == (Ending.FAILED, str(desk.tasks.failure))
    assert kept.task == pasted()
    assert ("deleted", "", "") in desk.screen.drawn


def test_a_form_makes_an_order_of_the_templates_fields_alone() -> None:
    form = TaskForm.of(
        [
            ("page", "p"),
            ("version", "3"),
            ("value.longueur", "court"),
            ("value.autre", "x"),
            ("value.attention", "  "),
            ("document.textes", "rapport.pdf"),
            ("document.textes", "parti.pdf"),
            ("pasted.textes", "Un\r\ntexte."),
            ("pasted.textes", " "),
            ("collection", "Droit"),
        ]
    )
    order = form.order(RESUME, [REPORT])
    assert order == TaskOrder(
        "resume",
        RESUME.version,
        "Résumé",
        {"longueur": "court"},
        {
            "textes": (
                OrderedText("Rapport <2026>", document="rapport.pdf"),
                OrderedText("Texte collé", pasted="Un\ntexte."),
            )
        },
    )
    assert order.heading == "Résumé — Rapport <2026>, Texte collé"
    assert form.order(ANSWER, []).collections == ("Droit",)


def test_texts_of_a_comparison_are_named_after_their_fields() -> None:
    form = TaskForm.of([("pasted.ancienne", "Un."), ("pasted.nouvelle", "Deux.")])
    titles = [text.title for texts in form.order(COMPARE, []).texts.values() for text in texts]
    assert titles == ["Texte collé (Ancienne version)", "Texte collé (Nouvelle version)"]

"""What people asked and did not get is told by words that several used, and never by anybody's own."""

import datetime as dt
from collections.abc import Sequence
from uuid import uuid4

import numpy as np
import pytest

from assistant.clustering import clusters, rows
from assistant.conversation import Feedback, Reply
from assistant.conversations import Conversations
from assistant.engines.effort import Effort
from assistant.figure_reports import FigureReports
from assistant.figures import AnswerFigures, Figure, Outcome
from assistant.gaps import Gaps, Looked, Looking
from assistant.shared_words import shared_words
from policies import Act, CedarPolicy, PostgresLedger, Principal, Refused, Role
from retrieval import Catalog, Collection, SparseEncoder
from retrieval.index import Vector
from retrieval.permission import Permission
from retrieval.rows import all_rows
from retrieval.space import VectorSpace
from tests.assistant.asking import acts
from ui.database import Pool

NIR = "2 94 03 75 120 005 26"
NAME = "Quatrebarbes"
GUSTAVE = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.GESTIONNAIRE}))
GINA = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.GESTIONNAIRE}))
ROOT = Principal("s-root", "root", frozenset({"/DSI"}), frozenset({Role.ADMINISTRATEUR}))

# Of one matter, by six people.
BICYCLES = (
    "Où garer mon vélo au ministère ?",
    "Puis-je garer un vélo dans la cour du ministère ?",
    f"Bonjour, je suis Zéphyrin {NAME} ({NIR}), où garer mon vélo ?",
    f"Où M. {NAME} peut-il garer son vélo ? Écrire à zephyrin@sante.fr",
)


class ByWord:
    """Questions that hold a word ask the same thing."""

    name = "mots"
    dimension = 3
    asked = 0

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        return rows([await self.embed_query(text) for text in texts])

    async def embed_query(self, text: str) -> Vector:
        self.asked += 1
        place = 0 if "vélo" in text else 1 if "préavis" in text else 2
        vector: Vector = np.eye(3, dtype=np.float32)[place]
        return vector


@pytest.fixture
def embedder() -> ByWord:
    return ByWord()


@pytest.fixture
def gaps(pool: Pool, policy: CedarPolicy, embedder: ByWord) -> Gaps:
    reports = FigureReports(Permission(pool, policy, Catalog(), PostgresLedger()))
    index: object = None
    return Gaps(reports, VectorSpace(embedder, index), SparseEncoder().stems)  # type: ignore[arg-type]


async def asked(
    pool: Pool, person: str, question: str, searched: Sequence[Collection], *, refused: bool = True
) -> None:
    """A question that was refused, or answered and rated badly, in a conversation that is kept."""
    figures = AnswerFigures(b"tests")
    kept, who = Conversations(PostgresLedger(), figures), Principal(person, person, frozenset(), frozenset())
    conversation, exchange, answer_id = uuid4(), uuid4(), uuid4()
    outcome = Outcome.REFUSED if refused else Outcome.ANSWERED
    ids = [one.id for one in searched]
    figure = Figure(answer_id, "question", outcome, ids, [], 0, 0, None, 1.0, "", Effort())
    async with pool.connection() as connection:
        await figures.keep(connection, who, figure)
        await kept.ask(connection, who, conversation, exchange, question)
        await kept.reply(connection, who, exchange, Reply("Réponse", refused=refused, answer=answer_id))
        if not refused:
            await kept.rate(connection, who, exchange, Feedback(useful=False, reason="incomplet, temps gagné 5 min"))


async def found(gaps: Gaps, person: Principal = ROOT) -> Looked:
    steps = [step async for step in gaps.find(person)]
    assert all(isinstance(step, Looking) for step in steps[:-1])
    last = steps[-1]
    assert isinstance(last, Looked)
    return last


@pytest.fixture
async def held(pool: Pool) -> tuple[Collection, Collection]:
    """One collection of the legal affairs, one of the health directorate."""
    async with pool.connection() as connection:
        law = await Catalog().create_collection(connection, "Droit", owner="/DAJ", readers=frozenset())
        health = await Catalog().create_collection(connection, "Santé", owner="/DGS", readers=frozenset())
    return law, health


async def test_a_group_is_told_by_the_words_that_three_people_used_and_by_no_others(
    gaps: Gaps, pool: Pool, held: tuple[Collection, Collection]
) -> None:
    for person, question in enumerate(BICYCLES):
        await asked(pool, f"s-{person}", question, held[:1], refused=person > 0)
    await asked(pool, "s-0", "Quel préavis ?", held)
    await asked(pool, "s-1", "Quel préavis de démission ?", held)
    await asked(pool, "s-1", "Quel préavis donner ?", held)
    assert await found(gaps) == Looked(questions=7, gaps=1)
    [gap] = (await gaps.known(ROOT)).gaps
    assert gap.terms == ["garer", "vélo"]
    assert (gap.questions, gap.people, gap.refused, gap.useless) == (4, 4, 3, 1)
    assert gap.searched == [held[0].id]
    assert gap.first_day <= gap.last_day
    async with pool.connection() as connection:
        kept = str(await all_rows(connection, "select * from gap"))
    assert not any(secret in kept for secret in (NAME.lower(), NAME, "phyrin", "120 005", "sante.fr", "s-0", "Où"))


async def test_names_and_numbers_that_fewer_than_three_people_wrote_are_in_no_words() -> None:
    stems = SparseEncoder().stems
    said = [("a", f"vélo {NAME} {NIR}"), ("a", f"vélo {NAME}"), ("a", NAME), ("b", f"vélo {NAME}"), ("c", "Mon vélo")]
    assert shared_words(said, stems) == ["vélo"]
    everybody = [(person, f"{NIR} jean@sante.fr 0612345678 est-ce que le bonjour") for person in "abcd"]
    assert shared_words(everybody, stems) == []


async def test_who_keeps_collections_sees_groups_of_which_all_searched_collections_are_theirs_and_who_looks_is_recorded(
    gaps: Gaps, pool: Pool, held: tuple[Collection, Collection]
) -> None:
    law, health = held
    for person in range(3):
        await asked(pool, f"s-{person}", "Où garer mon vélo ?", [law])
        await asked(pool, f"s-{person}", "Quel préavis ?", [law, health])
        await asked(pool, f"s-{person}", "Quelle cantine ?", [])
    await found(gaps, GINA)
    shown = {who.username: [[*gap.terms] for gap in (await gaps.known(who)).gaps] for who in (ROOT, GUSTAVE, GINA)}
    assert sorted(shown["root"]) == [["cantine"], ["garer", "vélo"], ["préavis"]]
    assert (shown["gustave"], shown["gina"]) == ([["garer", "vélo"]], [])
    assert (await acts(pool))[-4:] == [Act.GAPS_FOUND, *[Act.GAPS_LISTED] * 3]
    with pytest.raises(Refused):
        await gaps.known(Principal("s-bob", "bob", frozenset({"/DAJ"}), frozenset({Role.AGENT})))


async def test_vectors_are_made_once_and_go_with_their_conversation(
    gaps: Gaps, pool: Pool, embedder: ByWord, held: tuple[Collection, Collection]
) -> None:
    for person in range(3):
        await asked(pool, f"s-{person}", "Où garer mon vélo ?", held)
    assert await gaps.due()
    await found(gaps)
    assert not await gaps.due()
    await found(gaps)
    assert embedder.asked == 3
    async with pool.connection() as connection:
        await connection.execute("update exchange set question = 'Quel préavis ?' where question like 'Où%%'")
    await found(gaps)
    assert embedder.asked == 6
    assert [gap.terms for gap in (await gaps.known(ROOT)).gaps] == [["préavis"]]
    async with pool.connection() as connection:
        await connection.execute("delete from conversation where owner = 's-0'")
        assert len(await all_rows(connection, "select from question_vector")) == 2
    assert await found(gaps) == Looked(questions=2, gaps=0)


def test_questions_join_the_group_whose_first_is_nearest_and_the_order_decides_alone() -> None:
    angles = np.radians([0, 10, 20, 90, 100, 0])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert clusters(vectors, float(np.cos(np.radians(15)))) == [[0, 1, 5], [2], [3, 4]]
    assert clusters(np.empty((0, 2), dtype=np.float32)) == []


def test_what_a_reader_saved_is_read_from_the_words_of_the_dialog() -> None:
    assert Feedback(True, "temps gagné 15 min : merci").saved == 15
    assert Feedback(False, "Périmé, temps gagné aucun").saved == 0
    assert Feedback(False, "périmé, temps gagné plus d’1 h").reasons == ("périmé",)
    assert Feedback(True, "j’ai gagné du temps").saved is None
    assert dt.timedelta(minutes=Feedback(True, "temps gagné 1 h").saved or 0) == dt.timedelta(hours=1)

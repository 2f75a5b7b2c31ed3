"""What is not for a person (yet, or any longer) reaches them by no door: a collection in any of its states, and what
waits in the draft of one that they read."""

from types import ModuleType
from typing import LiteralString

import pytest

from ingestion.publication.parts import Part, draft_of, made_part
from policies import CedarPolicy, PostgresLedger, Principal, Role
from retrieval import Search
from tests.retrieval.small_corpus import Corpus
from tests.ui.doors import Doors, Marks
from ui.chat.passage_links import PassageLinks

READER = Principal("s-lecteur", "lecteur", frozenset({"/DGS"}), frozenset({Role.AGENT}))
NOBODY: frozenset[str] = frozenset()

SHUT: dict[str, LiteralString] = {
    "a draft": "update collection set stage = 'draft' where id = %s",
    "under check": "update collection set stage = 'checking' where id = %s",
    "published for others": "update collection set readers = '{/DAJ}' where id = %s",
    "archived": "update collection set archived = true where id = %s",
    "in the bin": (
        "update collection set deleted_at = now(), deleted_name_key = name_key, name_key = null where id = %s"
    ),
}


@pytest.fixture
def doors(corpus: Corpus, search: Search, policy: CedarPolicy, chat: ModuleType) -> Doors:
    return Doors(corpus, search, policy, PostgresLedger(), PassageLinks(b"tests"))


@pytest.mark.parametrize("state", SHUT)
async def test_a_collection_that_is_not_for_them_leaves_by_no_door(doors: Doors, state: str) -> None:
    marks = await doors.fill([NOBODY, NOBODY])
    stays, shut = marks
    conversation = await doors.remember(READER, marks)
    async with doors.corpus.pool.connection() as connection:
        await connection.execute(SHUT[state], [marks[shut].id])
    assert shut not in await doors.recalled(READER, conversation)
    said = (
        await doors.found(READER),
        await doors.answered(READER, marks),
        await doors.programmed(READER, marks),
        await doors.opened(READER, marks),
        await doors.searched(READER, marks),
    )
    assert [{mark for mark in marks if mark in one} for one in said] == [{stays}] * 5
    assert shut not in await doors.offered(READER)


async def test_what_waits_in_the_draft_of_a_collection_that_they_read_leaves_by_no_door(doors: Doors) -> None:
    marks = await doors.fill([NOBODY])
    [(name, published)] = marks.items()
    waiting: Marks = {}
    for part in Part:
        mark = f"marque-{part.value}-{published.id.hex}"
        async with doors.corpus.pool.connection() as connection:
            beside = draft_of(published, await made_part(connection, published.id, part))
        await doors.corpus._fill(beside, {mark: f"La note sur le congé dit {mark}."}, {})
        waiting[mark] = beside
    said = (
        await doors.found(READER),
        await doors.answered(READER, marks),
        await doors.programmed(READER, marks),
        await doors.opened(READER, waiting),
        await doors.searched(READER, marks),
        await doors.offered(READER),
    )
    for one in said:
        assert {mark for mark in waiting if mark in one} == set()
    assert name in said[0]


async def test_a_document_that_waits_for_a_decision_is_not_opened_by_what_was_cited_before(doors: Doors) -> None:
    marks = await doors.fill([NOBODY])
    [(mark, collection)] = marks.items()
    assert f"dit {mark}." in await doors.opened(READER, marks)
    async with doors.corpus.pool.connection() as connection:
        await connection.execute("update document set state = 'quarantined' where collection_id = %s", [collection.id])
    assert mark not in await doors.opened(READER, marks)

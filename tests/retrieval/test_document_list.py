"""The list of documents: narrowed and sorted as a plain loop would, for who keeps the collections alone."""

import datetime as dt
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from policies import CedarPolicy, PostgresLedger, Principal, Refused, Role
from retrieval import Catalog, Collection, Document, DocumentMetadata, DocumentState, TextKind
from retrieval import document_list as lists
from retrieval.document_filter import DocumentFilter, InForce, Order
from retrieval.document_list import DocumentList, keys_of
from retrieval.errors import CollectionNotFound, PeriodReversed
from ui.database import Pool

TODAY = dt.date(2026, 11, 26)
GINA = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
GUSTAVE = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))


@pytest.fixture
def documents(pool: Pool, policy: CedarPolicy) -> DocumentList:
    return DocumentList(pool, policy, Catalog(), PostgresLedger())


async def collection(pool: Pool, name: str, *held: Document, owner: str = "/DGS") -> Collection:
    """A collection of these documents, each in its state."""
    async with pool.connection() as connection:
        made = await Catalog().create_collection(connection, name, owner=owner, readers={owner})
        await put(connection, made, held)
    return made


async def put(connection: AsyncConnection[object], made: Collection, held: Sequence[Document]) -> None:
    entries = [(replace(one, collection_id=made.id), f"Texte de {one.id}.") for one in held]
    await Catalog().put_documents(connection, entries)
    for one in held:
        values = [one.state, made.id, one.id]
        await connection.execute("update document set state = %s where collection_id = %s and id = %s", values)


def document(identifier: str, metadata: DocumentMetadata | None = None, state: str = "indexed") -> Document:
    known = metadata or DocumentMetadata(f"Titre de {identifier}")
    digest = sha256(identifier.encode()).hexdigest()
    return Document(identifier, UUID(int=0), known, 1, digest, DocumentState(state))


days = st.none() | st.dates(TODAY - dt.timedelta(3), TODAY + dt.timedelta(3))
words = st.text("éEÉœ aA9%_\\.-", max_size=6)
known = st.builds(
    DocumentMetadata,
    title=words,
    number=words,
    kind=st.none() | st.sampled_from([TextKind.NOTE, TextKind.LOI]),
    date=days,
    signed_on=days,
    in_force_from=days,
    repealed_on=days,
    guessed=st.sampled_from([frozenset(), frozenset({"kind"})]),
)
states = st.sampled_from(["indexed", "failed", "pending", "quarantined"])
held = st.lists(st.tuples(known, states), max_size=8).map(
    lambda drawn: [document(f"n{place}-é", one, state) for place, (one, state) in enumerate(drawn)]
)
period = st.tuples(days, days).map(lambda pair: sorted(pair) if None not in pair else pair)  # type: ignore[type-var]
filters = st.builds(
    lambda within, **rest: DocumentFilter(since=within[0], until=within[1], **rest),
    period,
    words=words,
    state=st.none() | st.sampled_from(DocumentState),
    kind=st.none() | st.sampled_from([TextKind.NOTE, TextKind.LOI]),
    in_force=st.none() | st.sampled_from(InForce),
    to_check=st.booleans(),
)


def folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not "\u0300" <= one <= "\u036f").lower()


def shown(one: Document) -> DocumentMetadata:
    return DocumentMetadata("") if one.state is DocumentState.QUARANTINED else one.metadata


def fits(one: Document, wanted: DocumentFilter) -> bool:
    """What the list promises, said plainly."""
    metadata = shown(one)
    day = metadata.signed_on or metadata.date
    starts = metadata.in_force_from or metadata.signed_on
    repealed = metadata.repealed_on is not None and metadata.repealed_on <= TODAY
    later = not repealed and starts is not None and starts > TODAY
    force = InForce.REPEALED if repealed else InForce.LATER if later else InForce.NOW
    text = folded(" ".join([metadata.title, metadata.number, one.id]))
    return all(
        (
            all(word in text for word in folded(wanted.words).split()),
            wanted.state in (None, one.state),
            wanted.kind in (None, metadata.kind),
            wanted.in_force in (None, force),
            wanted.since is None or (day is not None and day >= wanted.since),
            wanted.until is None or (day is not None and day <= wanted.until),
            not wanted.to_check or bool(metadata.guessed),
        )
    )


SORTS: dict[Order, Callable[[Document], object]] = {
    Order.ID: lambda one: one.id,
    Order.STATE: lambda one: (one.state.value, one.id),
    Order.DAY: lambda one: (str(shown(one).signed_on or shown(one).date or ""), one.id),
    Order.KIND: lambda one: (shown(one).kind or "", one.id),
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=held, wanted=filters, order=st.sampled_from(sorted(SORTS)), descending=st.booleans())
async def test_the_list_finds_what_a_plain_loop_finds_in_its_order(
    documents: DocumentList, held: list[Document], wanted: DocumentFilter, order: Order, descending: bool
) -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr(lists, "today", lambda: TODAY)
    async with documents.pool.connection() as connection:
        await connection.execute("delete from collection")
    made = await collection(documents.pool, "Notes", *held)
    expected = sorted((one for one in held if fits(one, wanted)), key=SORTS[order], reverse=descending)  # type: ignore[arg-type]
    page = await documents.page(GINA, wanted, made.id, order=order, descending=descending, offset=1, limit=3)
    async with documents.pool.connection() as connection:
        keys = [key async for key in keys_of(connection, wanted, [made.id])]
    patch.undo()
    assert page.total == len(expected)
    assert [row.document.id for row in page.rows] == [one.id for one in expected[1:4]]
    assert keys == sorted((made.id, one.id) for one in expected)


async def test_the_list_follows_what_becomes_of_a_document(documents: DocumentList) -> None:
    made = await collection(documents.pool, "Notes", document("a"), document("b"))
    async with documents.pool.connection() as connection:
        await Catalog().correct(connection, made.id, "a", {"title": "Congé maternité", "repealed_on": TODAY})
        await connection.execute("delete from document where id = 'b'")
    page = await documents.page(GINA, DocumentFilter(words="CONGE maternite"), made.id)
    assert [row.document.metadata.title for row in page.rows] == ["Congé maternité"]
    assert await documents.count(GINA, DocumentFilter(in_force=InForce.REPEALED), "Notes") == 1
    assert await documents.count(GINA, DocumentFilter()) == 1


async def test_a_page_counts_up_to_a_limit_and_what_is_changed_is_counted_whole(documents: DocumentList) -> None:
    await collection(documents.pool, "Notes", *(document(f"n{n}") for n in range(5)))
    page = await documents.page(GINA, DocumentFilter(), limit=5, most=3)
    assert (page.total, len(page.rows)) == (3, 5)
    assert (await documents.page(GINA, DocumentFilter(), limit=1, most=None)).total == 5
    assert (await documents.page(GINA, DocumentFilter(words="n3"), most=3)).total == 1
    assert (await documents.page(GINA, DocumentFilter(), offset=4, most=3)).total == 5
    assert (await documents.page(GINA, DocumentFilter(), offset=9, most=3)).total == 3
    assert await documents.count(GINA, DocumentFilter()) == 5


async def test_what_waits_for_a_decision_says_no_word_of_its_text(documents: DocumentList) -> None:
    secret = DocumentMetadata("Diffusion restreinte", kind=TextKind.NOTE, number="NOR 42", guessed=frozenset({"kind"}))
    made = await collection(documents.pool, "Notes", document("a.pdf", secret, "quarantined"))
    (row,) = (await documents.page(GINA, DocumentFilter(state=DocumentState.QUARANTINED), made.id)).rows
    assert row.document.metadata == DocumentMetadata("a.pdf")
    for wanted in (
        DocumentFilter(words="restreinte"),
        DocumentFilter(words="NOR"),
        DocumentFilter(kind=TextKind.NOTE),
        DocumentFilter(to_check=True),
    ):
        assert await documents.count(GINA, wanted, made.id) == 0


async def test_documents_of_sources_are_told_from_those_that_somebody_gave(documents: DocumentList) -> None:
    made = await collection(documents.pool, "Notes", document("given"))
    async with documents.pool.connection() as connection:
        row = await connection.execute(
            "insert into source (id, collection_id, name, name_key, kind, location, credentials, principal) "
            "values (gen_random_uuid(), %s, 'Partage', 'partage', 'folder', '/x', '', '{}') returning id",
            [made.id],
        )
        ((source,),) = await row.fetchall()
        await connection.execute(
            "insert into source_entry (source_id, key, document_id) values (%s, 'k', 'd')", [source]
        )
        await put(connection, made, [document("d/inside")])
    followed, given = DocumentFilter(source=source), DocumentFilter(by_hand=True)
    assert [one.document.id for one in (await documents.page(GINA, followed)).rows] == ["d/inside"]
    assert [one.document.id for one in (await documents.page(GINA, given)).rows] == ["given"]
    async with documents.pool.connection() as connection:
        await connection.execute("delete from source")
    assert await documents.count(GINA, DocumentFilter(by_hand=True)) == 2


async def test_nobody_lists_the_documents_of_a_collection_that_they_do_not_keep(documents: DocumentList) -> None:
    theirs = await collection(documents.pool, "Leurs", document("a"), owner="/DAJ")
    agent = replace(GINA, roles=frozenset({Role.AGENT}))
    with pytest.raises(CollectionNotFound):
        await documents.page(GINA, DocumentFilter(), theirs.id)
    assert await documents.count(GINA, DocumentFilter()) == 0
    assert await documents.count(agent, DocumentFilter()) == 0
    assert await documents.count(GUSTAVE, DocumentFilter()) == 1
    with pytest.raises(Refused):
        await documents.page(replace(GUSTAVE, roles=frozenset({Role.AGENT})), DocumentFilter(), theirs.id)


def test_a_period_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(PeriodReversed):
        DocumentFilter(since=TODAY, until=TODAY - dt.timedelta(1))

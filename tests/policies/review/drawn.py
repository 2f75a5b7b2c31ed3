"""Records as chance would have them, put into the ledger with any time, over the bound between two blocks."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from hypothesis import strategies as st

from policies import Act, Event, Json, Principal, Record, Role
from policies.audit.body import body, salted
from policies.review.pseudonyms import Pseudonyms
from ui.database import Pool
from ui.database_roles import as_owner

PSEUDONYMS = Pseudonyms(bytes(32))

# Blocks of the review's index begin at multiples of 32,768; the records lie on both sides of one.
FIRST = 32_768 - 12

COLLECTIONS = [str(UUID(int=number)) for number in range(3)]
DOCUMENTS = ["F1", "F2", "l’arrêté.pdf"]
EXCHANGES = [str(UUID(int=number)) for number in range(100, 104)]
SESSIONS = [str(UUID(int=number)) for number in range(200, 202)]
NAMES = ["Notes de service", "Été 2026", "notes"]
PEOPLE = [
    Principal(f"s-{name}", name, frozenset({"/DGS"}), frozenset({Role.AGENT}), origin, session)
    for name, origin, session in (
        ("camille", "192.0.2.7", SESSIONS[0]),
        ("dominique", "192.0.2.8", SESSIONS[1]),
        ("claude", "commande", ""),
    )
]

collections, documents, exchanges = map(st.sampled_from, (COLLECTIONS, DOCUMENTS, EXCHANGES))
passage: st.SearchStrategy[Json] = st.builds(
    lambda collection, document: {"collection_id": collection, "document_id": document, "version": 1},
    collections,
    documents,
)
passages: st.SearchStrategy[Json] = st.lists(passage, max_size=3)
acts: dict[Act, st.SearchStrategy[dict[str, Json]]] = {
    Act.QUESTION_ASKED: st.fixed_dictionaries(
        {
            "answer_id": exchanges,
            "passages": passages,
            "searched": st.lists(st.sampled_from(NAMES), max_size=2),
            "decision": st.sampled_from(["answer", "refuse"]),
        }
    ),
    Act.ANSWER_GIVEN: st.fixed_dictionaries(
        {
            "answer_id": exchanges,
            "cited": passages,
            "suspicious": passages,
            "refused": st.booleans(),
            "unsupported": st.integers(0, 1),
        }
    ),
    Act.DOCUMENT_OPENED: st.fixed_dictionaries({"collection": collections, "document": documents}),
    Act.POLICY_EXPLAINED: st.fixed_dictionaries(
        {"subject": st.sampled_from([one.subject for one in PEOPLE]), "allowed": st.booleans()}
    ),
    Act.SIGNED_IN: st.just({}),
}
events = st.sampled_from(sorted(acts)).flatmap(
    lambda act: st.builds(Event, st.just(act), st.sampled_from(PEOPLE), acts[act])
)
# The clock is set back now and then; some moments are of another day in Paris than in Greenwich.
moments = st.sampled_from(
    [dt.datetime(2026, 3, day, hour, 30, tzinfo=dt.UTC) for day in (1, 2, 5) for hour in (12, 22, 23)]
)
happened = st.lists(st.tuples(events, moments), min_size=4, max_size=25)


async def put_in(pool: Pool, happened: Sequence[tuple[Event, dt.datetime]]) -> list[Record]:
    """Append these as if it had been then; gives them as records."""
    async with as_owner(pool) as connection:
        row = await (await connection.execute("select max(index) + 1 from ledger_record")).fetchone()
        start = (row and row[0]) or FIRST
        records = [
            Record(start + place, at, body(event, at, salted(event))) for place, (event, at) in enumerate(happened)
        ]
        for one in records:
            await connection.execute(
                "insert into ledger_record (index, at, body) values (%s, %s, %s)", [one.index, one.at, one.body]
            )
        if records and start == FIRST:
            await connection.execute("insert into ledger_head (size) values (%s)", [FIRST + 1])
        for size in range(max(start, FIRST + 1) + 1, start + len(records) + 1):
            await connection.execute("update ledger_head set size = %s", [size])
    return records

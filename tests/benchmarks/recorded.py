"""Records of a ministry's year, in the shape that they really have, copied into the ledger and the review's tables."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from policies import Act, Event, Json, Principal, Role
from policies.audit.body import body, salted
from policies.review import projection_queries as queries
from policies.review.bodies import read_body
from policies.review.keys import KEYS, keys
from policies.review.pseudonyms import Pseudonyms
from ui.database import Pool
from ui.database_roles import as_owner

Connection = AsyncConnection[Any]

PSEUDONYMS = Pseudonyms(bytes(32))
START = dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
EVERY = dt.timedelta(seconds=3.15)  # ten million a year

PEOPLE = 5_000
COLLECTIONS = [str(UUID(int=number + 1)) for number in range(60)]
RECENT = 55  # of them; the others were in use at the beginning only
OLD = 100_000  # records, among which they are
DOCUMENTS = 20_000
TEMPLATES = 6_000
NAMES = [f"{kind} {of}" for kind in ("Notes", "Circulaires", "Fiches", "Guides") for of in ("DGS", "DGOS", "santé")]

# In the place of these each record has its own.
NOBODY = Principal("s-000000", "u-000000", frozenset({"/DGS/Bureau-A"}), frozenset({Role.AGENT}), "10.0.0.0")
EXCHANGE = str(UUID(int=2**128 - 1))

LEDGER = "copy ledger_record (index, at, body) from stdin (format binary)"
INDEXES = (
    "create index review_record_by_person on review_record (who, index) where who <> ''",
    "create index review_record_by_term on review_record using gin (review_terms(index, act, who, keys)) "
    "with (gin_pending_list_limit = 262144)",
    "alter table review_record add primary key (index)",
    "vacuum (analyze) review_record",
    "vacuum (analyze) ledger_record",
)


@dataclass(frozen=True, slots=True)
class Template:
    """A record whose person and exchange are to be put in."""

    act: str
    body: bytes
    keys: tuple[str, ...]
    exchanged: bool
    old: bool


@dataclass(frozen=True, slots=True)
class Person:
    """What of a person stands in records."""

    subject: bytes
    username: bytes
    address: bytes
    who: str
    origin: str


# Index, time, and what the record is made of.
Made = tuple[int, dt.datetime, Template, Person, str]


def day_of(index: int) -> dt.date:
    """The day of a record."""
    return (START + index * EVERY).date()


async def fill(pool: Pool, records: int) -> None:
    """So many records, read into the review, with its indexes made last."""
    async with as_owner(pool) as owner:
        await owner.execute("set maintenance_work_mem = '1GB'")
        await owner.execute("drop index review_record_by_person, review_record_by_term")
        await owner.execute("alter table review_record drop constraint review_record_pkey")
        await _copy(owner, 0, records)
        await _project(owner, records)
        await owner.execute(queries.PUT_DAYS, [0])
        await owner.execute(queries.PUT_USE, [0])
        scheme = f"{KEYS} {PSEUDONYMS.of('scheme')}"
        await owner.execute(queries.PUT_HEAD, {"next": records, "scheme": scheme})
        await owner.execute("insert into ledger_head (size) values (%s)", [records])
        await owner.commit()
        await owner.set_autocommit(True)
        for index in INDEXES:
            await owner.execute(index)


async def unread(pool: Pool, first: int, last: int) -> None:
    """More records, up to that index, that the review has not read."""
    async with as_owner(pool) as owner:
        await owner.execute("set local session_replication_role = replica")  # the head counts up by one else
        await owner.execute("update ledger_head set size = %s", [last])
        await _copy(owner, first, last)


async def _copy(owner: Connection, first: int, last: int) -> None:
    async with owner.cursor() as cursor, cursor.copy(LEDGER) as copy:
        copy.set_types(("int8", "timestamptz", "bytea"))
        for index, at, template, person, exchange in made(first, last):
            written = template.body.replace(b"s-000000", person.subject).replace(b"u-000000", person.username)
            written = written.replace(b"10.0.0.0", person.address).replace(EXCHANGE.encode(), exchange.encode())
            await copy.write_row((index, at, written))


async def _project(owner: Connection, last: int) -> None:
    async with owner.cursor() as cursor, cursor.copy(queries.COPY) as copy:
        copy.set_types(queries.COLUMNS)
        for index, at, template, person, exchange in made(0, last):
            own = [f"exchange:{exchange}", person.origin] if template.exchanged else [person.origin]
            await copy.write_row((index, at, template.act, person.who, [*template.keys, *own]))


def made(first: int, last: int) -> Iterator[Made]:
    """The records from one index up to another, each time the same."""
    draw = random.Random(first)  # noqa: S311
    people, templates, exchange = _people(), _templates(random.Random(11)), EXCHANGE  # noqa: S311
    recent = [one for one in templates if not one.old]
    for index in range(first, last):
        template = draw.choice(templates if index < OLD else recent)
        if template.act == Act.QUESTION_ASKED:  # what follows is about this one
            exchange = str(UUID(int=index))
        at = START + index * EVERY
        yield index, at, template, people[int(PEOPLE * draw.random() ** 2)], exchange


def _people() -> list[Person]:
    """Many, of whom the first do most."""
    return [
        Person(
            subject=f"s-{number:06}".encode(),
            username=f"u-{number:06}".encode(),
            address=(address := f"10.1.{number // 250}.{number % 250}").encode(),
            who=PSEUDONYMS.of(f"s-{number:06}"),
            origin=f"from:{PSEUDONYMS.of_address(address)}",
        )
        for number in range(PEOPLE)
    ]


def _templates(draw: random.Random) -> list[Template]:
    return [_template(draw, old=number < TEMPLATES * 0.03) for number in range(TEMPLATES)]


def _template(draw: random.Random, *, old: bool) -> Template:
    act = draw.choices([*ACTS], [share for share, _ in ACTS.values()])[0]
    collections = COLLECTIONS[RECENT:] if old else COLLECTIONS[:RECENT]
    event = Event(act, NOBODY, ACTS[act][1](draw, collections))
    written = body(event, START, salted(event))
    named = keys(read_body(written), PSEUDONYMS)
    own = (f"exchange:{EXCHANGE}", f"from:{PSEUDONYMS.of_address('10.0.0.0')}")
    return Template(act.value, written, tuple(key for key in named if key not in own), own[0] in named, old)


def _passages(draw: random.Random, collections: Sequence[str], most: int) -> list[Json]:
    """The first collections and documents much more often than the last."""
    return [
        {
            "collection_id": collections[int(len(collections) * draw.random() ** 2)],
            "document_id": f"F{int(DOCUMENTS * draw.random() ** 2)}",
            "version": 1,
            "chunk": draw.randrange(20),
            "score": draw.random(),
        }
        for _ in range(most)
    ]


def _asked(draw: random.Random, collections: Sequence[str]) -> dict[str, Json]:
    basis: dict[str, Json] = {"embedding": "multilingual-e5-small", "chunks": 90_000, "similarity": 0.8, "nearest": 0.8}
    return {
        "answer_id": EXCHANGE,
        "searched": [draw.choice(NAMES), draw.choice(NAMES)],
        "on": "2026-11-01",
        "passages": _passages(draw, collections, 8),
        "basis": basis | {"around": 0.7, "coverage": 0.6, "named": False, "attached": False, "by_words_alone": False},
        "thresholds": "0" * 64,
        "decision": "answer" if draw.random() < 0.8 else "refuse",
    }


def _given(draw: random.Random, collections: Sequence[str]) -> dict[str, Json]:
    return {
        "answer_id": EXCHANGE,
        "engine": "principal",
        "model": "mistral-small-3.2",
        "prompt": "0" * 64,
        "refused": draw.random() < 0.2,
        "extracted": draw.random() < 0.05,
        "supported": draw.randrange(6),
        "unsupported": int(draw.random() < 0.15),
        "dropped": 0,
        "suspicious": _passages(draw, collections, 1) if draw.random() < 0.01 else [],
        "suspicious_question": draw.random() < 0.005,
        "cited": _passages(draw, collections, 3),
    }


def _searched(draw: random.Random, collections: Sequence[str]) -> dict[str, Json]:
    passages = _passages(draw, collections, 10)
    return {"searched": [draw.choice(NAMES)], "on": "2026-11-01", "limit": 10, "context": 0, "passages": passages}


def _opened(draw: random.Random, collections: Sequence[str]) -> dict[str, Json]:
    [place] = _passages(draw, collections, 1)
    assert isinstance(place, dict)
    return {"collection": place["collection_id"], "document": place["document_id"], "version": 1, "start": 0, "end": 99}


def _indexed(draw: random.Random, collections: Sequence[str]) -> dict[str, Json]:
    [place] = _passages(draw, collections, 1)
    assert isinstance(place, dict)
    return {**{name: place[name] for name in ("collection_id", "document_id", "version")}, "chunks": 12}


def _conversation(draw: random.Random, collections: Sequence[str]) -> dict[str, Json]:
    return {"conversation": str(UUID(int=draw.randrange(10**6))), "exchange": EXCHANGE, "useful": draw.random() < 0.7}


def _session(draw: random.Random, collections: Sequence[str]) -> dict[str, Json]:
    return {"session": str(UUID(int=draw.randrange(10**6)))}


def _refused(draw: random.Random, collections: Sequence[str]) -> dict[str, Json]:
    rules: list[Json] = ["agent-reads-collection-of-their-group"]
    return {"action": "read", "collection_id": draw.choice(collections), "rules": rules}


# How often each act is among a hundred, and what its details are.
ACTS: dict[Act, tuple[int, Callable[[random.Random, Sequence[str]], dict[str, Json]]]] = {
    Act.QUESTION_ASKED: (20, _asked),
    Act.ANSWER_GIVEN: (20, _given),
    Act.SEARCHED: (15, _searched),
    Act.DOCUMENT_OPENED: (15, _opened),
    Act.DOCUMENT_INDEXED: (6, _indexed),
    Act.FEEDBACK_GIVEN: (5, _conversation),
    Act.SIGNED_IN: (9, _session),
    Act.SIGNED_OUT: (9, _session),
    Act.REFUSED: (1, _refused),
}

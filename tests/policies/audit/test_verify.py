"""Whatever is changed straight in the database, the verification finds the first of it and names it."""

# ruff: noqa: S608 - the statements are the damage

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from policies import Checkpoints
from policies.audit.finding import Finding, Verified, What
from policies.audit.shipped import Shipped
from policies.audit.trust import Trust
from policies.audit.verify import verify
from tests.policies.audit.ledgers import SmallLedger
from ui.database import Pool
from ui.database_roles import as_owner

RUNS = (3, 1, 9, 20, 4)
SIZE = sum(RUNS)  # records
SIGNED = (3, 4, 13, 33, 37)  # sizes of the checkpoints

# The tree as whoever rewrites the database makes it anew.
REBUILT = r"""
delete from ledger_node;
insert into ledger_node select 0, index, sha256('\x00'::bytea || body) from ledger_record;
"""
REBUILT_LEVEL = r"""
insert into ledger_node select {level}, l.index / 2, sha256('\x01'::bytea || l.hash || r.hash)
from ledger_node l join ledger_node r on r.level = l.level and r.index = l.index + 1
where l.level = {level} - 1 and l.index % 2 = 0
"""
# By way of numbers that are free.
RENUMBER = (
    "update ledger_record set index = index + 1000 where index {which}; "
    "update ledger_record set index = {back} where index >= 1000"
)
INSERT = (
    "insert into ledger_record select {index}, at, "
    "convert_to(replace(convert_from(body, 'UTF8'), '\"documents\":', '\"documents\":9'), 'UTF8') "
    "from ledger_record where index = {like}"
)
CHANGE = (
    "update ledger_record set body = convert_to(replace(convert_from(body, 'UTF8'), 'camille', 'dominique'), 'UTF8') "
    "where index = {index}"
)


def changed_leaf(index: int) -> str:
    return f"update ledger_node set hash = sha256(hash) where level = 0 and index = {index}"


def rebuilt() -> list[str]:
    return [REBUILT, *(REBUILT_LEVEL.format(level=level) for level in range(1, 7))]


@dataclass(frozen=True)
class Damage:
    """What somebody does, and what is to be found: of which kind and about which record, with and without a place."""

    statements: list[str]
    kinds: set[What]
    index: int
    alone: bool = True  # whether it is found without a place, too


def changed(draw: random.Random) -> Damage:
    index = draw.randrange(SIZE)
    return Damage([CHANGE.format(index=index)], {What.CHANGED}, index)


def redated(draw: random.Random) -> Damage:
    index = draw.randrange(SIZE)
    return Damage([f"update ledger_record set at = at - interval '1 s' where index = {index}"], {What.TIME}, index)


def deleted(draw: random.Random) -> Damage:
    index = draw.randrange(SIZE)
    return Damage([f"delete from ledger_record where index = {index}"], {What.MISSING}, index)


def deleted_and_renumbered(draw: random.Random) -> Damage:
    index = draw.randrange(SIZE - 1)
    renumber = RENUMBER.format(which=f"> {index}", back="index - 1001")
    return Damage([f"delete from ledger_record where index = {index}", renumber], {What.MISSING}, index)


def inserted(draw: random.Random) -> Damage:
    index = draw.randrange(SIZE)
    renumber = RENUMBER.format(which=f">= {index}", back="index - 999")
    like = index - 1 if index else 1
    statements = [renumber, INSERT.format(index=index, like=like), "update ledger_head set size = size + 1"]
    return Damage(statements, {What.INSERTED}, index)


def swapped(draw: random.Random) -> Damage:
    first, second = sorted(draw.sample(range(SIZE), 2))
    back = f"case index - 1000 when {first} then {second} else {first} end"
    return Damage([RENUMBER.format(which=f"in ({first}, {second})", back=back)], {What.MOVED}, first)


def cut(draw: random.Random) -> Damage:
    """Of the records and the counter."""
    size = draw.randrange(1, SIZE)
    statements = [f"delete from ledger_record where index >= {size}", f"update ledger_head set size = {size}"]
    return Damage(statements, {What.MISSING}, size)


def leaf_changed(draw: random.Random) -> Damage:
    index = draw.randrange(SIZE)
    return Damage([changed_leaf(index)], {What.NODE, What.CHANGED}, index)


def node_changed(draw: random.Random) -> Damage:
    level = draw.randrange(1, 6)
    index = draw.randrange(SIZE >> level)
    statement = f"update ledger_node set hash = sha256(hash) where level = {level} and index = {index}"
    return Damage([statement], {What.NODE}, index << level)


def node_deleted(draw: random.Random) -> Damage:
    level = draw.randrange(6)
    index = draw.randrange(SIZE >> level)
    return Damage([f"delete from ledger_node where level = {level} and index = {index}"], {What.NODE}, index << level)


def node_added(draw: random.Random) -> Damage:
    level = draw.randrange(1, 9)
    index = (SIZE >> level) + draw.randrange(3)
    return Damage([f"insert into ledger_node values ({level}, {index}, sha256(''))"], {What.NODE}, index << level)


def leaf_added(draw: random.Random) -> Damage:
    return Damage([f"insert into ledger_node values (0, {SIZE}, sha256(''))"], {What.MISSING}, SIZE)


def checkpoint_deleted(draw: random.Random) -> Damage:
    number = draw.randrange(len(SIGNED))
    since = SIGNED[number - 1] if number else 0
    statement = f"delete from ledger_checkpoint where size = {SIGNED[number]}"
    return Damage([statement], {What.CHECKPOINT}, since, alone=number == len(SIGNED) - 1)


def checkpoint_changed(draw: random.Random) -> Damage:
    """In its size, time, root or signature."""
    number = draw.randrange(len(SIGNED))
    line = draw.choice(["E'^.*?\\n', 'autre\\n'", "E'\\n\\\\d+\\n', E'\\n1\\n'", "'2026', '2027'", "'=\\n$', E'A=\\n'"])
    statement = f"update ledger_checkpoint set note = regexp_replace(note, {line}) where size = {SIGNED[number]}"
    return Damage([statement], {What.SIGNATURE}, SIGNED[number - 1] if number else 0)


def checkpoint_moved(draw: random.Random) -> Damage:
    """One takes the place of another."""
    number = draw.randrange(1, len(SIGNED))
    statement = (
        f"update ledger_checkpoint set note = (select note from ledger_checkpoint where size = {SIGNED[number - 1]}) "
        f"where size = {SIGNED[number]}"
    )
    return Damage([statement], {What.CHECKPOINT}, SIGNED[number - 1])


def checkpoint_added(draw: random.Random) -> Damage:
    statement = f"insert into ledger_checkpoint select {SIZE + 5}, at, note from ledger_checkpoint where size = {SIZE}"
    return Damage([statement], {What.CUT}, SIZE)


def miscounted(draw: random.Random) -> Damage:
    size = SIZE + draw.randrange(1, 4)
    return Damage([f"update ledger_head set size = {size}"], {What.MISSING}, SIZE)


def changed_with_the_tree(draw: random.Random) -> Damage:
    """The nodes are those of the rewritten records: without a place it can only be told between which checkpoints."""
    index = draw.randrange(SIZE)
    return Damage([CHANGE.format(index=index), *rebuilt()], {What.CHANGED, What.CHECKPOINT}, index)


def deleted_with_the_tree(draw: random.Random) -> Damage:
    damage = deleted_and_renumbered(draw)
    statements = [*damage.statements, f"update ledger_head set size = {SIZE - 1}", *rebuilt()]
    return Damage(statements, {What.MISSING, What.CHECKPOINT, What.CUT}, damage.index)


def rolled_back(draw: random.Random) -> Damage:
    """All tables are those of an earlier moment: only a place remembers."""
    size = draw.choice(SIGNED[:-1])
    statements = [
        f"delete from ledger_record where index >= {size}",
        f"update ledger_head set size = {size}",
        f"delete from ledger_node where index + 1 << level::integer > {size}",
        f"delete from ledger_checkpoint where size > {size}",
    ]
    return Damage(statements, {What.CUT}, size, alone=False)


DAMAGES: list[Callable[[random.Random], Damage]] = [
    changed,
    redated,
    deleted,
    deleted_and_renumbered,
    inserted,
    swapped,
    cut,
    leaf_changed,
    leaf_added,
    node_changed,
    node_deleted,
    node_added,
    checkpoint_deleted,
    checkpoint_changed,
    checkpoint_moved,
    checkpoint_added,
    miscounted,
    changed_with_the_tree,
    deleted_with_the_tree,
    rolled_back,
]
DRAWS = 12  # of each


@pytest.fixture
async def ledger(pool: Pool, tmp_path: Path) -> SmallLedger:
    ledger = SmallLedger(pool, tmp_path / "ailleurs")
    await ledger.grow(*RUNS)
    return ledger


@pytest.fixture
async def aged(pool: Pool, tmp_path: Path) -> SmallLedger:
    """One that was signed so long ago that its records may be purged."""
    ledger = SmallLedger(pool, tmp_path / "autrefois")
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=185)
    ledger.checkpoints = Checkpoints(pool, [ledger.key], clock=lambda: long_ago)
    await ledger.grow(*RUNS)
    return ledger


async def found_after(ledger: SmallLedger, statements: list[str], *, outside: bool) -> Finding | None:
    """What is found once somebody with all rights has done this; the database then forgets it."""
    shipped = [await Shipped.of(ledger.place)] if outside else []
    async with as_owner(ledger.pool) as connection:
        await connection.execute("set session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement.encode())
        *_, last = [seen async for seen in verify(connection, Trust([ledger.key.public]), shipped)]
        await connection.rollback()
    assert isinstance(last, Verified)
    return last.finding


async def test_a_ledger_that_nobody_touched_holds(ledger: SmallLedger) -> None:
    verified = await ledger.verified()
    assert verified.finding is None
    assert (verified.records, verified.sealed, verified.checkpoints) == (SIZE, SIZE, len(RUNS))
    assert verified.places == {str(ledger.folder): len(RUNS)}


async def test_the_first_damage_is_found_and_named(ledger: SmallLedger) -> None:
    draw = random.Random(9)  # noqa: S311
    for damage in (damaging(draw) for damaging in DAMAGES for _ in range(DRAWS)):
        found = await found_after(ledger, damage.statements, outside=True)
        assert found is not None, damage
        assert (found.kind in damage.kinds, found.index) == (True, damage.index), (damage, found)
        alone = await found_after(ledger, damage.statements, outside=False)
        assert (alone is not None) == damage.alone, (damage, alone)
        if alone is not None:  # perhaps it can only be told between which checkpoints
            assert alone.kind in damage.kinds, (damage, alone)
            assert alone.index <= damage.index, (damage, alone)


# Made of the last record of the ledger.
PURGED = """
insert into ledger_record select {index}, at, convert_to(regexp_replace(replace(
    convert_from(body, 'UTF8'), 'quarantine.listed', 'ledger.purged'),
    '"details":{{[^}}]*}}', '"details":{{"from":{first},"kept":{kept},"to":{end}}}'), 'UTF8')
from ledger_record where index = {like};
delete from ledger_record where index in ({gone})
"""


def purge(first: int, end: int, kept: str, gone: str) -> list[str]:
    """Records go, and another one, the next, says which."""
    told = PURGED.format(index=SIZE, first=first, end=end, kept=kept, gone=gone, like=SIZE - 1)
    return [told, f"update ledger_head set size = {SIZE + 1}"]


async def test_what_the_rules_of_retention_purged_may_lack_and_nothing_else(aged: SmallLedger) -> None:
    assert await found_after(aged, purge(2, 6, "[[3,5]]", "2, 5"), outside=True) is None
    for gone, index in (("2, 3, 5", 3), ("2, 6", 6), ("1, 2", 1)):
        found = await found_after(aged, purge(2, 6, "[[3,5]]", gone), outside=True)
        assert found is not None
        assert (found.kind, found.index) == (What.MISSING, index)
    found = await found_after(aged, [*purge(2, 6, "[]", "2"), changed_leaf(2)], outside=True)
    assert found is not None
    assert (found.kind, found.index) == (What.NODE, 2)


async def test_a_purge_of_what_was_signed_lately_is_not_believed(ledger: SmallLedger) -> None:
    found = await found_after(ledger, purge(2, 6, "[]", "2, 5"), outside=True)
    assert found is not None
    assert (found.kind, found.index) == (What.MISSING, 2)


async def test_a_record_cannot_say_that_it_was_purged_itself(aged: SmallLedger) -> None:
    found = await found_after(aged, purge(0, SIZE + 5, "[]", "4"), outside=True)
    assert found is not None
    assert (found.kind, found.index) == (What.MISSING, 4)

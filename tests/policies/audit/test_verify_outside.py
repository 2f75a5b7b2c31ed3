"""What keys and places outside the database show that the database itself cannot."""

import os
from pathlib import Path

import pytest

from policies import Act, Checkpoints, Event, PostgresLedger, SigningKey
from policies.audit.finding import Finding, What
from policies.audit.folder_place import FolderPlace
from policies.audit.places import sizes
from policies.audit.shipping import Shipping
from policies.errors import PlaceUnreachable
from tests.policies.audit.ledgers import SOMEBODY, SmallLedger
from ui.database import Pool
from ui.database_roles import as_owner

EMPTIED = "truncate ledger_content, ledger_record, ledger_head, ledger_node, ledger_checkpoint"


@pytest.fixture
async def ledger(pool: Pool, tmp_path: Path) -> SmallLedger:
    ledger = SmallLedger(pool, tmp_path / "ailleurs")
    await ledger.grow(3, 5, 4)
    return ledger


async def emptied(ledger: SmallLedger) -> None:
    """Somebody with the database's own credential begins anew."""
    async with as_owner(ledger.pool) as owner:
        await owner.execute("set session_replication_role = replica")
        await owner.execute(EMPTIED)


async def rotated(ledger: SmallLedger) -> SigningKey:
    """A new key, as the product changes it."""
    new = SigningKey.generated(ledger.key.name)
    async with ledger.pool.connection() as connection:
        event = Event(Act.AUDIT_KEY_ROTATED, SOMEBODY, {"old": ledger.key.vkey, "new": new.vkey})
        await PostgresLedger().append(connection, event)
    ledger.checkpoints.keys = (ledger.key, new)
    await ledger.grow(1)
    ledger.checkpoints.keys = (new,)
    await ledger.grow(2)
    return new


def named(found: Finding | None) -> tuple[What, int] | None:
    return (found.kind, found.index) if found else None


async def test_a_whole_ledger_made_anew_with_the_same_key_is_not_the_one_that_was_signed(ledger: SmallLedger) -> None:
    await emptied(ledger)
    other = SmallLedger(ledger.pool, ledger.folder.with_name("autre"), ledger.key)
    await other.grow(3, 5, 4)
    assert await ledger.found(outside=False) is None  # the database alone cannot tell
    assert named(await ledger.found()) == (What.CHANGED, 0)  # another time of day


async def test_a_whole_ledger_signed_with_another_key_is_not_believed(ledger: SmallLedger) -> None:
    await emptied(ledger)
    other = SmallLedger(ledger.pool, ledger.folder.with_name("autre"), SigningKey.generated(ledger.key.name))
    await other.grow(3, 5, 4)
    found = await ledger.found(outside=False)
    assert named(found) == (What.SIGNATURE, 0)


async def test_two_checkpoints_over_as_many_records_are_a_fork(ledger: SmallLedger) -> None:
    async with as_owner(ledger.pool) as owner:
        await owner.execute("set session_replication_role = replica")
        await owner.execute("delete from ledger_checkpoint where size = 12")
        await owner.execute("delete from ledger_node where index + 1 << level::integer > 8")
    await Checkpoints(ledger.pool, [ledger.key]).take()
    assert await ledger.found(outside=False) is None
    assert named(await ledger.found()) == (What.FORK, 8)


async def test_who_trusts_the_first_key_follows_to_the_next(ledger: SmallLedger) -> None:
    new = await rotated(ledger)
    assert (await ledger.verified(keys=[ledger.key.public])).finding is None
    assert (await ledger.verified(keys=[ledger.key.public, new.public])).finding is None


async def test_a_record_alone_hands_over_to_nobody(ledger: SmallLedger) -> None:
    thief = SigningKey.generated(ledger.key.name)
    async with ledger.pool.connection() as connection:
        event = Event(Act.AUDIT_KEY_ROTATED, SOMEBODY, {"old": ledger.key.vkey, "new": thief.vkey})
        await PostgresLedger().append(connection, event)
    await ledger.grow(1)  # signed by the ledger's own key alone
    assert (await ledger.verified([], [ledger.key.public])).finding is None
    async with ledger.pool.connection() as connection:
        await PostgresLedger().append(connection, event)
    await Checkpoints(ledger.pool, [thief], trusted=[ledger.key.public]).take()
    assert named((await ledger.verified([], [ledger.key.public])).finding) == (What.SIGNATURE, 14)


async def test_the_old_key_signs_nothing_any_more(ledger: SmallLedger) -> None:
    await rotated(ledger)
    ledger.checkpoints.keys = (ledger.key,)
    checkpoints = Checkpoints(ledger.pool, [ledger.key], trusted=ledger.checkpoints._trusted)
    async with as_owner(ledger.pool) as owner:
        await owner.execute("set session_replication_role = replica")
        await owner.execute("delete from ledger_checkpoint where size = 16")
        await owner.execute("delete from ledger_node where index + 1 << level::integer > 14")
    await checkpoints.take()
    found = (await ledger.verified([], [ledger.key.public])).finding
    assert named(found) == (What.SIGNATURE, 14)


async def test_a_ledger_that_hides_its_change_of_keys_is_not_believed_by_who_knows_the_new_one(
    ledger: SmallLedger,
) -> None:
    later = SigningKey.generated(ledger.key.name)
    found = (await ledger.verified([], [ledger.key.public, later.public])).finding
    assert named(found) == (What.SIGNATURE, 12)


async def test_a_verification_may_begin_at_a_checkpoint(ledger: SmallLedger) -> None:
    verified = await ledger.verified(start=9)
    assert (verified.finding, verified.start, verified.records, verified.checkpoints) == (None, 8, 4, 1)


def note_of(ledger: SmallLedger, size: int) -> Path:
    (note,) = ledger.folder.glob(f"*/*/*/{size:020}.note")
    return note


def shortened(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 32)


def flipped(path: Path) -> None:
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])


async def test_a_place_that_was_touched_is_told_from_a_ledger_that_was(ledger: SmallLedger) -> None:
    note = note_of(ledger, 8)
    kept = {path: path.read_bytes() for path in (note, note.with_suffix(".leaves"))}
    for change in (flipped, shortened):
        for path, content in kept.items():
            change(path)
            found = await ledger.found()
            assert found is not None, (change, path)
            assert found.kind is What.PLACE, (change, path, found)
            path.write_bytes(content)
    for path in kept:
        path.unlink()
    assert named(await ledger.found()) == (What.PLACE, 3)


async def test_a_second_checkpoint_of_one_size_under_another_day_is_a_fork(ledger: SmallLedger) -> None:
    note = note_of(ledger, 8)
    for day in ("1999/01/01", "2999/01/01"):
        other = ledger.folder / day / note.name
        other.parent.mkdir(parents=True)
        for path in (note, note.with_suffix(".leaves")):
            other.with_suffix(path.suffix).write_bytes(path.read_bytes())
        assert named(await ledger.found()) == (What.FORK, 3)
        for path in (other, other.with_suffix(".leaves")):
            path.unlink()


async def test_hashes_that_are_too_many_are_told(ledger: SmallLedger) -> None:
    for size, index in ((3, 0), (8, 3)):
        leaves = note_of(ledger, size).with_suffix(".leaves")
        kept = leaves.read_bytes()
        leaves.write_bytes(bytes(32) + kept)
        assert named(await ledger.found()) == (What.PLACE, index)
        leaves.write_bytes(kept)


async def test_a_checkpoint_of_another_ledger_is_not_taken_for_ours(ledger: SmallLedger) -> None:
    note_of(ledger, 12).write_text(
        "autre/registre\n12\n" + "A" * 43 + "=\n2026-01-01T00:00:00.000000+00:00\n\n— a AAAA\n"
    )
    found = await ledger.found()
    assert found is not None
    assert (found.kind, "pas le nôtre" in found.sentence) == (What.PLACE, True)


async def test_a_place_that_was_away_gets_all_that_it_lacks(pool: Pool, tmp_path: Path) -> None:
    folder = tmp_path / "montage"
    folder.touch()  # nothing is mounted there
    ledger = SmallLedger(pool, folder)
    await ledger.grow(2, 3)
    shipping = Shipping(pool, [ledger.place])
    await shipping.ship()
    with pytest.raises(PlaceUnreachable, match="montage"):
        await shipping.lacking(ledger.place)
    folder.unlink()
    assert [held.size for held in await shipping.lacking(ledger.place)] == [2, 5]
    await ledger.grow(1)
    await shipping.ship()
    assert sorted(await sizes(FolderPlace(folder))) == [2, 5, 6]
    assert await shipping.lacking(ledger.place) == []
    assert await ledger.found() is None

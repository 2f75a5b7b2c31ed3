"""The key that signs the ledger: made once, looked after, changed without a gap, and never shown."""

import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from policies import Act, Checkpoint, Event, Held, NoteInvalid, PostgresLedger, Principal, SigningKey
from policies.audit.note import opened
from ui.auditing import Auditing, audit_keys, open_auditing
from ui.database import DatabaseSettings, Pool
from ui.errors import AuditKeyUnusable
from ui.lost_key import replace_lost_key
from ui.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, postgres: DatabaseSettings) -> Settings:
    (tmp_path / "home").mkdir()
    return Settings(home=tmp_path / "home", postgres=postgres.url)


@asynccontextmanager
async def at_work(settings: Settings, pool: Pool, person: Principal) -> AsyncIterator[Auditing]:
    """A process that records something and signs it as it ends."""
    async with open_auditing(settings, pool, PostgresLedger()) as auditing:
        async with pool.connection() as connection:
            await PostgresLedger().append(connection, Event(Act.GROUPS_LISTED, person))
        yield auditing


async def checkpoints(pool: Pool, auditing: Auditing) -> list[Held]:
    async with pool.connection() as connection:
        return await auditing.checkpoints.all(connection)


async def test_a_key_is_made_once_for_its_owner_alone(settings: Settings, pool: Pool, agent: Principal) -> None:
    async with at_work(settings, pool, agent) as first:
        pass
    async with at_work(settings, pool, agent) as second:
        pass
    assert first.checkpoints.keys[0].vkey == second.checkpoints.keys[0].vkey
    path = settings.home / "audit" / "signing.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    (public,) = second.keys.public()
    for held in await checkpoints(pool, second):
        assert Checkpoint.parse(opened(held.note, [public]).text).origin == public.name
    assert second.keys.latest() == (await checkpoints(pool, second))[-1].note


def other_kind() -> bytes:
    return X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "PEM"), (b"\xff rien", "PEM"), (other_kind(), "Ed25519"), (None, "dossier")]
)
async def test_a_file_that_is_no_key_stops_the_start(
    settings: Settings, pool: Pool, content: bytes | None, reason: str
) -> None:
    path = settings.home / "cle.pem"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(AuditKeyUnusable, match=reason) as refused:
        async with open_auditing(settings.replaced(audit_key=path), pool, PostgresLedger()):
            pass
    assert str(path) in str(refused.value)


async def test_a_key_that_vanished_or_is_another_one_stops_the_start(
    settings: Settings, pool: Pool, agent: Principal
) -> None:
    async with at_work(settings, pool, agent):
        pass
    path = settings.home / "audit" / "signing.pem"
    path.write_bytes(SigningKey.generated("x").pem)
    with pytest.raises(AuditKeyUnusable, match="n’est pas celle qui a signé"):
        async with open_auditing(settings, pool, PostgresLedger()):
            pass
    path.unlink()
    with pytest.raises(AuditKeyUnusable, match="rotate-key --lost"):
        async with open_auditing(settings, pool, PostgresLedger()):
            pass
    assert not path.exists()


async def test_who_trusts_the_old_key_can_follow_to_the_new_one(
    settings: Settings, pool: Pool, agent: Principal
) -> None:
    async with at_work(settings, pool, agent) as auditing:
        old = auditing.checkpoints.keys[0]
        await auditing.watch.turn()
        new = await auditing.rotate_key(agent)
        assert [key.vkey for key in auditing.checkpoints.keys] == [new.vkey]
    async with at_work(settings, pool, agent) as auditing:
        assert auditing.checkpoints.keys[0].vkey == new.vkey
    before, both, *after = await checkpoints(pool, auditing)
    assert opened(before.note, [old.public, new.public]).by == (old.public,)
    assert opened(both.note, [old.public, new.public]).by == (old.public, new.public)
    assert after
    assert all(opened(held.note, [old.public, new.public]).by == (new.public,) for held in after)
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    (place,) = [place for place, body in enumerate(bodies) if body["act"] == "audit.key_rotated"]
    assert before.size <= place < both.size
    assert bodies[place]["details"] == {"old": old.vkey, "new": new.vkey}
    assert [key.vkey for key in auditing.keys.public()] == [old.vkey, new.vkey]


async def test_two_processes_sign_with_one_key_and_follow_each_other_to_the_next(
    settings: Settings, pool: Pool, agent: Principal
) -> None:
    shared = settings.replaced(audit_key=settings.home / "shared" / "signing.pem")
    elsewhere = shared.replaced(home=settings.home / "other")
    elsewhere.home.mkdir()
    async with at_work(shared, pool, agent) as first, at_work(elsewhere, pool, agent) as second:
        await first.watch.turn()
        old, new = second.checkpoints.keys[0], await first.rotate_key(agent)
        async with pool.connection() as connection:
            await PostgresLedger().append(connection, Event(Act.GROUPS_LISTED, agent))
        await second.watch.turn()
        assert [key.vkey for key in second.checkpoints.keys] == [new.vkey]
        last = (await checkpoints(pool, second))[-1]
        assert opened(last.note, [old.public, new.public]).by == (new.public,)
        assert [key.vkey for key in second.keys.public()] == [old.vkey, new.vkey]
        assert (await second.watch.standing()).trouble == ""


async def test_while_another_process_changes_the_key_both_sign(
    settings: Settings, pool: Pool, agent: Principal
) -> None:
    async with at_work(settings, pool, agent) as auditing:
        old = auditing.checkpoints.keys[0]
        new = auditing.keys.begin(old.name)
        await auditing.watch.turn()
        last = (await checkpoints(pool, auditing))[-1]
        assert opened(last.note, [old.public, new.public]).by == (old.public, new.public)


async def test_a_change_of_keys_that_was_cut_short_goes_on_at_the_next_start(
    settings: Settings, pool: Pool, agent: Principal
) -> None:
    async with at_work(settings, pool, agent) as auditing:
        old = auditing.checkpoints.keys[0]
    new = auditing.keys.begin(old.name)
    async with at_work(settings, pool, agent) as auditing:
        assert [key.vkey for key in auditing.checkpoints.keys] == [new.vkey]
    assert auditing.keys.following(old.name) is None
    signed = [opened(held.note, [old.public, new.public]).by for held in await checkpoints(pool, auditing)]
    assert (old.public, new.public) in signed


async def test_a_lost_key_is_replaced_by_whoever_says_so(settings: Settings, pool: Pool, agent: Principal) -> None:
    async with at_work(settings, pool, agent) as auditing:
        lost = auditing.checkpoints.keys[0]
    with pytest.raises(AuditKeyUnusable, match="n’est pas perdue"):
        await replace_lost_key(settings, agent)
    auditing.keys.path.unlink()
    new = await replace_lost_key(settings, agent)
    assert new.name == lost.name
    async with at_work(settings, pool, agent) as auditing:
        assert auditing.checkpoints.keys[0].vkey == new.vkey
    last = (await checkpoints(pool, auditing))[-1]
    assert opened(last.note, [new.public]).by == (new.public,)
    with pytest.raises(NoteInvalid):  # nothing vouches for it: verifiers must be told
        opened(last.note, [lost.public])


async def test_the_private_key_is_shown_nowhere(
    settings: Settings, pool: Pool, agent: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with at_work(settings, pool, agent) as auditing:
        await auditing.rotate_key(agent)
    secret = audit_keys(settings).path.read_text().splitlines()[1]
    async with pool.connection() as connection:
        bodies = [record.body.decode() async for record in PostgresLedger().records(connection)]
    shown = [repr(settings), str(settings.shown), repr(auditing), caplog.text, *bodies]
    shown += [path.read_text() for path in settings.home.rglob("*.note")] + [str(auditing.keys.public())]
    assert not [text for text in shown if secret in text]

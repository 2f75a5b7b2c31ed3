"""The list of what was erased: it tells whoever has the key what went, and nobody else anything."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import Act, Event, Json, PostgresLedger
from policies.audit.erasures import Erased, Erasures, erased_since
from policies.audit.shipping import Shipping
from policies.errors import ErasuresInvalid
from tests.policies.audit.ledgers import SOMEBODY, SmallLedger
from ui.database import Pool

KEY = Erasures(b"k" * 32)
DOCUMENT: dict[str, Json] = {"collection_id": "c-1", "document_id": "Dossier de Mme Dupont.pdf", "version": 1}


async def test_what_was_erased_lies_beside_the_checkpoint_that_covers_it(pool: Pool, tmp_path: Path) -> None:
    ledger = SmallLedger(pool, tmp_path)
    await ledger.grow(2)
    async with pool.connection() as connection:
        await PostgresLedger().append(connection, Event(Act.DOCUMENT_REMOVED, SOMEBODY, DOCUMENT))
        await PostgresLedger().append(connection, Event(Act.PERSON_ERASED, SOMEBODY, {"subject": "s-dupont"}))
    await ledger.checkpoints.take()
    await Shipping(pool, [ledger.place], KEY).ship()
    removed = Erased(2, Act.DOCUMENT_REMOVED, KEY.hidden(Act.DOCUMENT_REMOVED, "c-1", "Dossier de Mme Dupont.pdf"))
    erased = Erased(3, Act.PERSON_ERASED, KEY.hidden(Act.PERSON_ERASED, "s-dupont"))
    assert await erased_since(ledger.place, KEY, 0) == [removed, erased]
    assert await erased_since(ledger.place, KEY, 3) == [erased]
    names = [name async for name in ledger.place.names() if name.endswith(".erasures")]
    written = b"".join([await ledger.place.read(name) for name in names])
    assert b"upont" not in written
    assert b"c-1" not in written
    assert (await ledger.verified()).finding is None


@given(
    found=st.lists(st.builds(Erased, st.integers(0), st.sampled_from([Act.PERSON_ERASED]), st.just("ab"))),
    at=st.integers(0),
)
def test_a_list_that_was_changed_is_not_believed(found: list[Erased], at: int) -> None:
    content = bytearray(KEY.written(found))
    assert KEY.read(bytes(content)) == found
    content[at % len(content)] ^= 1
    with pytest.raises(ErasuresInvalid):
        KEY.read(bytes(content))
    with pytest.raises(ErasuresInvalid):
        Erasures(b"x" * 32).read(KEY.written(found))

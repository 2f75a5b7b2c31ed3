"""What an alert says of the ledger's checkpoints: late, not where they should be, not holding."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from policies import Act, Event, PostgresLedger, Watch
from policies.audit.folder_place import FolderPlace
from policies.audit.places import Place
from policies.audit.shipping import Shipping
from policies.audit.verification import Verification
from policies.errors import PlaceUnreachable
from policies.review.alarms import PARIS
from policies.review.ledger_trouble import LedgerTrouble
from tests.policies.audit.ledgers import SmallLedger
from ui.database import Pool
from ui.database_roles import as_owner
from ui.identity import service_principal

LATE = dt.timedelta(minutes=15)
NEVER = dt.timedelta(days=900)
MONDAY, THURSDAY = 0, 3


class Clock:
    """Goes on with the real one; `at` sets it."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def at(self, days: int, hour: int) -> None:
        """That many days later, at that hour in Paris."""
        day = dt.datetime.now(PARIS).date() + dt.timedelta(days=days)
        self.ahead = dt.datetime.combine(day, dt.time(hour), PARIS) - dt.datetime.now(dt.UTC)

    def next(self, weekday: int, hour: int) -> None:
        """At that hour in Paris of the next such day after today; Monday is 0."""
        today = dt.datetime.now(PARIS).weekday()
        self.at((weekday - today - 1) % 7 + 1, hour)


@pytest.fixture
def ledger(pool: Pool, tmp_path: Path) -> SmallLedger:
    return SmallLedger(pool, tmp_path / "ailleurs")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def trouble_of(ledger: SmallLedger, clock: Clock, late: dt.timedelta, *places: Place) -> LedgerTrouble:
    keys = [ledger.key.public]
    return LedgerTrouble(
        pool=ledger.pool,
        watch=Watch(ledger.pool, ledger.checkpoints),
        shipping=Shipping(ledger.pool, places),
        verification=Verification(ledger.pool, PostgresLedger(), lambda: keys, places),
        principal=service_principal(),
        late=late,
        now=clock,
    )


async def test_where_all_is_well_nothing_is_said(ledger: SmallLedger, clock: Clock) -> None:
    await ledger.grow(3)
    trouble = trouble_of(ledger, clock, LATE, ledger.place)
    await trouble.shipping.ship()
    clock.at(1, hour=1)
    assert await trouble() == ""


async def test_a_ledger_that_grows_unsigned_is_trouble_after_a_time(ledger: SmallLedger, clock: Clock) -> None:
    trouble = trouble_of(ledger, clock, LATE)
    await ledger.grow(2)
    async with ledger.pool.connection() as connection:
        await PostgresLedger().append(connection, Event(Act.GROUPS_LISTED, service_principal()))
    clock.ahead = LATE - dt.timedelta(minutes=1)
    assert "signé" not in await trouble()
    clock.ahead = LATE + dt.timedelta(minutes=1)
    assert (await trouble()).startswith("Le registre n’est plus signé depuis le ")


class Away(FolderPlace):
    """A place that is never there."""

    label = "s3://absent"

    async def names(self) -> AsyncIterator[str]:
        raise PlaceUnreachable(self.label, "il ne répond pas")
        yield ""


async def test_a_place_that_receives_nothing_is_named_after_a_time(ledger: SmallLedger, clock: Clock) -> None:
    await ledger.grow(2)
    trouble = trouble_of(ledger, clock, LATE, ledger.place, Away(ledger.folder))
    await trouble.shipping.ship()
    assert "n’a pas reçu" not in await trouble()
    clock.at(1, hour=1)
    told = await trouble()
    assert told.startswith("s3://absent n’a pas reçu le point de contrôle du ")
    assert ledger.place.label not in told


async def test_each_night_what_is_new_is_verified_once(ledger: SmallLedger, clock: Clock) -> None:
    trouble = trouble_of(ledger, clock, NEVER, ledger.place)
    await ledger.grow(4, 3)
    clock.next(MONDAY, hour=3)
    assert await trouble() == ""
    await ledger.grow(2)  # after the record of that verification
    async with as_owner(ledger.pool) as owner:
        await owner.execute("set session_replication_role = replica")
        await owner.execute("update ledger_record set body = '{}' where index = 8")
    assert await trouble() == ""  # not twice a day
    clock.ahead += dt.timedelta(hours=22)
    assert await trouble() == ""  # not before its time
    clock.ahead += dt.timedelta(hours=2)
    told = await trouble()
    assert told.startswith("La vérification a trouvé : ")
    assert "8" in told
    clock.ahead += dt.timedelta(days=1)
    assert await trouble() == told


async def test_what_was_changed_after_its_first_night_is_found_on_sunday(ledger: SmallLedger, clock: Clock) -> None:
    trouble = trouble_of(ledger, clock, NEVER, ledger.place)
    await ledger.grow(4, 3)
    clock.next(THURSDAY, hour=3)
    assert await trouble() == ""
    async with as_owner(ledger.pool) as owner:
        await owner.execute("set session_replication_role = replica")
        await owner.execute("update ledger_record set body = '{}' where index = 2")
    clock.ahead += dt.timedelta(days=1)
    assert await trouble() == ""  # nothing new is wrong
    clock.ahead += dt.timedelta(days=2)
    assert (await trouble()).startswith("La vérification a trouvé : ")


async def test_what_cannot_be_verified_is_told(ledger: SmallLedger, clock: Clock) -> None:
    await ledger.grow(2)
    trouble = trouble_of(ledger, clock, NEVER, Away(ledger.folder))
    clock.at(1, hour=3)
    assert (await trouble()).startswith("Le registre n’a pas pu être vérifié : ")

"""An installation that people use while it is backed up, that goes on for a while, and is lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ingestion import FileDone, Offered, Summary
from policies import Principal, Role
from policies.audit.finding import Progress
from ui.backup.age import new_identity
from ui.backup.making import Made
from ui.opening import open_services
from ui.privacy.person import Known
from ui.restore.continuing import Restored, erasure_of
from ui.restore.restoring import restore
from ui.services import Services
from ui.settings import Settings

ROLES = frozenset({Role.AGENT, Role.GESTIONNAIRE, Role.ADMINISTRATEUR})
KEEPER = Principal("s-administrateur", "administrateur", frozenset(), ROLES)
CAMILLE = Principal("s-camille", "camille", frozenset({"/DGS"}), frozenset({Role.AGENT}))
DOMINIQUE = Principal("s-dominique", "dominique", frozenset({"/DGS"}), frozenset({Role.AGENT}))

# Words that stand in one text each.
KEPT, REMOVED, PURGED, BINNED, ATTACHED = "cornemuse", "hippocampe", "rhododendron", "saxifrage", "libellule"
FILES = {KEPT: "un.txt", REMOVED: "deux.txt", PURGED: "trois.txt", BINNED: "quatre.txt"}
SAID, SAID_BY_CAMILLE = "chrysalide", "marmotte"


@dataclass
class Lost:
    """What is left of it: backups with their key, and the places of checkpoints."""

    folder: Path
    settings: Settings
    identity: Path
    made: Made
    tampered: Made
    conversation: UUID

    records_at_loss: int  # as far as the place of checkpoints vouches for them

    @property
    def public(self) -> str:
        return public_of(self.identity)


def public_of(identity: Path) -> str:
    return identity.read_text().split()[3]


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """An empty database of that server."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield make_conninfo(server, dbname=name)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


async def lose(folder: Path, url: str) -> Lost:
    """Use an installation, back it up under load, erase much, tamper, back it up once more, and leave it."""
    identity = folder / "identity.txt"
    identity.write_text(new_identity()[0])
    settings = Settings(home=folder / "home", postgres=url, checkpoints=str(folder / "places"))
    async with open_services(settings) as services:
        for name, word in (("Notes", KEPT), ("Vieilles notes", PURGED), ("Brouillons", BINNED)):
            await services.collections.create(KEEPER, name, "", owner="", readers=frozenset({"/DGS"}))
            await put(services, folder, name, FILES[word], f"La note parle de {word} et de congés.")
        await put(services, folder, "Notes", FILES[REMOVED], f"La note parle de {REMOVED} et de congés.")
        conversation = await talk(services, CAMILLE, SAID_BY_CAMILLE)
        await attach(services, folder, CAMILLE, conversation)
        spoken = await talk(services, DOMINIQUE, SAID)
        async with under_load(services, folder):
            made = await backed_up(services, folder, public_of(identity))
        await erase_much(services, folder, spoken)
        await services.auditing.watch.turn()
        rewrite(url)
        tampered = await backed_up(services, folder, public_of(identity))
    return Lost(folder, settings, identity, made, tampered, conversation, signed_in(folder / "places"))


def signed_in(place: Path) -> int:
    """How many records a place of checkpoints vouches for."""
    return max(int(path.stem) for path in place.rglob("*.note"))


async def put(services: Services, folder: Path, collection: str, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    steps = [step async for step in services.ingestion.ingest(KEEPER, collection, [path])]
    assert isinstance(steps[-1], Summary)
    assert not steps[-1].failed


async def talk(services: Services, person: Principal, word: str) -> UUID:
    conversation = uuid4()
    async with services.pool.connection() as connection:
        await services.conversations.start(connection, person, conversation, f"Et {word} ?")
        await services.conversations.ask(connection, person, conversation, uuid4(), f"Et {word} ?")
    return conversation


async def attach(services: Services, folder: Path, person: Principal, conversation: UUID) -> None:
    path = folder / "joint.txt"
    path.write_text(f"Le fichier joint parle de {ATTACHED}.")
    events = [event async for event in services.attachments.add(person, conversation, [Offered(path.name, path)])]
    assert any(isinstance(event, FileDone) for event in events)


@asynccontextmanager
async def under_load(services: Services, folder: Path) -> AsyncIterator[None]:
    """People upload, ask and delete from before the block until after it."""
    begun, stop = asyncio.Event(), asyncio.Event()

    async def go_on() -> None:
        number = 0
        while number < 2 or not stop.is_set():
            await put(services, folder, "Notes", f"charge-{number}.txt", f"Note de charge {number} sur les congés.")
            spoken = await talk(services, DOMINIQUE, f"charge {number}")
            begun.set()
            await delete(services, DOMINIQUE, spoken)
            if number % 2:
                await services.documents.remove(KEEPER, "Notes", [str(folder / f"charge-{number}.txt")])
            number += 1

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(go_on())
        await begun.wait()
        yield
        stop.set()


async def delete(services: Services, person: Principal, conversation: UUID) -> None:
    async with services.pool.connection() as connection:
        await services.conversations.delete(connection, person, conversation)
    await services.attachments.erase()


async def backed_up(services: Services, folder: Path, public: str) -> Made:
    out = folder / f"{uuid4()}.age"
    steps = [step async for step in services.backups.make(KEEPER, out, [public])]
    assert isinstance(steps[-1], Made)
    return steps[-1]


async def erase_much(services: Services, folder: Path, spoken: UUID) -> None:
    """What must not come back."""
    await services.documents.remove(KEEPER, "Notes", [str(folder / FILES[REMOVED])])
    await services.bin.delete(KEEPER, "Brouillons")
    await services.bin.delete(KEEPER, "Vieilles notes")
    await services.bin.erase(KEEPER, "Vieilles notes")
    await delete(services, DOMINIQUE, spoken)
    who = services.auditing.pseudonyms.of(CAMILLE.subject)
    await erasure_of(services).erase(KEEPER, Known(CAMILLE.subject, CAMILLE.username, who))


def rewrite(url: str) -> None:
    """Change one record as somebody with the database's own rights could."""
    with psycopg.connect(url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("""
            update ledger_record set body = convert_to(replace(convert_from(body, 'UTF8'), 'Notes', 'Motes'), 'UTF8')
            where index = (select min(index) from ledger_record where convert_from(body, 'UTF8') like '%Notes%')
        """)


async def restored(lost: Lost, home: Path, url: str) -> tuple[Settings, Restored]:
    settings = lost.settings.replaced(home=home, postgres=url)
    steps = [step async for step in restore(settings, KEEPER, lost.made.path, lost.identity)]
    assert all(isinstance(step, Progress) for step in steps[:-1])
    assert isinstance(steps[-1], Restored)
    return settings, steps[-1]

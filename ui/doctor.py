"""`assistant doctor`: what stands in the way, and how to mend it."""

import datetime as dt
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from ingestion import open_reader
from policies import Watch
from policies.audit.forwarding import standings
from policies.audit.shipping import Shipping
from ui.adapters import database_settings
from ui.audit_places import audit_places, places_said
from ui.audit_places import standings_of_json as places_of_json
from ui.auditing import audit_keys, signing
from ui.control.client import call
from ui.database import open_database
from ui.errors import PartUnwell
from ui.failures import EXPECTED, failure_of
from ui.home import own, reachable
from ui.judging import open_judging
from ui.language_model import model_files, open_engines
from ui.ledger_state import ledger_said, ledger_state, state_of_json
from ui.limits import parse_limits
from ui.model_opening import last_choice, opening
from ui.ranking import ranking_said
from ui.refusing import refusing_said
from ui.reranking import open_reranker
from ui.server import port_bound
from ui.settings import Settings
from ui.siem import siem_said, standings_of_json
from ui.spaces import look, open_embedder, open_next_embedder
from ui.vitals import NEEDED_BYTES


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; `detail` is its state, or what is wrong and how to mend it."""

    name: str
    passed: bool
    detail: str


async def examine(settings: Settings) -> list[Finding]:
    """Check everything; a part that fails does not keep the others from being checked."""
    with reachable(settings.home) as server:
        running = server is not None
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("Disque", _disk),
        ("Modèle", partial(_model, running)),
        ("Calcul de sens", _embedder),
        ("Classement", _ranking),
        ("Refus", _refusing),
        ("Lecture des fichiers", _reading),
    ]
    checks.append(("Registre", partial(_ledger, running)))
    checks.append(("Preuves hors de la base", partial(_places, running)))
    if settings.embedding_next is not None:
        checks.append(("Prochain calcul de sens", _next_embedder))
    if settings.reranker is not None:
        checks.append(("Reclassement", _reranker))
    if settings.nli is not None:
        checks.append(("Relecture des phrases", _judging))
    if settings.siem:
        checks.append(("SIEM", partial(_siem, running)))
    if running:
        findings = [
            Finding("Serveur", True, f"un assistant tourne sur {settings.home} : base et index sont ouverts par lui")
        ]
    else:
        findings = []
        checks += [("Base PostgreSQL", _database), ("Index", _index), ("Port", _port)]
    return findings + [await _finding(name, check, settings) for name, check in checks]


async def _finding(name: str, check: Callable[[Settings], Awaitable[str]], settings: Settings) -> Finding:
    try:
        return Finding(name, True, await check(settings))
    except EXPECTED as error:
        return Finding(name, False, failure_of(error).message)


async def _disk(settings: Settings) -> str:
    with reachable(settings.home) as server:
        if server is None:
            with own(settings.home):
                pass
    free = shutil.disk_usage(settings.home).free
    advice = "" if free > NEEDED_BYTES else " : c’est peu, prévoyez au moins 2 Gio"
    return f"{free / 2**30:.1f} Gio libres dans {settings.home}{advice}"


async def _model(running: bool, settings: Settings) -> str:
    engines = (await call(settings, "GET", "/models/current"))["engines"] if running else []
    if resting := [one["model"] for one in engines if one["resting"]]:
        raise PartUnwell(
            f"laissé de côté après des échecs\u202f: {', '.join(resting)}. Voyez si ce qui le fait marcher répond, et "
            "le journal de l’assistant\u202f; il est essayé de nouveau après trente secondes"
        )
    if settings.names_engine:
        async with open_engines(settings) as engines:
            for engine in engines:
                await engine.load()
            return ", ".join(f"{engine.name} répond" for engine in engines)
    if running:
        return ", ".join(f"{one['model']} répond" for one in engines)
    with own(settings.home):
        async with (
            open_database(database_settings(settings)) as pool,
            opening(settings, model_files(settings), await last_choice(settings, pool)) as engine,
        ):
            await engine.load()
            return f"{engine.name} répond"


async def _embedder(settings: Settings) -> str:
    async with open_embedder(settings) as embedder:
        await embedder.embed_query("essai")
        return f"{embedder.name}, {embedder.dimension} dimensions"


async def _next_embedder(settings: Settings) -> str:
    opening = open_next_embedder(settings)
    assert opening is not None  # noqa: S101 - the settings name it
    async with opening as embedder:
        await embedder.embed_query("essai")
        return f"{embedder.name}, {embedder.dimension} dimensions"


async def _ranking(settings: Settings) -> str:
    return ranking_said(settings)


async def _refusing(settings: Settings) -> str:
    return refusing_said(settings)


async def _reranker(settings: Settings) -> str:
    opening = open_reranker(settings)
    assert opening is not None  # noqa: S101 - the settings name it
    async with opening as reranker:
        await reranker.rerank("essai", ["essai"])
        return f"{reranker.name} répond"


async def _judging(settings: Settings) -> str:
    async with open_judging(settings) as judging:
        assert judging is not None  # noqa: S101 - the settings name it
        return f"{judging.model.name} s’ouvre"


async def _reading(settings: Settings) -> str:
    async with open_reader(parse_limits(settings)) as reader:
        if reader.is_confined:
            return "dans des processus isolés, sans réseau"
        return (
            "dans des processus limités, mais qui pourraient atteindre le réseau : permettez à ce service les espaces "
            "de noms d’utilisateurs (unshare), que le système ou le conteneur refuse"
        )


async def _ledger(running: bool, settings: Settings) -> str:
    keys, own_database = audit_keys(settings), bool(settings.postgres)
    if running:
        state = state_of_json(await call(settings, "GET", "/ledger"))
        return ledger_said(state, keys, server=True, own_database=own_database)
    with own(settings.home):
        async with open_database(database_settings(settings)) as pool:
            watch = Watch(pool, await signing(keys, pool))
            return ledger_said(await ledger_state(pool, watch), keys, server=False, own_database=own_database)


async def _places(running: bool, settings: Settings) -> str:
    now = dt.datetime.now(dt.UTC)
    if running:
        return places_said(settings, places_of_json(await call(settings, "GET", "/audit/places")), now)
    with own(settings.home):
        async with open_database(database_settings(settings)) as pool:
            shipping = Shipping(pool, audit_places(settings))
            await shipping.ship()
            return places_said(settings, await shipping.standing(), now)


async def _database(settings: Settings) -> str:
    with own(settings.home):
        async with open_database(database_settings(settings)) as pool, pool.connection() as connection:
            row = await (await connection.execute("show server_version")).fetchone()
            return f"version {row[0] if row else 'inconnue'}, à jour"


async def _index(settings: Settings) -> str:
    with own(settings.home):
        async with open_database(database_settings(settings)) as pool:
            return await look(settings, pool)


async def _siem(running: bool, settings: Settings) -> str:
    if running:
        return siem_said(settings, standings_of_json(await call(settings, "GET", "/siem")))
    with own(settings.home):
        async with open_database(database_settings(settings)) as pool:
            return siem_said(settings, await standings(pool))


async def _port(settings: Settings) -> str:
    with port_bound(settings.host, settings.port):
        return f"{settings.host}:{settings.port} est libre"

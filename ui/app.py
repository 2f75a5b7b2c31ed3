"""`assistant serve`: the web process, from the socket to the last page."""

import hmac
import secrets
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from rich.console import Console
from starlette.types import ASGIApp

from ui import aide, demonstration
from ui.api import control_application
from ui.errors import ServerStopped
from ui.failures import EXPECTED, failure_of
from ui.front import FrontSettings, prepare_front
from ui.gate import Gate
from ui.home import listening, own
from ui.identity import local_principal
from ui.pages import Notice
from ui.passage_links import PassageLinks
from ui.passages import PassageServices, passage_router
from ui.server import Doors, configuration, port_bound
from ui.services import Services, open_services
from ui.settings import Settings


async def run(settings: Settings, out: Console) -> None:
    """Serve until interrupted. Raises `UiError` with the sentence of whatever keeps it from starting."""
    try:
        await _serve(settings, out)
    except EXPECTED as error:
        raise ServerStopped(failure_of(error).message) from error


async def _serve(settings: Settings, out: Console) -> None:
    with port_bound(settings.host, settings.port) as port, own(settings.home):
        out.print("Démarrage : base, index et modèle…", style="dim")
        async with open_services(settings) as services:
            await services.engine.load()
            await aide.fill(services, out)
            doors = Doors(web=web_application(settings, services), control=control_application(services))
            with listening(settings.home) as control:
                out.print(f"L’assistant est prêt : {address(settings)}  (Ctrl+C pour l’arrêter)", style="bold")
                await uvicorn.Server(configuration(doors)).serve(sockets=[port, control])


def address(settings: Settings) -> str:
    """Where people go."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def web_application(settings: Settings, services: Services) -> ASGIApp:
    """Chat and passage pages, behind the gate."""
    notice = Notice(model=model_label(settings), demonstration=settings.demonstration, local=True)
    prepare_front(FrontSettings(home=settings.home, notice=notice))
    from ui.chat import ChatServices, mount_chat  # Chainlit reads its settings while it is imported

    person = local_principal()
    key = _key(settings.home)
    links = PassageLinks(_derived(key, b"links"))
    application = FastAPI(openapi_url=None)
    application.include_router(
        passage_router(
            PassageServices(
                person=person,
                pool=services.pool,
                search=services.search,
                catalog=services.catalog,
                ledger=services.ledger,
                links=links,
                notice=notice,
            )
        )
    )
    mount_chat(
        application,
        ChatServices(
            person=person,
            secret=_derived(key, b"cookies").hex(),
            pool=services.pool,
            asker=services.ask,
            search=services.search,
            conversations=services.conversations,
            links=links,
        ),
    )
    names = {settings.host, "127.0.0.1", "localhost", "[::1]"}
    addresses = [f"{name}:{settings.port}" for name in names]
    # Browsers leave out the port that goes without saying.
    return Gate(application, [*addresses, *names] if settings.port == 80 else addresses)


def model_label(settings: Settings) -> str:
    """The model as pages name it."""
    if settings.demonstration:
        return demonstration.MODEL_NAME
    return settings.llm_model if settings.llm else (settings.model or Path()).stem


def _key(home: Path) -> bytes:
    """This data folder's secret, made at the first start: old links must open, and open pages go on, for good."""
    path = home / "secret.key"
    if not path.exists():
        whole = path.with_suffix(".partial")  # a disk that is full must not leave an empty secret
        whole.touch(mode=0o600)
        whole.write_bytes(secrets.token_bytes(32))
        whole.replace(path)
    return path.read_bytes()


def _derived(key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose alone (a pseudorandom function of the secret and the purpose)."""
    return hmac.digest(key, purpose, "sha256")

"""`assistant serve`: the web process, from the socket to the last page."""

import os
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from rich.console import Console
from starlette.types import ASGIApp

from assistant.errors import ModelUnavailable
from ingestion import known_suffixes
from policies.access import Action
from ui import aide, demonstration
from ui.access import Access, open_access
from ui.accessibility import accessibility_router
from ui.announced_part import announced_router
from ui.at_once import AtOnce, Turnstile
from ui.chat.front import FrontSettings, prepare_front, renew_pages
from ui.chat.passage_links import PassageLinks
from ui.chat.passages import PassageServices, passage_router
from ui.chat.safe_settings import require_safe_environment
from ui.chat.tasks.orders import TaskOrders
from ui.console.routes import mount_console
from ui.console.shell import Shell as ConsoleShell
from ui.control.routes import control_application
from ui.errors import ServerStopped
from ui.export.routes import ExportServices, export_router
from ui.failures import EXPECTED, failure_of
from ui.gate import Gate
from ui.home import listening, own
from ui.identity import Caller
from ui.keeping_page import KeepingServices, keeping_router
from ui.keys import derived, secret_of
from ui.leaving import NOTICE_S, Leaving, PatientServer
from ui.limits import at_once_limits, intake_limits
from ui.logs import leave_no_other_handler
from ui.model_in_use import ModelInUse
from ui.observability.opening import Looked, exposed, open_watching
from ui.observability.requests import Requests, Routed
from ui.observability.watching import NOT_WATCHING, Watching
from ui.opening import open_services
from ui.pages import FRONT, STATIC, Notice
from ui.probes import Probes, Readiness
from ui.review.case_services import Unsealing
from ui.review.routes import mount_review
from ui.review.shell import Shell
from ui.search_page import SearchServices, search_router
from ui.server import Doors, configuration, port_bound, settle
from ui.services import Services
from ui.settings import Settings
from ui.sign_in.authentication import Authentication, AuthenticationSettings
from ui.sign_in.refusals import Refusals
from ui.slow_bodies import SlowBodies
from ui.spaces import advice
from ui.trusted_proxy import Mounted, behind, trusting
from ui.v1.routes import V1Services, v1_router

if TYPE_CHECKING:
    from ui.keycloak import Keycloak


_BESIDE = (("/console", Action.OPEN_CONSOLE), ("/audit", Action.REVIEW))


async def run(settings: Settings, out: Console) -> None:
    """Serve until interrupted. Raises `UiError` with the sentence of whatever keeps it from starting."""
    try:
        await _serve(settings, out)
    except EXPECTED as error:
        raise ServerStopped(failure_of(error).message) from error


async def _serve(settings: Settings, out: Console) -> None:
    require_safe_environment(os.environ)
    with port_bound(settings.host, settings.port) as port, own(settings.home):
        out.print("Démarrage : base, index et modèle…", style="dim")
        async with (
            open_watching(settings, "assistant-web") as watching,
            open_services(settings, watching) as services,
            open_access(settings, services.pool, services.ledger) as access,
        ):
            if advised := await advice(services.succession):
                out.print(advised, style="yellow")
            try:
                await services.models.ready(services.engines.load)
            except ModelUnavailable as error:  # it may come back; what the settings name wrongly keeps us from starting
                out.print(f"{error} La recherche fonctionne sans lui.", style="yellow")
            if settings.aide == "on":
                await aide.fill(services, out, detach=settings.worker == "off")
            leaving = Leaving(settings.drain_seconds, NOTICE_S if settings.url else 0.0)
            web = web_application(settings, services, access, leaving, watching)
            doors = Doors(web=leaving.watched(web), control=control_application(services, access))
            async with exposed(settings, watching, _looked(services, leaving)):
                with listening(settings.home) as control:
                    leave_no_other_handler()
                    settle()
                    out.print(f"L’assistant est prêt : {settings.address}  (Ctrl+C pour l’arrêter)", style="bold")
                    await PatientServer(configuration(doors), leaving).serve(sockets=[port, control])


def _looked(services: Services, leaving: Leaving) -> Looked:
    return Looked(
        services.pool,
        Readiness(services.pool, lambda: leaving.begun),
        lambda: services.engines.standings,
        services.auditing.shipped,
        services.rapl,
    )


def web_application(
    settings: Settings, services: Services, access: Access, leaving: Leaving, watching: Watching = NOT_WATCHING
) -> ASGIApp:
    """The pages, behind the probes, the proxy, the gate and the sign-in."""
    notice, caller = _notice(settings, services), Caller(access.identity)
    at_once = AtOnce(at_once_limits(settings), access.refusals)
    authenticated = Authentication(
        Turnstile(Routed(pages(settings, services, access, caller, at_once)), at_once),
        access.identity,
        caller,
        AuthenticationSettings(notice, settings.session_recheck_seconds),
    )
    gate = Gate(SlowBodies(authenticated), _addresses(settings))
    from ui.chat.page import being_done  # Chainlit is set up by now

    leaving.works = being_done
    ready = Readiness(services.pool, lambda: leaving.begun)
    reached = behind(settings.trusted_proxies, Mounted(gate, settings.root))
    return Probes(Requests(reached, watching, trusting(settings.trusted_proxies)), ready)


def pages(settings: Settings, services: Services, access: Access, caller: Caller, at_once: AtOnce) -> FastAPI:
    """Sign-in, passage pages, the API for programs, and the chat, which takes all that is left."""
    notice, secret = _notice(settings, services), secret_of(settings)
    front = FrontSettings(home=settings.home, notice=notice)
    prepare_front(front)
    services.model_in_use.on_change(lambda: renew_pages(front))
    from ui.chat.mounting import ChatServices, mount_chat  # Chainlit reads its settings while it is imported
    from ui.chat.uploads import UploadLimits

    links = PassageLinks(derived(secret, b"links"), settings.root)
    orders = TaskOrders(
        tasks=services.tasks,
        files=services.attachments,
        originals=services.originals,
        conversations=services.conversations,
        pool=services.pool,
        index=services.index,
    )
    application = FastAPI(openapi_url=None)
    if access.keycloak:
        application.include_router(_sign_in(access.keycloak, access.refusals, notice, derived(secret, b"sign-in")))
    application.include_router(
        passage_router(
            PassageServices(
                caller=caller,
                pool=services.pool,
                search=services.search,
                catalog=services.catalog,
                ledger=services.ledger,
                originals=services.originals,
                links=links,
                notice=notice,
                given=orders,
            )
        )
    )
    application.include_router(
        export_router(
            ExportServices(
                caller=caller,
                pool=services.pool,
                search=services.search,
                conversations=services.conversations,
                catalog=services.catalog,
                ledger=services.ledger,
                notice=notice,
            )
        )
    )
    application.include_router(
        v1_router(
            V1Services(
                identity=access.identity,
                asker=services.ask,
                search=services.search,
                refusals=access.refusals,
                at_once=at_once,
                model=lambda: services.engines.first.name,
            )
        )
    )
    application.include_router(
        search_router(SearchServices(caller=caller, texts=services.texts, links=links, notice=notice))
    )
    application.include_router(accessibility_router(notice, settings.contact))
    application.include_router(announced_router(notice))
    application.include_router(keeping_router(KeepingServices(caller, services.auditing.retaining, notice)))
    # Where `deploy/front.sh` has not run there is nothing to serve: pages are plain, and whole.
    application.mount("/front", StaticFiles(directory=FRONT if FRONT.is_dir() else STATIC))
    mount_console(
        application,
        ConsoleShell(caller, services.pool, services.policy, services.ledger, notice),
        services,
        access,
    )
    mount_review(
        application,
        Shell(caller, services.pool, services.policy, services.ledger, notice),
        services.auditing,
        services.catalog,
        Unsealing(settings.unseal_hours, settings.audit_content == "approval"),
    )
    mount_chat(
        application,
        ChatServices(
            caller=caller,
            pool=services.pool,
            asker=services.ask,
            search=services.search,
            conversations=services.conversations,
            links=links,
            glossary=services.lexicons,
            files=services.attachments,
            uploads=UploadLimits(intake_limits(settings).file, settings.attached_files, known_suffixes()),
            orders=orders,
            notice=notice,
        ),
    )
    return application


def _sign_in(keycloak: "Keycloak", refusals: Refusals, notice: Notice, key: bytes) -> APIRouter:
    from ui.sign_in.routes import SignInServices, sign_in_router  # its client takes long to import

    return sign_in_router(
        SignInServices(
            provider=keycloak.provider,
            sessions=keycloak.sessions,
            refusals=refusals,
            notice=notice,
            key=urlsafe_b64encode(key),
        )
    )


def _addresses(settings: Settings) -> list[str]:
    """Under which people reach this server, as `Host` and `Origin` give them."""
    if settings.url:
        return [urlsplit(settings.url).netloc]
    names = {settings.host, "127.0.0.1", "localhost", "[::1]"}
    addresses = [f"{name}:{settings.port}" for name in names]
    # Browsers leave out the port that goes without saying.
    return [*addresses, *names] if settings.port == 80 else addresses


def _notice(settings: Settings, services: Services) -> Notice:
    policy, in_use = services.policy, services.model_in_use
    return Notice(
        model=model_label(settings),
        demonstration=settings.demonstration,
        writes=lambda: (model_label(settings, in_use), in_use.demonstration),
        local=settings.keycloak is None,
        root=settings.root,
        beside=lambda person: tuple(address for address, act in _BESIDE if policy.may(person, act).allowed),
        announced=services.announcements.current,
    )


def model_label(settings: Settings, in_use: ModelInUse | None = None) -> str:
    """The model as pages name it: the one that was chosen, where the settings name none."""
    if in_use.demonstration if in_use else settings.demonstration:
        return demonstration.MODEL_NAME
    if in_use and in_use.choice:
        return Path(in_use.choice.file).stem
    if (first := settings.first_engine) is not None:
        return first.model if first.kind == "server" else Path(first.model).stem
    return settings.llm_model if settings.llm else (settings.model or Path()).stem

"""`assistant serve`: the web process, from the socket to the last page."""

import os
from urllib.parse import urlsplit

from rich.console import Console
from starlette.types import ASGIApp

from assistant.errors import ModelUnavailable
from ui import aide
from ui.access import Access, open_access
from ui.application import pages
from ui.at_once import AtOnce, Turnstile
from ui.chat.safe_settings import require_safe_environment
from ui.control.routes import control_application
from ui.errors import ServerStopped
from ui.failures import EXPECTED, failure_of
from ui.gate import Gate
from ui.home import listening, own
from ui.identity import Caller
from ui.leaving import NOTICE_S, Leaving, PatientServer
from ui.limits import at_once_limits
from ui.logs import leave_no_other_handler
from ui.notice import notice_of
from ui.observability.opening import Looked, exposed, open_watching
from ui.observability.requests import Requests, Routed
from ui.observability.watching import NOT_WATCHING, Watching
from ui.opening import open_services
from ui.probes import Probes, Readiness
from ui.server import Doors, configuration, port_bound, settle
from ui.services import Services
from ui.settings import Settings
from ui.sign_in.authentication import Authentication, AuthenticationSettings
from ui.slow_bodies import SlowBodies
from ui.spaces import advice
from ui.trusted_proxy import Mounted, behind, trusting


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
    notice, caller = notice_of(settings, services), Caller(access.identity)
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


def _addresses(settings: Settings) -> list[str]:
    """Under which people reach this server, as `Host` and `Origin` give them."""
    if settings.url:
        return [urlsplit(settings.url).netloc]
    names = {settings.host, "127.0.0.1", "localhost", "[::1]"}
    addresses = [f"{name}:{settings.port}" for name in names]
    # Browsers leave out the port that goes without saying.
    return [*addresses, *names] if settings.port == 80 else addresses

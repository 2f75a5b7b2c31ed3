"""All routes of the web process for people and programs."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from ingestion import known_suffixes
from ui.access import Access
from ui.accessibility import accessibility_router
from ui.announced_part import announced_router
from ui.at_once import AtOnce
from ui.chat.front import FrontSettings, prepare_front, renew_pages
from ui.chat.passage_links import PassageLinks
from ui.chat.passages import PassageServices, passage_router
from ui.chat.tasks.orders import TaskOrders
from ui.console.routes import mount_console
from ui.console.shell import Shell as ConsoleShell
from ui.export.routes import ExportServices, export_router
from ui.identity import Caller
from ui.keeping_page import KeepingServices, keeping_router
from ui.keys import derived, secret_of
from ui.limits import intake_limits
from ui.notice import notice_of
from ui.pages import FRONT, STATIC, Notice
from ui.review.case_services import Unsealing
from ui.review.routes import mount_review
from ui.review.shell import Shell
from ui.search_page import SearchServices, search_router
from ui.services import Services
from ui.settings import Settings
from ui.sign_in.refusals import Refusals
from ui.v1.routes import V1Services, v1_router

if TYPE_CHECKING:
    from ui.keycloak import Keycloak


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the pages for people have in common."""

    settings: Settings
    services: Services
    caller: Caller
    notice: Notice
    links: PassageLinks
    orders: TaskOrders


def pages(settings: Settings, services: Services, access: Access, caller: Caller, at_once: AtOnce) -> FastAPI:
    """Sign-in, passage pages, the API for programs, and the chat, which takes all that is left."""
    notice, secret = notice_of(settings, services), secret_of(settings)
    front = FrontSettings(home=settings.home, notice=notice)
    prepare_front(front)
    services.model_in_use.on_change(lambda: renew_pages(front))
    links = PassageLinks(derived(secret, b"links"), settings.root)
    shared = _Shared(settings, services, caller, notice, links, _orders(services))
    application = FastAPI(openapi_url=None)
    if access.keycloak:
        application.include_router(_sign_in(access.keycloak, access.refusals, notice, derived(secret, b"sign-in")))
    for router in (
        _passages(shared),
        _exports(shared),
        _programs(services, access, at_once),
        search_router(SearchServices(caller=caller, texts=services.texts, links=links, notice=notice)),
        accessibility_router(notice, settings.contact),
        announced_router(notice),
        keeping_router(KeepingServices(caller, services.auditing.retaining, notice)),
    ):
        application.include_router(router)
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
    _mount_chat(application, shared)
    return application


def _orders(services: Services) -> TaskOrders:
    return TaskOrders(
        tasks=services.tasks,
        files=services.attachments,
        originals=services.originals,
        conversations=services.conversations,
        pool=services.pool,
        index=services.index,
    )


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


def _passages(shared: _Shared) -> APIRouter:
    services = shared.services
    return passage_router(
        PassageServices(
            caller=shared.caller,
            pool=services.pool,
            search=services.search,
            catalog=services.catalog,
            ledger=services.ledger,
            originals=services.originals,
            links=shared.links,
            notice=shared.notice,
            given=shared.orders,
        )
    )


def _exports(shared: _Shared) -> APIRouter:
    services = shared.services
    return export_router(
        ExportServices(
            caller=shared.caller,
            pool=services.pool,
            search=services.search,
            conversations=services.conversations,
            catalog=services.catalog,
            ledger=services.ledger,
            notice=shared.notice,
        )
    )


def _programs(services: Services, access: Access, at_once: AtOnce) -> APIRouter:
    return v1_router(
        V1Services(
            identity=access.identity,
            asker=services.ask,
            search=services.search,
            refusals=access.refusals,
            at_once=at_once,
            model=lambda: services.engines.first.name,
        )
    )


def _mount_chat(application: FastAPI, shared: _Shared) -> None:
    from ui.chat.mounting import ChatServices, mount_chat  # Chainlit reads its settings while it is imported
    from ui.chat.uploads import UploadLimits

    services, settings = shared.services, shared.settings
    mount_chat(
        application,
        ChatServices(
            caller=shared.caller,
            pool=services.pool,
            asker=services.ask,
            search=services.search,
            conversations=services.conversations,
            links=shared.links,
            glossary=services.lexicons,
            files=services.attachments,
            uploads=UploadLimits(intake_limits(settings).file, settings.attached_files, known_suffixes()),
            orders=shared.orders,
            notice=shared.notice,
        ),
    )

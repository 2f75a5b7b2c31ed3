"""Keycloak as the source of who acts: people by their session, services by their bearer token."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from policies.audit.ledger import Ledger
from policies.principal import Principal, Role
from ui.database import Pool
from ui.errors import SessionEnded, TokenRefused
from ui.keys import derived, secret_of
from ui.realm.people import People, directory_settings
from ui.realm.shape import api_scope
from ui.settings import Settings
from ui.sign_in.provider import Provider, ProviderSettings, open_provider
from ui.sign_in.routes import RETURN, SIGNED_OUT
from ui.sign_in.session import Session
from ui.sign_in.sessions import Sessions, SessionSettings
from ui.sign_in.tokens import RoleSource, TokenSettings

SIGN_IN_AGAIN = "Votre session est terminée. Reconnectez-vous."


@dataclass(frozen=True, slots=True)
class Keycloak:
    """What a process has of it."""

    identity: "KeycloakIdentity"
    people: People
    provider: Provider
    sessions: Sessions


@asynccontextmanager
async def open_keycloak(settings: Settings, pool: Pool, ledger: Ledger) -> AsyncIterator[Keycloak]:
    """Opens where Keycloak does not answer, too: who is signed in goes on."""
    reached = provider_settings(settings)
    realm = directory_settings(reached.url, settings.keycloak_client, settings.keycloak_secret, settings.keycloak_ca)
    async with open_provider(reached) as provider:
        limits = SessionSettings(
            idle=dt.timedelta(minutes=settings.session_idle_minutes),
            absolute=dt.timedelta(hours=settings.session_hours),
            recheck=dt.timedelta(seconds=settings.session_recheck_seconds),
            key=derived(secret_of(settings), b"sessions"),
        )
        sessions = Sessions(pool, ledger, provider, limits)
        yield Keycloak(
            identity=KeycloakIdentity(sessions, provider),
            people=People(realm, reached.tokens),
            provider=provider,
            sessions=sessions,
        )


def provider_settings(settings: Settings) -> ProviderSettings:
    """The realm, and our client in it."""
    assert settings.keycloak is not None  # noqa: S101 - the caller's condition
    return ProviderSettings(
        url=settings.keycloak,
        client_id=settings.keycloak_client,
        client_secret=settings.keycloak_secret,
        redirect_uri=settings.address + RETURN,
        after_logout=settings.address + SIGNED_OUT,
        ca_file=settings.keycloak_ca,
        tokens=TokenSettings(
            issuer=settings.keycloak,
            client_id=settings.keycloak_client,
            api_audience=api_scope(settings.keycloak_client),
            role_source=RoleSource(settings.keycloak_roles),
            role_groups={group: Role(role) for group, role in settings.keycloak_role_groups.items()},
        ),
    )


class KeycloakIdentity:
    """People by their session in our database, services by their token; Keycloak vouches for both."""

    local = False

    def __init__(self, sessions: Sessions, provider: Provider) -> None:
        self._sessions = sessions
        self._provider = provider

    async def of_session(self, cookie: str, /) -> Principal:
        """Who uses the session of that cookie now, with the roles that they have now."""
        if not cookie:
            raise SessionEnded(SIGN_IN_AGAIN)
        return _acting(await self._sessions.use(cookie))

    async def of_watch(self, cookie: str, /) -> Principal:
        """The same for a page that is merely open."""
        return _acting(await self._sessions.watch(cookie))

    async def of_service(self, authorization: str, /) -> Principal:
        """Whom a bearer token with our audience vouches for."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenRefused("missing", "Cette adresse demande un jeton : « Authorization: Bearer … ».")
        return (await self._provider.service(token.strip())).principal


def _acting(session: Session) -> Principal:
    """The person of a session, as records name them."""
    return replace(session.principal, session=str(session.id))

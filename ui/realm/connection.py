"""The way to Keycloak's administration: who administers which realm, and what its refusals mean.

Source: https://www.keycloak.org/docs-api/latest/rest-api/
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from ui.errors import ProviderUnreachable, RealmRefused
from ui.realm.settings import RealmSettings
from ui.tls import trusting

TIMEOUT = 30  # seconds, of one request

FORBIDDEN = 403


@asynccontextmanager
async def open_realm(settings: RealmSettings) -> AsyncIterator[KeycloakAdmin]:
    """The realm's administration, for its asynchronous methods.

    Here, and for whatever is done with it: raises `RealmRefused`, `ProviderUnreachable`. An unreadable
    `ca_file` raises `SettingsInvalid`.
    """
    connection = _connection(settings)
    try:
        with _translated(settings):
            await _authenticate(connection, settings)
            yield KeycloakAdmin(connection=connection)
    finally:
        await connection.keycloak_openid.connection.aclose()
        await connection.aclose()


class _Connection(KeycloakOpenIDConnection):
    """Asks for a token of the given scope; the library's own asks for the same one always."""

    def __init__(self, settings: RealmSettings, verify: ssl.SSLContext | bool) -> None:
        super().__init__(
            server_url=f"{settings.url}/",  # the library resolves its paths against it
            username=settings.user or None,
            password=settings.password or None,
            realm_name=settings.realm,
            user_realm_name=settings.account_realm,
            client_id=settings.client,
            client_secret_key=settings.secret or None,
            verify=verify,  # type: ignore[arg-type]  # httpx takes a context, and will no longer take a path
            timeout=TIMEOUT,
        )
        self._flow = "password" if settings.user else "client_credentials"
        self._scope = settings.scope

    async def a_get_token(self) -> None:
        self.token = await self.keycloak_openid.a_token(
            self.username, self.password, grant_type=self._flow, scope=self._scope
        )


def _connection(settings: RealmSettings) -> _Connection:
    return _Connection(settings, trusting(settings.ca_file) if settings.ca_file else True)


async def _authenticate(connection: _Connection, settings: RealmSettings) -> None:
    """Get the first token. Keycloak names a wrong password, a closed account and a realm that is not there alike."""
    try:
        await connection.a_get_token()
    except KeycloakConnectionError:
        raise
    except KeycloakError as error:
        raise RealmRefused(
            f"Keycloak ne reconnaît pas « {settings.user or settings.client} » dans le royaume "
            f"« {settings.account_realm} ». Vérifiez ce compte et son mot de passe."
        ) from error


@contextmanager
def _translated(settings: RealmSettings) -> Iterator[None]:
    try:
        yield
    except KeycloakConnectionError as error:
        raise ProviderUnreachable(
            f"Keycloak ne répond pas à l’adresse {settings.url}. Vérifiez-la, puis réessayez."
        ) from error
    except KeycloakError as error:
        raise RealmRefused(_sentence(settings, error)) from error


def _sentence(settings: RealmSettings, error: KeycloakError) -> str:
    account, realm = settings.user or settings.client, settings.realm
    if error.response_code == FORBIDDEN:
        return f"Keycloak ne laisse pas « {account} » administrer ainsi le royaume « {realm} ». Vérifiez ses droits."
    said = error.error_message
    said = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"Keycloak refuse une demande sur le royaume « {realm} » ({error.response_code}) : {said}."

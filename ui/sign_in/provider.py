"""Keycloak as an OpenID Connect provider: who signs in, still is signed in, signs out.

Authorization code flow with PKCE (RFC 6749, section 4.1; RFC 7636), `iss` in the answer (RFC 9207),
RP-Initiated Logout 1.0, Back-Channel Logout 1.0. Nothing about a person is kept here.
"""

import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from ui.errors import ProviderUnreachable, SignInEnded, SignInRefused, UnknownKey
from ui.sign_in.discovery import Discovery
from ui.sign_in.provider_http import ProviderHttp, open_provider_http
from ui.sign_in.published_keys import PublishedKeys
from ui.sign_in.tokens import (
    Claims,
    LogoutClaims,
    TokenSettings,
    check_id_token,
    read_browser_token,
    read_logout_token,
    read_service_token,
)

CODE = re.compile(r"[\x20-\x7e]+")  # RFC 6749, appendix A.11

LOCALE = "fr"  # of the provider's pages, where it has it

RANDOM_BYTES = 32  # of state, nonce and verifier each

REFUSED = "Cette connexion n’est pas valable\u202f: elle a expiré, ou a déjà servi. Recommencez."
ENDED = "Votre connexion à Keycloak a pris fin. Reconnectez-vous."
MISUNDERSTOOD = (
    "La connexion est impossible\u202f: Keycloak refuse les demandes de l’assistant ({}). "
    "Lancez «\u202fassistant keycloak provision\u202f», et vérifiez ASSISTANT_KEYCLOAK_SECRET_FILE."
)

_log = structlog.get_logger(__name__)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """The realm's address, https://…/realms/x, and our client there.

    `timeout` and `keys_again` are in seconds: how long an answer may take, and how long unknown keys wait
    until the published ones are fetched again.
    """

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    after_logout: str
    ca_file: Path | None
    tokens: TokenSettings
    timeout: float = 5.0
    keys_again: float = 10.0


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a browser is sent to sign in, and what must be remembered until it comes back."""

    url: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the provider vouches for, and the tokens to ask it again and to sign out."""

    claims: Claims
    refresh_token: str = field(repr=False)
    id_token: str = field(repr=False)


@asynccontextmanager
async def open_provider(settings: ProviderSettings) -> AsyncIterator["Provider"]:
    """Opens whether the provider answers or not; it is asked at first use. Raises `SettingsInvalid`."""
    async with open_provider_http(settings.ca_file, settings.timeout) as http:
        yield Provider(settings, http)


class Provider:
    """All that is asked of the provider. Each method raises `ProviderUnreachable`."""

    def __init__(self, settings: ProviderSettings, http: ProviderHttp) -> None:
        self._settings = settings
        self._http = http
        self._discovery = Discovery(http, settings.url, settings.keys_again)

    async def begin(self) -> Beginning:
        """Begin a sign-in."""
        published = await self._discovery.present()
        state, nonce, verifier = (secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3))
        url, _ = self._client().create_authorization_url(
            published.authorization, state=state, nonce=nonce, code_verifier=verifier, ui_locales=LOCALE
        )
        return Beginning(url, state, nonce, verifier)

    async def finish(self, code: str, beginning: Beginning, iss: str) -> SignIn:
        """Exchange the code that a browser came back with; `iss` is the address's own, or empty.

        The caller has compared the states. Raises `SignInRefused`, `TokenRefused`.
        """
        published = await self._discovery.published()
        if iss != self._settings.url and (iss or published.names_itself):
            raise SignInRefused("iss", REFUSED)
        if not CODE.fullmatch(code):
            raise SignInRefused("code", REFUSED)
        try:
            async with self._http.answering():
                answer = await self._client().fetch_token(
                    published.token, grant_type="authorization_code", code=code, code_verifier=beginning.verifier
                )
        except OAuthError as error:
            if error.error in ("invalid_grant", "invalid_request"):
                raise SignInRefused("code", REFUSED) from error
            raise self._misunderstood(error) from error
        return await self._signed_in(answer, beginning.nonce)

    async def refresh(self, refresh_token: str) -> SignIn:
        """Ask whether a person is still signed in, and for their rights of now.

        Raises `SignInEnded` where the provider no longer vouches for them, `SignInRefused`, `TokenRefused`.
        """
        published = await self._discovery.published()
        try:
            async with self._http.answering():
                answer = await self._client().refresh_token(published.token, refresh_token=refresh_token)
        except OAuthError as error:
            if error.error == "invalid_grant":
                raise SignInEnded(ENDED) from error
            raise self._misunderstood(error) from error
        return await self._signed_in(answer, nonce=None)

    async def logout_url(self, id_token: str) -> str:
        """Where a browser is sent to sign out; without an ID token the provider asks the person first."""
        published = await self._discovery.present()
        query = {"client_id": self._settings.client_id, "post_logout_redirect_uri": self._settings.after_logout}
        if id_token:
            query["id_token_hint"] = id_token
        return f"{published.end_session}?{urlencode(query)}"

    async def logout(self, refresh_token: str) -> None:
        """End the person's session at the provider, without their browser; it may have ended already."""
        published = await self._discovery.published()
        form = {
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
            "refresh_token": refresh_token,
        }
        error = await self._http.post(published.end_session, form)
        if error not in (None, "invalid_grant"):
            raise ProviderUnreachable(MISUNDERSTOOD.format(error))

    async def service(self, token: str) -> Claims:
        """Whom the bearer token of a program vouches for. Raises `TokenRefused`."""
        return await self._read(lambda keys: read_service_token(token, keys, self._settings.tokens))

    async def logout_claims(self, token: str) -> LogoutClaims:
        """Whose sessions the provider says have ended. Raises `TokenRefused`."""
        return await self._read(lambda keys: read_logout_token(token, keys, self._settings.tokens))

    async def _signed_in(self, answer: Mapping[str, Any], nonce: str | None) -> SignIn:
        access_token, refresh_token, id_token = (
            _token(answer, name) for name in ("access_token", "refresh_token", "id_token")
        )
        tokens = self._settings.tokens
        claims = await self._read(lambda keys: read_browser_token(access_token, keys, tokens))
        subject = await self._read(lambda keys: check_id_token(id_token, keys, tokens, nonce, access_token))
        if subject != claims.principal.subject:
            raise SignInRefused("sub", REFUSED)
        return SignIn(claims, refresh_token, id_token)

    async def _read(self, read: Callable[[PublishedKeys], Read]) -> Read:
        """Read with the keys that are known; where the token's is unknown, with those of now."""
        published = await self._discovery.published()
        try:
            return read(published.keys)
        except UnknownKey:
            newer = await self._discovery.newer()
            if newer is published:
                raise
            return read(newer.keys)

    def _client(self) -> AsyncOAuth2Client:
        """A client for one exchange: it remembers the tokens of its last one, so no two people share one."""
        return AsyncOAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - its name
            redirect_uri=self._settings.redirect_uri,
            scope="openid",
            code_challenge_method="S256",
            **self._http.options,
        )

    def _misunderstood(self, error: OAuthError) -> ProviderUnreachable:
        """The provider answers, but would not talk to us: not the person's fault, and nobody is signed out for it."""
        _log.error("the provider refuses this client", error=error.error, reason=error.description)
        return ProviderUnreachable(MISUNDERSTOOD.format(error.error))


def _token(answer: Mapping[str, Any], name: str) -> str:
    token = answer.get(name)
    if not isinstance(token, str) or not token:
        raise SignInRefused("tokens", REFUSED)
    return token

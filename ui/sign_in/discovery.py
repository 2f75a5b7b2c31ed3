"""What the provider publishes of itself, fetched when it is needed and kept: its endpoints and its keys.

OpenID Connect Discovery 1.0, section 4; RFC 8414. Nothing is fetched from, or sent to, another origin than
the issuer's, whatever the document says.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog

from ui.errors import ProviderUnreachable
from ui.sign_in.provider_http import ProviderHttp
from ui.sign_in.published_keys import PublishedKeys

# Keys that the provider has withdrawn count no longer than this, in seconds.
KEPT = 600.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """The provider's endpoints and keys; `names_itself` says whether its answers carry `iss` (RFC 9207)."""

    authorization: str
    token: str
    end_session: str
    names_itself: bool
    keys: PublishedKeys


class Discovery:
    """The publications of one issuer. Tokens with unknown keys make us ask again every `again` seconds at most."""

    def __init__(self, http: ProviderHttp, issuer: str, again: float) -> None:
        self._http = http
        self._issuer = issuer
        self._again = again
        self._known: Published | None = None
        self._known_at = 0.0
        self._asked_at = float("-inf")  # when the last question was answered, or was not
        self._asking = asyncio.Lock()

    async def published(self) -> Published:
        """What is known, or what the provider says now. Raises `ProviderUnreachable` where nothing is known."""
        now = time.monotonic()
        if self._known is None:
            return await self._ask(now)
        if now < self._known_at + KEPT or now < self._asked_at + self._again:
            return self._known
        try:
            return await self._ask(now)
        except ProviderUnreachable as error:  # what is known goes on, so that who has a token is served
            _log.warning("keys could not be fetched anew", reason=str(error))
            return self._known

    async def present(self) -> Published:
        """The same of a provider that has answered of late: a browser is about to be sent there.

        Raises `ProviderUnreachable` where it does not answer, whatever is known of it.
        """
        now = time.monotonic()
        if self._known is not None and now < self._known_at + self._again:
            return self._known
        published = await self._ask(now)
        if self._known_at < now:  # another's question, to which no answer came
            raise ProviderUnreachable(self._http.SILENT)
        return published

    async def newer(self) -> Published:
        """What the provider says now, or said a moment ago. Raises `ProviderUnreachable`."""
        now = time.monotonic()
        if self._known is not None and now < self._asked_at + self._again:
            return self._known
        return await self._ask(now)

    async def _ask(self, since: float) -> Published:
        """One question at a time; who waited for another's takes its answer, or goes without like that one."""
        async with self._asking:
            if self._asked_at < since:
                try:
                    self._known = await self._fetched()
                    self._known_at = time.monotonic()
                finally:
                    self._asked_at = time.monotonic()
            if self._known is None:
                raise ProviderUnreachable(self._http.SILENT)
            return self._known

    async def _fetched(self) -> Published:
        document = await self._http.get(f"{self._issuer}/.well-known/openid-configuration")
        if document.get("issuer") != self._issuer:
            raise ProviderUnreachable(
                f"La connexion est impossible\u202f: Keycloak se nomme {document.get('issuer')} et non {self._issuer}. "
                "Corrigez ASSISTANT_KEYCLOAK, ou le nom d’hôte dans Keycloak."
            )
        return Published(
            authorization=self._endpoint(document, "authorization_endpoint"),
            token=self._endpoint(document, "token_endpoint"),
            end_session=self._endpoint(document, "end_session_endpoint"),
            names_itself=document.get("authorization_response_iss_parameter_supported") is True,
            keys=PublishedKeys(await self._http.get(self._endpoint(document, "jwks_uri"))),
        )

    def _endpoint(self, document: Mapping[str, Any], name: str) -> str:
        url = str(document.get(name, ""))
        ours, its = urlsplit(self._issuer), urlsplit(url)
        if (its.scheme, its.netloc) != (ours.scheme, ours.netloc):
            raise ProviderUnreachable(
                f"La connexion est impossible\u202f: l’adresse {name} de Keycloak n’est pas sous {self._issuer}."
            )
        return url

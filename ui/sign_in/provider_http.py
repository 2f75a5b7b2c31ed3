"""Requests to the provider, bounded: no redirect is followed, no answer is long, compressed or late."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import structlog

from ui.errors import ProviderUnreachable
from ui.tls import trusting

LONGEST_ANSWER = 1_048_576  # bytes

_log = structlog.get_logger(__name__)


class ProviderHttp:
    """Connections to one provider. `timeout`, in seconds, is for a whole request and its answer."""

    SILENT = (
        "La connexion est impossible pour l’instant\u202f: Keycloak ne répond pas. "
        "Réessayez dans quelques minutes ; si cela dure, prévenez un administrateur."
    )

    def __init__(self, transport: httpx2.AsyncBaseTransport, timeout: float) -> None:
        self._timeout = timeout
        # For a client that is to use these connections. Each exchange has its own: clients remember cookies.
        self.options: dict[str, Any] = {
            "transport": _BoundedTransport(transport),
            "timeout": timeout,
            "trust_env": False,
            "headers": {"Accept": "application/json", "Accept-Encoding": "identity"},
        }

    async def get(self, url: str) -> dict[str, Any]:
        """A JSON object that anybody may read. Raises `ProviderUnreachable`."""
        async with self.answering():
            return _object((await httpx2.AsyncClient(**self.options).get(url)).raise_for_status())

    async def post(self, url: str, form: Mapping[str, str]) -> str | None:
        """Send a form; gives the error that the provider names (RFC 6749, section 5.2), or None.

        Raises `ProviderUnreachable`.
        """
        async with self.answering():
            response = await httpx2.AsyncClient(**self.options).post(url, data=dict(form))
            if response.status_code in (400, 401):
                return str(_object(response).get("error"))
            response.raise_for_status()
            return None

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Turns whatever keeps the provider from answering, as a provider does, into `ProviderUnreachable`."""
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError, RecursionError) as error:
            _log.warning("the provider does not answer", error=type(error).__name__, reason=str(error))
            raise ProviderUnreachable(self.SILENT) from error


@asynccontextmanager
async def open_provider_http(ca_file: Path | None, timeout: float) -> AsyncIterator[ProviderHttp]:  # noqa: ASYNC109
    """Trusts whom `ui.tls` says. Raises `SettingsInvalid`."""
    async with httpx2.AsyncHTTPTransport(trusting(ca_file), trust_env=False) as transport:
        yield ProviderHttp(transport, timeout)


def _object(response: httpx2.Response) -> dict[str, Any]:
    answer = response.json()
    if not isinstance(answer, dict):
        raise ValueError("not a JSON object")
    return answer


class _BoundedTransport(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if "content-encoding" in response.headers:
            await response.aclose()
            raise httpx2.DecodingError("the answer is compressed")
        response.stream = _BoundedStream(response.stream)
        return response


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length = 0
        async for part in self._inner:
            length += len(part)
            if length > LONGEST_ANSWER:
                raise httpx2.ReadError("the answer is too long")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()

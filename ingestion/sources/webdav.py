"""A WebDAV share (RFC 4918), such as a folder of Nextcloud.

Folders are listed one by one (`Depth: 1`), because Nextcloud refuses `Depth: infinity`. What a server says
is bounded and not believed: no redirect is followed, and a folder's listing may name only what lies directly
in that folder, so nothing leads to another server, upwards or in circles.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit

import httpx
from lxml import etree

from ingestion.sources.errors import EntryGone, EntryRefused, SourceInvalid, SourceRefused, SourceUnreachable
from ingestion.sources.port import Entry, is_hidden

LONGEST_LISTING = 64_000_000  # bytes, of one folder
DEEPEST = 64  # folders
PATIENCE_S = 600.0  # for the listing of one folder, however slowly it comes
PIECE = 1 << 20  # bytes

_ASK = (
    b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop>'
    b"<resourcetype/><getetag/><getcontentlength/><getlastmodified/></prop></propfind>"
)
_DAV = "{DAV:}"


@dataclass(frozen=True, slots=True)
class WebdavSettings:
    """`url` is the folder's. `ca` holds the authorities to trust instead of the system's. `patience` in seconds."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    patience: float = 60


@dataclass(frozen=True, slots=True)
class _Resource:
    """What a listing says of one file or folder."""

    is_folder: bool
    entry: Entry


class WebdavSource:
    """A `Source` over a folder and those below it."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url.rstrip("/") + "/"

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """All files below. Raises `SourceUnreachable`, `SourceRefused`, also for one folder below."""
        folders = [""]
        while folders:
            folder = folders.pop()
            if folder.count("/") > DEEPEST:
                raise self._unreachable(f"plus de {DEEPEST} dossiers y sont l’un dans l’autre")
            for found in await self._listed(folder):
                if found.is_folder:
                    folders.append(f"{found.entry.key}/")
                else:
                    yield found.entry

    async def read(self, key: str) -> AsyncGenerator[bytes, None]:
        """One file. Raises `EntryGone`, `EntryRefused`, `SourceRefused`, `SourceUnreachable`."""
        async with self._answer("GET", key) as answer:
            if answer.status_code in (404, 410):
                raise EntryGone(key)
            if answer.status_code == 403:
                raise EntryRefused(key)
            self._require(answer, 200)
            async for piece in answer.aiter_raw(PIECE):
                yield piece

    async def _listed(self, folder: str) -> list[_Resource]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                content = await self._listing(folder)
            return list(_resources(content, self._url, folder))
        except TimeoutError as error:
            raise self._unreachable(f"la liste du dossier « {folder} » dure trop longtemps") from error
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._unreachable("elle ne répond pas comme un partage WebDAV") from error

    async def _listing(self, folder: str) -> bytes:
        content = bytearray()
        headers = {"Depth": "1", "Content-Type": "application/xml"}
        async with self._answer("PROPFIND", folder, headers=headers, content=_ASK) as answer:
            self._require(answer, 207)
            async for piece in answer.aiter_raw(PIECE):
                content += piece
                if len(content) > LONGEST_LISTING:
                    raise self._unreachable(f"la liste du dossier « {folder} » est trop longue")
        return bytes(content)

    @asynccontextmanager
    async def _answer(
        self, method: str, key: str, headers: dict[str, str] | None = None, content: bytes | None = None
    ) -> AsyncIterator[httpx.Response]:
        url = self._url + quote(key)
        try:
            async with self._http.stream(method, url, headers=headers, content=content) as answer:
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(str(error) or "elle ne répond pas") from error

    def _require(self, answer: httpx.Response, status: int) -> None:
        if answer.status_code in (401, 403):
            raise SourceRefused(self._url)
        if answer.is_redirect:
            raise self._unreachable("elle renvoie à une autre adresse ; donnez son adresse définitive")
        if answer.status_code != status:
            raise self._unreachable(f"elle répond {answer.status_code}")
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise self._unreachable("elle répond sous une forme compressée qui n’a pas été demandée")

    def _unreachable(self, problem: str) -> SourceUnreachable:
        return SourceUnreachable(self._url, problem)


@asynccontextmanager
async def open_webdav(settings: WebdavSettings) -> AsyncIterator[WebdavSource]:
    """Nothing is asked of the server yet. Raises `SourceInvalid`."""
    async with httpx.AsyncClient(
        auth=httpx.BasicAuth(settings.user, settings.password) if settings.user else None,
        verify=_trusting(settings.ca),
        timeout=settings.patience,
        trust_env=False,
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
    ) as http:
        yield WebdavSource(http, settings.url)


def _resources(listing: bytes, root: str, folder: str) -> Iterator[_Resource]:
    """What lies directly in that folder. Raises `ValueError` and `XMLSyntaxError` for what is no such listing."""
    tree = etree.fromstring(listing, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if tree.tag != f"{_DAV}multistatus" or tree.getroottree().docinfo.internalDTD is not None:
        raise ValueError("not a multistatus")
    here = urlsplit(root + quote(folder))
    for response in tree.iterfind(f"{_DAV}response"):
        name = _name(response.findtext(f"{_DAV}href", ""), here)
        if name and not is_hidden(name):
            yield _resource(folder + name, response)


def _name(href: str, here: SplitResult) -> str:
    """The decoded name of what lies directly in the folder; empty for the folder itself."""
    there = urlsplit(urljoin(here.geturl(), href.strip()))
    if (there.scheme, there.netloc) != (here.scheme, here.netloc) or there.query or there.fragment:
        raise ValueError("leads elsewhere")
    path, above = unquote_to_bytes(there.path).decode(), unquote_to_bytes(here.path).decode()
    if path.rstrip("/") == above.rstrip("/"):
        return ""
    name = path.removeprefix(above).rstrip("/")
    if not path.startswith(above) or name in (".", "..") or "/" in name or "\0" in name:
        raise ValueError("not in this folder")
    return name


def _resource(key: str, response: etree._Element) -> _Resource:
    if not (response.findtext(f"{_DAV}status") or "HTTP/1.1 200").split()[1:2] == ["200"]:
        raise ValueError("a resource that the server does not tell about")
    told = f"{_DAV}propstat/{_DAV}prop/{_DAV}"
    is_folder = response.find(f"{told}resourcetype/{_DAV}collection") is not None
    size = response.findtext(f"{told}getcontentlength") or "0"
    tag = response.findtext(f"{told}getetag") or response.findtext(f"{told}getlastmodified") or ""
    return _Resource(is_folder, Entry(key, int(size), f"{tag}-{size}"))


def _trusting(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:  # a file that holds no certificates, too
        raise SourceInvalid(f"Le fichier {ca} ne donne pas d’autorités de certification.") from error

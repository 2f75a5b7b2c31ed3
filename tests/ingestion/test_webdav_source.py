"""A WebDAV share as a source: what goes wrong, and what a hostile server tries."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.sources import webdav
from ingestion.sources.errors import EntryGone, EntryRefused, SourceInvalid, SourceRefused, SourceUnreachable
from ingestion.sources.webdav import WebdavSettings, open_webdav
from tests.certificate import certificate_of_this_machine
from tests.places import PASSWORD, USER, serving, webdav_server

Answer = tuple[str, dict[str, str], bytes]


def answering(*answers: Answer) -> Callable[..., list[bytes]]:
    """An application that gives one answer after the other, then the last one again."""
    waiting = list(answers)

    def application(_: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        status, headers, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        start(status, list(headers.items()))
        return [body]

    return application


def multistatus(*hrefs: str, kind: str = "", status: str = "") -> Answer:
    responses = "".join(
        f"<response><href>{href}</href>{status}<propstat><prop><resourcetype>{kind}</resourcetype>"
        "<getetag>e</getetag><getcontentlength>1</getcontentlength></prop></propstat></response>"
        for href in hrefs
    )
    return "207 Multi-Status", {}, f'<multistatus xmlns="DAV:">{responses}</multistatus>'.encode()


async def keys(url: str, ca: Path | None = None, user: str = USER, password: str = PASSWORD) -> set[str]:
    async with open_webdav(WebdavSettings(url, user, password, ca, patience=2)) as source:
        return {entry.key async for entry in source.entries()}


async def read(url: str, key: str) -> bytes:
    async with open_webdav(WebdavSettings(url, patience=2)) as source:
        return b"".join([piece async for piece in source.read(key)])


async def test_a_share_is_read_over_tls_with_a_password_where_the_authority_is_named(tmp_path: Path) -> None:
    certificate = certificate_of_this_machine(tmp_path)
    folder = tmp_path / "partage"
    folder.mkdir()
    (folder / "a.txt").write_text("A.")
    with webdav_server(folder, certificate) as url:
        assert await keys(url, certificate.public) == {"a.txt"}
        with pytest.raises(SourceUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
            await keys(url)
        with pytest.raises(SourceRefused, match="identifiants"):
            await keys(url, certificate.public, password="faux")
        with pytest.raises(SourceUnreachable, match="404"):
            await keys(f"{url}absent/", certificate.public)
    with pytest.raises(SourceUnreachable):
        await keys(url, certificate.public)
    with pytest.raises(SourceInvalid, match="autorités"):
        await keys(url, tmp_path / "absent.pem")


@pytest.mark.parametrize(
    "href",
    [
        "http://autre.exemple/dav/a.txt",
        "https://127.0.0.1/dav/a.txt",
        "//autre.exemple/dav/a.txt",
        "/autre/a.txt",
        "/dav/../secret.txt",
        "/dav/%2E%2E",
        "/dav/a%2Fb.txt",
        "/dav/dossier/b.txt",
        "/dav/a.txt?b",
        "/dav/%ff.txt",
        "/dav/%00.txt",
        "/",
        "http://[",
    ],
)
async def test_a_listing_that_leads_elsewhere_is_refused_whole(href: str) -> None:
    answers = answering(multistatus("/dav/", "/dav/bon.txt", href))
    with serving(answers) as server, pytest.raises(SourceUnreachable, match="WebDAV"):
        await keys(f"{server}/dav/")


async def test_hrefs_may_be_whole_addresses() -> None:
    def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        status, _, body = multistatus(*(f"http://{environ['HTTP_HOST']}/dav/{name}" for name in ("", "a.txt")))
        start(status, [])
        return [body]

    with serving(application) as server:
        assert await keys(f"{server}/dav") == {"a.txt"}


@pytest.mark.parametrize(
    "answer",
    [
        ("200 OK", {}, b"<html>"),
        ("207 Multi-Status", {}, b"<html/>"),
        ("207 Multi-Status", {}, b'<multistatus xmlns="DAV:"><response>'),
        ("207 Multi-Status", {"Content-Encoding": "gzip"}, gzip.compress(multistatus("/dav/")[2])),
        ("301 Moved Permanently", {"Location": "http://127.0.0.1:1/"}, b""),
        ("503 Service Unavailable", {}, b""),
        multistatus("/dav/a.txt", status="<status>HTTP/1.1 403 Forbidden</status>"),
        (
            "207 Multi-Status",
            {},
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            b'<multistatus xmlns="DAV:"><response><href>/dav/&a;</href></response></multistatus>',
        ),
    ],
    ids=["status", "other XML", "cut off", "compressed", "redirect", "out of order", "one closed", "entity"],
)
async def test_what_is_no_good_listing_is_refused(answer: Answer) -> None:
    with serving(answering(answer)) as server, pytest.raises(SourceUnreachable):
        await keys(f"{server}/dav/")


async def test_a_listing_that_fails_in_a_folder_below_fails_whole() -> None:
    folder = multistatus("/dav/dossier/", kind="<collection/>")
    answers = answering(folder, ("500 Internal Server Error", {}, b""))
    with serving(answers) as server, pytest.raises(SourceUnreachable, match="500"):
        await keys(f"{server}/dav/")


async def test_listings_without_end_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        status, _, body = multistatus(f"{environ['PATH_INFO']}a/", kind="<collection/>")
        start(status, [])
        return [body]

    with serving(endless) as server, pytest.raises(SourceUnreachable, match="64 dossiers"):
        await keys(f"{server}/dav/")
    monkeypatch.setattr(webdav, "LONGEST_LISTING", 1000)
    long = multistatus(*["/dav/a.txt"] * 20)
    with serving(answering(long)) as server, pytest.raises(SourceUnreachable, match="trop longue"):
        await keys(f"{server}/dav/")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (("404 Not Found", {}, b""), EntryGone),
        (("410 Gone", {}, b""), EntryGone),
        (("403 Forbidden", {}, b""), EntryRefused),
        (("401 Unauthorized", {}, b""), SourceRefused),
        (("302 Found", {"Location": "/ailleurs"}, b""), SourceUnreachable),
        (("206 Partial Content", {}, b"a"), SourceUnreachable),
        (("200 OK", {"Content-Length": "10"}, b"coup"), SourceUnreachable),
        (("200 OK", {"Content-Encoding": "gzip"}, gzip.compress(b"a")), SourceUnreachable),
    ],
)
async def test_what_does_not_come_whole_is_an_error(answer: Answer, error: type[Exception]) -> None:
    with serving(answering(answer)) as server, pytest.raises(error):
        await read(f"{server}/dav/", "a.txt")


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(answering(multistatus("/dav/a.txt"))) as server:
        assert await keys(f"{server}/dav/") == {"a.txt"}


async def test_a_listing_that_comes_too_slowly_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webdav, "PATIENCE_S", 0.0)
    with (
        serving(answering(multistatus("/dav/a.txt"))) as server,
        pytest.raises(SourceUnreachable, match="trop longtemps"),
    ):
        await keys(f"{server}/dav/")

"""A bucket as a source: what goes wrong, and what the environment cannot change."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingestion.sources.errors import SourceInvalid, SourceRefused, SourceUnreachable
from ingestion.sources.s3 import open_s3
from policies.bucket import Bucket
from tests.certificate import certificate_of_this_machine
from tests.places import s3_place, s3_server, serving


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


def listing(*keys: str, status: str = "200 OK", location: str = "") -> object:
    """An application that answers every request with these keys."""
    contents = "".join(f"<Contents><Key>{key}</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified>"
                       "<ETag>e</ETag></Contents>" for key in keys)  # fmt: skip
    body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>".encode()

    def application(environ: dict[str, object], start: object) -> list[bytes]:
        start(status, [("Location", location)] if location else [])  # type: ignore[operator]
        return [body]

    return application


async def keys(settings: Bucket) -> set[str]:
    async with open_s3(settings) as source:
        return {entry.key async for entry in source.entries()}


def at(endpoint: str, ca: Path | None = None) -> Bucket:
    return Bucket(endpoint, "seau", "", "clef", "secret", ca=ca, patience=timedelta(seconds=1))


async def test_a_bucket_that_is_not_there_and_a_server_that_is_not_there_are_unreachable(s3: str) -> None:
    for endpoint in (s3, "http://127.0.0.1:1"):
        with pytest.raises(SourceUnreachable, match="seau"):
            await keys(at(endpoint))


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_wrong_credentials_are_refused(status: str) -> None:
    with serving(listing(status=status)) as endpoint, pytest.raises(SourceRefused, match="identifiants"):
        await keys(at(endpoint))


@pytest.mark.parametrize("key", ["../a.txt", "a//b.txt", "a/./b.txt"])
async def test_a_key_that_is_no_path_stops_the_listing(key: str) -> None:
    with serving(listing("bon.txt", key)) as endpoint, pytest.raises(SourceUnreachable, match="chemin"):
        await keys(at(endpoint))


async def test_proxies_and_credentials_of_the_environment_are_not_used(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    seen: list[str] = []

    def watching(environ: dict[str, str], start: object) -> list[bytes]:
        seen.append(f"{environ.get('HTTP_AUTHORIZATION')} {environ.get('HTTP_X_AMZ_SECURITY_TOKEN')}")
        return listing("a.txt")(environ, start)  # type: ignore[operator, no-any-return]

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_TOKEN"):
        monkeypatch.setenv(name, "environnement")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with serving(watching) as endpoint:
        assert await keys(at(endpoint)) == {"a.txt"}
        assert await keys(Bucket(endpoint, "seau")) == {"a.txt"}
    signed, unsigned = seen
    assert signed.startswith("AWS4-HMAC-SHA256 Credential=clef/")
    assert signed.endswith(" None")
    assert unsigned == "None None"


async def test_only_the_authorities_that_are_named_make_a_strange_certificate_good(tmp_path: Path) -> None:
    certificate = certificate_of_this_machine(tmp_path)
    with serving(listing("a.txt"), certificate) as endpoint:
        assert await keys(at(endpoint, certificate.public)) == {"a.txt"}
        with pytest.raises(SourceUnreachable):
            await keys(at(endpoint))
    with pytest.raises(SourceInvalid, match="autorités"):
        await keys(at("https://127.0.0.1:1", tmp_path / "absent.pem"))


async def test_more_keys_than_a_page_holds_are_all_listed(s3: str) -> None:
    place = s3_place(s3)
    for n in range(30):
        place.put(f"{n}.txt", b"a")
    async with place.source() as source:
        assert len([entry async for entry in source.entries()]) == 30

"""What every `Place` for checkpoints does: files are made once, whole, and never changed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from policies.audit.folder_place import FolderPlace
from policies.audit.places import Place
from policies.audit.s3_place import S3Place
from policies.bucket import Bucket
from policies.errors import PlaceHolds, PlaceUnreachable
from tests.places import s3_place, s3_server, serving

NAME = "2026/11/26/00000000000000000012.note"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "s3", "locked"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty one; «locked» is a bucket whose objects nobody can take away before their time."""
    match request.param:
        case "folder":
            return FolderPlace(tmp_path / "pas encore là" / "points")
        case "s3":
            endpoint = request.getfixturevalue("s3")
            return S3Place(Bucket(endpoint, s3_place(endpoint).bucket, "points", "clef", "secret"))
        case _:
            endpoint = request.getfixturevalue("s3")
            return S3Place(Bucket(endpoint, locked_bucket(endpoint), "points", "clef", "secret"))


def locked_bucket(endpoint: str) -> str:
    bucket = f"points-{uuid4()}"
    made = httpx.put(f"{endpoint}/{bucket}", headers={"x-amz-bucket-object-lock-enabled": "true"}, trust_env=False)
    made.raise_for_status()
    rule = "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>400</Days></DefaultRetention></Rule>"
    lock = f"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
    httpx.put(f"{endpoint}/{bucket}?object-lock", content=lock, trust_env=False).raise_for_status()
    return bucket


async def test_an_empty_place_has_no_names(place: Place) -> None:
    assert [name async for name in place.names()] == []


async def test_what_was_put_is_listed_and_read(place: Place) -> None:
    await place.put(NAME, b"une note")
    await place.put(NAME.replace("note", "leaves"), bytes(64))
    assert sorted([name async for name in place.names()]) == [NAME.replace("note", "leaves"), NAME]
    assert await place.read(NAME) == b"une note"


async def test_the_same_again_changes_nothing_and_another_content_is_refused(place: Place) -> None:
    await place.put(NAME, b"une note")
    await place.put(NAME, b"une note")
    with pytest.raises(PlaceHolds, match="12"):
        await place.put(NAME, b"une autre")
    assert await place.read(NAME) == b"une note"


async def test_credentials_of_the_environment_do_not_go_to_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "environnement")
    seen: list[str] = []

    def watching(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        seen.append(f"{environ['HTTP_AUTHORIZATION']} {environ.get('HTTP_X_AMZ_SECURITY_TOKEN')}")
        start("200 OK", [])
        return [b"une note"]

    with serving(watching) as endpoint:
        assert await S3Place(Bucket(endpoint, "seau", "points", "clef", "secret")).read(NAME) == b"une note"
    assert seen[0].startswith("AWS4-HMAC-SHA256 Credential=clef/")
    assert seen[0].endswith(" None")


async def test_a_place_that_is_away_says_which_it_is(tmp_path: Path) -> None:
    (tmp_path / "fichier").touch()
    away = Bucket("http://127.0.0.1:9", "seau", "points", "clef", "secret", patience=timedelta(seconds=1))
    for place, label in (
        (FolderPlace(tmp_path / "fichier" / "points"), "fichier"),
        (S3Place(away), "s3://seau/points"),
    ):
        with pytest.raises(PlaceUnreachable, match=label):
            await place.put(NAME, b"une note")
    with pytest.raises(PlaceUnreachable, match="seau"):
        assert [name async for name in S3Place(away).names()]


async def test_a_file_that_was_not_finished_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    place = FolderPlace(tmp_path)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PlaceUnreachable, match="No space"):
        await place.put(NAME, b"une note")
    monkeypatch.undo()
    assert [name async for name in place.names()] == []
    await place.put(NAME, b"une note")

"""Where checkpoints are sent to, as settings and commands write it: a folder, or `s3://seau/dossier`."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from policies.audit.folder_place import FolderPlace
from policies.audit.places import Place
from policies.audit.s3_place import S3Place, S3PlaceSettings
from ui.errors import SettingsInvalid
from ui.settings import Settings

_S3 = "s3://"


def audit_places(settings: Settings) -> list[Place]:
    """Those of the settings, or else a folder in the data folder. Raises `SettingsInvalid`, `PlaceUnreachable`."""
    return places_of(settings, settings.checkpoints or (str(settings.home / "audit" / "checkpoints"),))


def places_of(settings: Settings, addresses: Sequence[str]) -> list[Place]:
    """The places of these addresses. Raises `SettingsInvalid`, `PlaceUnreachable`."""
    return [_bucket(settings, one) if one.startswith(_S3) else FolderPlace(Path(one)) for one in addresses]


def _bucket(settings: Settings, address: str) -> Place:
    known = settings.sources.get(settings.checkpoints_s3)
    bucket, _, prefix = address.removeprefix(_S3).strip("/").partition("/")
    if known is None or not bucket:
        raise SettingsInvalid(
            f"{address} : ASSISTANT_CHECKPOINTS_S3 doit nommer la section [sources.NOM] des réglages qui donne "
            "l’adresse du service S3 et ses identifiants, et l’adresse nommer le seau : s3://seau/dossier."
        )
    server = urlsplit(known.address)
    endpoint = f"{server.scheme}://{server.netloc}"
    return S3Place(S3PlaceSettings(endpoint, bucket, prefix, known.user, known.secret, known.region, known.ca))

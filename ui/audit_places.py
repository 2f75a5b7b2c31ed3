"""Where checkpoints are sent to, as settings and commands write it: a folder, or `s3://seau/dossier`."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from policies.audit.folder_place import FolderPlace
from policies.audit.places import Place
from policies.audit.s3_place import S3Place
from policies.audit.shipping import PlaceStanding
from policies.bucket import Bucket
from ui.errors import CheckpointsUnshipped, SettingsInvalid
from ui.settings import Settings

_S3 = "s3://"

PATIENCE = dt.timedelta(minutes=5)  # until what is not sent is said

BUCKET_PATIENCE = dt.timedelta(seconds=30)

_STANDINGS = TypeAdapter(list[PlaceStanding])


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
    return S3Place(Bucket(endpoint, bucket, prefix, known.user, known.secret, known.region, known.ca, BUCKET_PATIENCE))


def places_said(settings: Settings, standings: Sequence[PlaceStanding], now: dt.datetime) -> str:
    """How far they are, in French. Raises `CheckpointsUnshipped` where one lacks something for long."""
    for one in standings:
        if one.trouble or (one.since is not None and now - one.since > PATIENCE):
            raise CheckpointsUnshipped(one.trouble or _lacking(one))
    said = " ; ".join(_lacking(one) if one.lacking else f"{one.label} : à jour" for one in standings)
    if settings.checkpoints:
        return said
    return f"{said} ; qui réécrit cette machine réécrit aussi ces preuves, qui y sont : réglez ASSISTANT_CHECKPOINTS"


def standings_json(standings: Sequence[PlaceStanding]) -> Any:
    """For the data folder's socket."""
    return _STANDINGS.dump_python(list(standings), mode="json")


def standings_of_json(standings: Any) -> list[PlaceStanding]:
    """What `standings_json` gave."""
    return _STANDINGS.validate_python(standings)


def _lacking(one: PlaceStanding) -> str:
    return f"{one.label} : points de contrôle à envoyer : {one.lacking} (« assistant audit checkpoint » les envoie)"

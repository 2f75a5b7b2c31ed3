"""From what is known of a source to the source itself.

What is not of this machine is named in the settings: a section says under which address the assistant may read,
and with which secret. So nobody who may add sources can have a secret sent elsewhere, or have the assistant
read an address that was not given to it.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from ingestion.sources.errors import SourceInvalid
from ingestion.sources.folder import FolderSettings, open_folder
from ingestion.sources.followed import Kind, Place
from ingestion.sources.lines import LinesSettings, open_lines
from ingestion.sources.port import Source
from ingestion.sources.s3 import open_s3
from ingestion.sources.webdav import WebdavSettings, open_webdav
from policies.bucket import Bucket


@dataclass(frozen=True, slots=True)
class Credentials:
    """A section of the settings; `address` is a server's, perhaps with a path, below which these are for."""

    address: str
    user: str = ""
    secret: str = field(default="", repr=False)
    region: str = "us-east-1"
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens sources with the credentials of the settings, by name; `folders` are open to whoever keeps collections."""

    credentials: Mapping[str, Credentials]
    folders: tuple[Path, ...] = ()

    def require_below(self, place: Place) -> None:
        """Raises `SourceInvalid` for a path that lies below none of those folders.

        Who keeps collections is no owner of this machine: the assistant could read for them what they may not.
        """
        if place.kind not in (Kind.FOLDER, Kind.LINES):
            return
        path = _path(place).resolve()
        if not any(path.is_relative_to(folder.resolve()) for folder in self.folders):
            below = ", ".join(map(str, self.folders)) or "aucun pour l’instant"
            raise SourceInvalid(
                f"Un dossier ou un fichier se choisit ici sous ceux que nomme ASSISTANT_FOLLOWED_FOLDERS ({below}). "
                "Pour un autre, lancez « assistant sources add » sur la machine de l’assistant."
            )

    def open(self, place: Place) -> AbstractAsyncContextManager[Source]:
        """The source at that place. Raises `SourceInvalid`."""
        match place.kind:
            case Kind.FOLDER:
                return open_folder(FolderSettings(_path(place)))
            case Kind.LINES:
                return open_lines(LinesSettings(_path(place)))
            case Kind.S3:
                known, parts = self._address(place)
                bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
                if not bucket:
                    raise SourceInvalid("Une adresse S3 nomme le seau\u202f: https://s3.exemple.fr/seau/dossier")
                endpoint = f"{parts.scheme}://{parts.netloc}"
                return open_s3(Bucket(endpoint, bucket, prefix, known.user, known.secret, known.region, known.ca))
            case Kind.WEBDAV:
                known, _ = self._address(place)
                return open_webdav(WebdavSettings(place.location, known.user, known.secret, known.ca))

    def _address(self, place: Place) -> tuple[Credentials, SplitResult]:
        known = self.credentials.get(place.credentials)
        if known is None:
            names = ", ".join(sorted(self.credentials)) or "aucune pour l’instant"
            raise SourceInvalid(
                "Une adresse se lit avec une section [sources.NOM] des réglages, nommée par --credentials "
                f"({names}). Choisissez-en une, ou ajoutez-la."
            )
        parts, bound = _split(place.location), urlsplit(known.address)
        above = bound.path.rstrip("/") + "/"
        if (parts.scheme, parts.netloc) != (bound.scheme, bound.netloc) or not f"{parts.path}/".startswith(above):
            raise SourceInvalid(
                f"Les identifiants « {place.credentials} » sont pour {known.address} et ce qui est en dessous."
            )
        return known, parts


def _split(location: str) -> SplitResult:
    """Raises `SourceInvalid`, which does not repeat what was written: it may hold a password."""
    try:
        parts = urlsplit(location)
        good = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        good = False
    if not good or ".." in unquote(parts.path).split("/"):
        raise SourceInvalid("Écrivez une adresse complète, comme https://nuage.exemple.fr/remote.php/dav/files/notes")
    if parts.username is not None or parts.password is not None:
        raise SourceInvalid("Une adresse ne porte ni nom ni mot de passe\u202f: mettez-les dans les réglages.")
    return parts


def _path(place: Place) -> Path:
    path = Path(place.location)
    if place.credentials or not path.is_absolute():
        raise SourceInvalid("Un dossier ou un fichier se nomme par son chemin entier, sans identifiants.")
    return path

"""Model files, looked at before they are loaded and again for as long as they are used.

Invariants:
1. A file passes only if the SHA-256 of all its bytes (FIPS 180-4) stands in the list of allowed models.
2. It is read again as soon as its size, its times or its inode are others than when it was last read; until then
   its digest is remembered, so that a start reads ten gigabytes once.
3. A file is in the folder of models whole and allowed, or not at all.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from assistant.errors import ModelMissing, ModelRefused, ModelUnusable
from policies.models import MODELS, AllowedModel, AllowedModels, read_models

MAGIC = b"GGUF"
SHORTEST = 24  # bytes: magic, version, number of tensors, number of entries

# Of this name there is one at a time; who is killed in mid-copy leaves it to be overwritten by the next.
PARTIAL = ".import.partial"

PIECE = 2**20


@dataclass(frozen=True, slots=True)
class _Mark:
    """What changes when a file does. Who sets the time of a change back still moves that of its entry (`changed`)."""

    device: int
    inode: int
    size: int
    written: int
    changed: int


class ModelFiles:
    """Checks files against the list in `listed`. All methods block: they read whole files. Raises `ModelsInvalid`."""

    def __init__(self, listed: Path = MODELS) -> None:
        self._listed = listed
        self._allowed = read_models(listed)
        self._known: dict[Path, tuple[_Mark, str]] = {}
        self._reading = threading.Lock()

    def reread(self) -> AllowedModels:
        """The list as it stands now, which counts from here on. Raises `ModelsInvalid`, and the old one stays."""
        self._allowed = read_models(self._listed)
        return self._allowed

    def check(self, path: Path, *, anew: bool = False) -> AllowedModel:
        """The allowed model whose file it is; with `anew` every byte is read again.

        Raises `ModelMissing`, `ModelUnusable`, `ModelRefused`.
        """
        digest = self._digest(path, anew=anew)
        model = self._allowed.of_digest(digest)
        if model is None:
            raise ModelRefused(_refusal(path, digest, self._allowed), digest)
        return model

    def digests(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """The SHA-256 of each that was read, as it was then."""
        return tuple(self._known[path][1] for path in paths if path in self._known)

    def take(self, source: Path, folder: Path, told: Callable[[int], None] = lambda _: None) -> Path:
        """Copy an allowed file into the folder, under the name that the list gives it.

        `told` hears how many bytes are copied. Raises `ModelMissing`, `ModelUnusable`, `ModelRefused`, and `OSError`
        where the folder cannot be written.
        """
        model = self.check(source)
        folder.mkdir(parents=True, exist_ok=True)
        partial, target = folder / PARTIAL, folder / model.file
        try:
            with source.open("rb") as original, partial.open("wb") as copy:
                while piece := original.read(PIECE):
                    copy.write(piece)
                    told(copy.tell())
                copy.flush()
                os.fsync(copy.fileno())
            self.check(partial, anew=True)  # what was copied, and not what had been read before
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
            self._known.pop(partial, None)
        return target

    def _digest(self, path: Path, *, anew: bool) -> str:
        if not path.is_file():
            raise ModelMissing(
                f"Le fichier du modèle {path} n’existe pas. Copiez-y un modèle GGUF, ou indiquez le bon chemin."
            )
        try:
            if not anew and (digest := self._remembered(path)):
                return digest
            with self._reading:  # whoever waited finds what the other has read
                return (not anew and self._remembered(path)) or self._read(path)
        except OSError as error:
            raise ModelUnusable(
                f"Le fichier {path} ne peut pas être lu ({error.strerror}). "
                "Donnez le droit de le lire au compte qui fait tourner l’assistant, ou copiez-le de nouveau."
            ) from error

    def _remembered(self, path: Path) -> str:
        mark, digest = self._known.get(path, (None, ""))
        return digest if mark == _mark(path.stat()) else ""

    def _read(self, path: Path) -> str:
        with path.open("rb") as file:
            mark = _mark(os.fstat(file.fileno()))  # of before: a change meanwhile is one to be read
            _require_gguf(path, file)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._known[path] = mark, digest
        return digest


def _mark(stat: os.stat_result) -> _Mark:
    return _Mark(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _require_gguf(path: Path, file: BinaryIO) -> None:
    head = file.read(SHORTEST)
    if not head.startswith(MAGIC):
        raise ModelUnusable(f"Le fichier {path} n’est pas un modèle GGUF. Indiquez un fichier « .gguf ».")
    if len(head) < SHORTEST:
        raise ModelUnusable(f"Le fichier {path} est incomplet : il n’a que {len(head)} octets. Copiez-le de nouveau.")
    file.seek(0)


def _refusal(path: Path, digest: str, allowed: AllowedModels) -> str:
    if namesake := allowed.of_file(path.name):
        return (
            f"Le fichier {path} n’est pas chargé : il porte le nom du modèle autorisé « {namesake.name} », mais il "
            f"est incomplet ou altéré (SHA-256 {digest}, et non {namesake.sha256}). "
            "Remettez le bon fichier par « assistant models import FICHIER »."
        )
    return (
        f"Le fichier {path} n’est pas chargé : son empreinte (SHA-256 {digest}) n’est celle d’aucun modèle autorisé, "
        "ou sa copie est incomplète. Importez un modèle de la liste (« assistant models list ») par "
        "« assistant models import FICHIER », ou faites ajouter celui-ci à la liste que nomme ASSISTANT_ALLOWED_MODELS."
    )

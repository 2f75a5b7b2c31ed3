#!/usr/bin/env python3
"""Vérifie un paquet d’installation, sur n’importe quelle machine : Python 3.11 suffit, rien n’est à installer.

    python3.11 verify.py [DOSSIER] --key CLE [--allowed-models models.toml] [--json]

A bundle is a folder. `SHA256SUMS` names each of its files with its SHA-256; `SHA256SUMS.note` is a signed note (C2SP
signed-note, Ed25519) over the SHA-256 of that list. It is what its maker made when a key that the reader was given by
another way signed the note, the folder has the files of the list and no others, each with its sum, and what the parts
say of one another agrees. Nothing else of this product is imported, and no library: that is why all stands in one
file, and why the notes are here once more.

Exit status: 0 verified; 1 something is wrong, and the first thing is named.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

CONTEXT = "assistant.bundle/1"  # the first line of what is signed: a key's other signatures are not of bundles
SUMS, NOTE, MANIFEST, SBOM = "SHA256SUMS", "SHA256SUMS.note", "manifest.json", "sbom.cdx.json"
LOCKS = {"wheels.lock": ("requirements.lock",), "tools.lock": ("requirements-build.lock", "requirements-uv.lock")}
CARRIED = ("wheels/", "models/")
OWN = "pkg:generic/assistant@"  # the product's own wheel in the bill of materials
SMALL_BYTES = 64 << 20  # lists, locks, notes


class Wrong(Exception):
    """What is wrong, as a French sentence."""


# Ed25519 (RFC 8032, 5.1): the check of a signature. There is no secret here, so it need not take constant time.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1
Point = tuple[int, int, int, int]


def _added(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _added(total, point)
        point, number = _added(point, point), number >> 1
    return total


def _point(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT % P
    if x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed_by(public: bytes, text: bytes, signature: bytes) -> bool:
    """Whether the holder of that public key signed the text."""
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or BASE is None or len(signature) != 64 or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    minus = (P - key[0], key[1], 1, P - key[3])
    return _encoded(_added(_times(s, BASE), _times(k, minus))) == signature[:32]


# The signed note, and the key that it is to be signed with: c2sp.org/signed-note.


@dataclass(frozen=True)
class Key:
    """A public key as `NAME+HASH+KEY`."""

    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, written: str) -> "Key":
        """The key itself, or that in a file of that name. Raises `Wrong`."""
        written = written.strip()
        try:
            if "+" not in written or os.path.isfile(written):
                written = Path(written).read_text(encoding="utf-8").strip()
            name, digits, encoded = written.split("+", 2)
            typed = base64.b64decode(encoded, validate=True)
            key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
            if not name or key_id.hex() != digits or typed[:1] != b"\x01" or len(typed) != 33:
                raise ValueError(written)
        except OSError as error:
            raise Wrong(f"Le fichier de clé « {written[:120]} » ne se lit pas.") from error
        except ValueError as error:
            raise Wrong(f"« {written[:120]} » n’est pas une clé publique : elle s’écrit NOM+EMPREINTE+CLÉ.") from error
        return cls(name, key_id, typed[1:])


def _opened(note: str, key: Key) -> list[str]:
    """The lines of what that key signed. Raises `Wrong`."""
    text, mark, signatures = note.rpartition("\n\n")
    if not mark or not signatures.endswith("\n"):
        raise Wrong(f"« {NOTE} » n’est pas une note signée.")
    for line in signatures.removesuffix("\n").split("\n"):
        if (found := re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)", line)) is None:
            raise Wrong(f"Une ligne de signature de « {NOTE} » est abîmée.")
        try:
            raw = base64.b64decode(found[2], validate=True)
        except ValueError as error:
            raise Wrong(f"Une ligne de signature de « {NOTE} » est abîmée.") from error
        if (found[1], raw[:4]) == (key.name, key.id):
            if not signed_by(key.public, (text + "\n").encode(), raw[4:]):
                raise Wrong(f"La signature de « {key.name} » est fausse : le paquet a été modifié après sa signature.")
            return text.split("\n")
    raise Wrong(
        f"Le paquet n’est pas signé par la clé donnée ({key.name}) : ou bien ce n’est pas celle de son auteur, ou bien "
        "quelqu’un d’autre l’a refait."
    )


# The files: those of the list, whole, and no others.


def _small(folder: Path, name: str) -> bytes:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise Wrong(f"Le paquet est incomplet : « {name} » manque.")
    if path.stat().st_size > SMALL_BYTES:
        raise Wrong(f"« {name} » est trop long : ce n’est pas un paquet.")
    return path.read_bytes()


def _text(folder: Path, name: str) -> str:
    try:
        return _small(folder, name).decode()
    except UnicodeDecodeError as error:
        raise Wrong(f"« {name} » n’est pas en UTF-8.") from error


def _sums(text: str) -> dict[str, str]:
    """Name → SHA-256. A name has one spelling, and leads nowhere else. Raises `Wrong`."""
    sums: dict[str, str] = {}
    for line in text.removesuffix("\n").split("\n"):
        found = re.fullmatch(r"([0-9a-f]{64})  ([^\x00-\x1f\\]+)", line)
        if found is None or any(part in ("", ".", "..") for part in found[2].split("/")):
            raise Wrong(f"Une ligne de « {SUMS} » n’est pas une somme et un nom de fichier du paquet : {line[:120]!r}.")
        if found[2] in sums:
            raise Wrong(f"« {found[2][:120]} » paraît deux fois dans « {SUMS} ».")
        sums[found[2]] = found[1]
    return sums


def _there(folder: Path, below: str = "") -> Iterator[str]:
    with os.scandir(folder / below) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _there(folder, f"{name}/")
            elif entry.is_file(follow_symlinks=False):
                yield name
            else:
                raise Wrong(f"« {_shown(name)} » n’est pas un fichier ordinaire (lien, tube…) : un paquet n’en a pas.")


def _shown(name: str) -> str:
    """A name that somebody else chose, without what would rewrite the line or has no character."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:120])


def sha256(path: Path) -> str:
    """Of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _compare(folder: Path, sums: dict[str, str]) -> None:
    there = {*_there(folder)} - {SUMS, NOTE}
    if extra := sorted(there - sums.keys()):
        raise Wrong(f"Le paquet contient « {_shown(extra[0])} », qui n’en fait pas partie.")
    if missing := sorted(sums.keys() - there):
        raise Wrong(f"Le paquet est incomplet : « {_shown(missing[0])} » manque.")
    for name, expected in sums.items():
        if sha256(folder / name) != expected:
            raise Wrong(f"« {_shown(name)} » n’est pas tel que son auteur l’a mis : son empreinte diffère.")


# What the parts say of one another.


def pins(text: str) -> dict[str, frozenset[str]]:
    """«name==version» → its SHA-256s, of a file of requirements that has nothing else. Raises `Wrong`."""
    found: dict[str, frozenset[str]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pin, *rest = line.split()
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*(\[[a-z0-9,-]+\])?==[A-Za-z0-9.!+]+", pin):
            raise Wrong(f"« {line.strip()[:80]} » n’épingle pas une version.")
        hashes = [word.removeprefix("--hash=sha256:") for word in rest if word.startswith("--hash=sha256:")]
        if not hashes:
            raise Wrong(f"« {pin} » n’a pas d’empreinte.")
        found[re.sub(r"\[.*\]", "", pin)] = frozenset(hashes)
    return found


def _wheels(folder: Path, sums: dict[str, str], product: str, built: dict[str, str]) -> int:
    """Each pin of the product's locks has one wheel, which the lock knows, or which was built of what it knows.

    The product's own wheel is beside them, and the sources of what was built; nothing else is.
    """
    files = {digest: name for name, digest in sums.items() if name.startswith("wheels/")}
    wanted = set(built.values())
    for lock, sources in LOCKS.items():
        locked: dict[str, frozenset[str]] = {}
        for source in sources:
            locked |= pins(_text(folder, f"source/{source}"))
        carried = pins(_text(folder, lock))
        wanted |= carried.pop(product, frozenset())
        if differing := sorted(locked.keys() ^ carried.keys()):
            raise Wrong(f"« {lock} » et les verrous du produit ne nomment pas les mêmes paquets : {differing[0]}.")
        for pin, hashes in carried.items():
            if len(hashes) != 1:
                raise Wrong(f"« {lock} » nomme plusieurs wheels de « {pin} ».")
            if not hashes <= locked[pin] and built.get(pin) not in locked[pin]:
                raise Wrong(f"Le wheel de « {pin} » n’a pas une empreinte que le verrou du produit admet.")
            wanted |= hashes
    if missing := sorted(wanted - files.keys()):
        raise Wrong(f"Le paquet n’a pas le wheel, ou la source, dont l’empreinte est {missing[0]}.")
    if extra := sorted(files[digest] for digest in files.keys() - wanted):
        raise Wrong(f"« {extra[0]} » n’est dans aucun verrou.")
    return sum(name.endswith(".whl") for name in files.values())


def _bill(folder: Path, sums: dict[str, str]) -> None:
    """The bill of materials names each wheel and each model, and no other, by its SHA-256."""
    try:
        components = json.loads(_small(folder, SBOM))["components"]
        listed = {
            digest["content"]
            for one in components
            if one["type"] == "machine-learning-model" or str(one.get("purl", "")).startswith(("pkg:pypi/", OWN))
            for digest in one["hashes"]
            if digest["alg"] == "SHA-256"
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Wrong(f"« {SBOM} » n’est pas une nomenclature CycloneDX.") from error
    carried = {digest for name, digest in sums.items() if name.startswith(CARRIED) and name.endswith((".whl", ".gguf"))}
    if listed != carried:
        raise Wrong(f"« {SBOM} » ne nomme pas exactement les wheels et les modèles du paquet, par leur empreinte.")


def _models(folder: Path, sums: dict[str, str], allowed_list: Path) -> int:
    """Each model's SHA-256 is in the list, and its file begins as GGUF does."""
    models = {name: digest for name, digest in sums.items() if name.startswith("models/") and name.endswith(".gguf")}
    try:
        allowed = {one["sha256"].lower() for one in tomllib.loads(allowed_list.read_text("utf-8-sig")).get("model", [])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Wrong(f"La liste des modèles autorisés « {allowed_list} » ne se lit pas.") from error
    for name, digest in models.items():
        if digest not in allowed:
            raise Wrong(f"« {name} » n’est pas un modèle autorisé par « {allowed_list.name} » : {digest}.")
        with (folder / name).open("rb") as file:
            if file.read(4) != b"GGUF":
                raise Wrong(f"« {name} » n’est pas un fichier GGUF.")
    return len(models)


@dataclass(frozen=True)
class Verified:
    """What was verified: whose it is, what it is, and how much."""

    signer: str
    version: str
    commit: str
    platform: str
    files: int
    bytes: int
    wheels: int
    models: int


def verified(folder: Path, key: str, allowed_models: Path | None = None) -> Verified:
    """What the bundle is, if all holds; `key` is the reader's own. Raises `Wrong`."""
    trusted = Key.parse(key)
    if folder.is_symlink() or not folder.is_dir():
        raise Wrong(f"« {folder} » n’est pas un dossier. D’une archive, sortez-le d’abord : tar -xf PAQUET.tar")
    lines = _opened(_text(folder, NOTE), trusted)
    listed = _small(folder, SUMS)
    if lines != [CONTEXT, f"sha256 {hashlib.sha256(listed).hexdigest()}"]:
        raise Wrong(f"« {SUMS} » n’est pas la liste que « {trusted.name} » a signée.")
    sums = _sums(_text(folder, SUMS))
    _compare(folder, sums)
    try:
        manifest = json.loads(_small(folder, MANIFEST))
        told = {name: str(manifest[name]) for name in ("version", "commit", "platform")}
        parts, built = set(manifest["parts"]), {str(pin): str(digest) for pin, digest in manifest["built"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Wrong(f"« {MANIFEST} » est mal formé.") from error
    wheels = _wheels(folder, sums, f"assistant=={told['version']}", built) if "wheels" in parts else 0
    _bill(folder, sums)
    models = _models(folder, sums, allowed_models or folder / "models" / "models.toml") if "models" in parts else 0
    size = sum((folder / name).stat().st_size for name in sums)
    return Verified(trusted.name, **told, files=len(sums), bytes=size, wheels=wheels, models=models)


def main(arguments: list[str] | None = None) -> int:
    """Entry point; gives the exit status."""
    parser = argparse.ArgumentParser(description="Vérifie un paquet d’installation de l’assistant.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent, metavar="DOSSIER")
    parser.add_argument("--key", required=True, help="la clé publique, reçue par une autre voie, ou son fichier")
    parser.add_argument("--allowed-models", type=Path, help="la liste de modèles du site, au lieu de celle du paquet")
    parser.add_argument("--json", action="store_true", help="répondre en JSON")
    given = parser.parse_args(arguments)
    try:
        found = verified(given.folder, given.key, given.allowed_models)
    except Wrong as error:
        print(json.dumps({"wrong": str(error)}, ensure_ascii=False) if given.json else f"Paquet refusé : {error}")
        return 1
    print(json.dumps(asdict(found), ensure_ascii=False) if given.json else said(found))
    return 0


def said(found: Verified) -> str:
    """The same for people."""
    size = f"{found.bytes / 2**20:.0f} Mio"
    return (
        f"Paquet vérifié : assistant {found.version}, commit {found.commit[:12]}, {found.platform}, signé par "
        f"« {found.signer} ».\n{found.files} fichiers ({size}), wheels : {found.wheels}, modèles : {found.models}. "
        "Chacun est celui de la liste signée, et il n’y en a pas d’autre."
    )


if __name__ == "__main__":
    sys.exit(main())

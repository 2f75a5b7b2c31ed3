#!/usr/bin/env python3
"""Vérifie un export du registre d’audit, sur n’importe quelle machine : Python 3.11 et `cryptography` suffisent.

    python3 verify.py EXPORT.zip --key CLE [--key CLE_SUIVANTE …] [--json]

An export is a folder or a zip of `manifest.json`, `records.jsonl` (or `records.<format>`), `proofs.jsonl`,
`checkpoint.note`, `previous.jsonl`, `rotations.jsonl`, `purges.jsonl`, `keys.txt`, `LISEZMOI.txt` and a copy of this
file. It is proven when a key that its reader trusts signed the checkpoint (C2SP signed note, Ed25519), and the
checkpoint's tree (RFC 9162 2.1) holds each record in its place. Nothing else of this product is imported: that is why
all stands in one file, and why the tree and the notes are here a second time. No path is taken from the export.

Exit status: 0 proven; 1 something is wrong, and the first thing is named; 2 consistent, but no trusted key was named.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = 1
MANIFEST = "manifest.json"
ED25519 = b"\x01"  # the algorithm's byte in C2SP keys
LINE_BYTES = 32 << 20  # no record is longer
SMALL_BYTES = 4 << 20  # notes, keys and manifest
RATIO = 200  # proofs are hashes, which do not compress: an export is never that much smaller than its content
FORMATS = {"jsonl", "ecs", "ocsf", "cef", "syslog"}
FILES = {
    "proofs.jsonl",
    "checkpoint.note",
    "previous.jsonl",
    "rotations.jsonl",
    "purges.jsonl",
    "keys.txt",
    "LISEZMOI.txt",
    "verify.py",
}


class Wrong(Exception):
    """What is wrong, as a French sentence; `index` is the first record that it is about."""

    def __init__(self, sentence: str, index: int | None = None) -> None:
        super().__init__(sentence)
        self.index = index


# The tree: RFC 9162, 2.1.1 (hashes), 2.1.3.2 (inclusion), 2.1.4.2 (consistency).


def leaf_hash(body: bytes) -> bytes:
    """Of a record's body."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the tree of that size and root has that leaf at that index."""
    if not 0 <= index < size:
        return False
    node, last, here = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            here = node_hash(sibling, here)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            here = node_hash(here, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and here == root


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, path: list[bytes]) -> bool:
    """Whether the second tree begins with the first."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    if first & (first - 1) == 0:
        path = [first_root, *path]
    if not path:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# Signatures: c2sp.org/signed-note and c2sp.org/tlog-checkpoint.


@dataclass(frozen=True)
class Key:
    """A public key as `NAME+HASH+KEY`."""

    vkey: str
    name: str
    id: bytes
    public: Ed25519PublicKey

    @classmethod
    def parse(cls, vkey: str) -> "Key":
        """Raises `Wrong`."""
        try:
            name, digits, encoded = vkey.strip().split("+", 2)
            typed = base64.b64decode(encoded, validate=True)
            key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
            if not name or key_id.hex() != digits or typed[:1] != ED25519:
                raise ValueError(vkey)
            return cls(vkey.strip(), name, key_id, Ed25519PublicKey.from_public_bytes(typed[1:]))
        except ValueError as error:
            raise Wrong(f"« {vkey.strip()[:120]} » n’est pas une clé : elle s’écrit NOM+EMPREINTE+CLÉ.") from error


@dataclass(frozen=True)
class Checkpoint:
    """A signed tree head; `by` are those of the known keys that signed it."""

    origin: str
    size: int
    root: bytes
    at: str
    by: frozenset[str]


def opened(note: str, keys: Mapping[str, Key]) -> Checkpoint:
    """The checkpoint in a note; a signature by a known key that does not hold is an error. Raises `Wrong`."""
    text, mark, signatures = note.rpartition("\n\n")
    signed, by = (text + "\n").encode(), set()
    try:
        if not mark or not signatures.endswith("\n"):
            raise ValueError(note)
        for line in signatures.splitlines():
            dash, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
            if dash != "—":
                raise ValueError(line)
            for key in keys.values():
                if key.name == name and key.id == raw[:4]:
                    key.public.verify(raw[4:], signed)
                    by.add(key.vkey)
        origin, size, root, at = text.split("\n")[:4]
        return Checkpoint(origin, int(size), base64.b64decode(root, validate=True), at, frozenset(by))
    except InvalidSignature as error:
        raise Wrong("La signature d’un point de contrôle est fausse : il a été modifié après sa signature.") from error
    except ValueError as error:
        raise Wrong("Un point de contrôle est mal formé : ce n’est pas une note signée.") from error


# The export: a folder or a zip, read without trusting its names or sizes.


class Export:
    """Files by name. What is read is counted, and hashed for the comparison with the manifest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zip: zipfile.ZipFile | None = None
        self._read: dict[str, tuple[int, str]] = {}
        self._budget = sys.maxsize
        if path.is_dir():
            self.names = {entry.name for entry in path.iterdir()}
            if odd := [entry.name for entry in path.iterdir() if entry.is_symlink() or not entry.is_file()]:
                raise Wrong(f"L’export contient « {odd[0][:80]} », qui n’est pas un fichier.")
        else:
            self._zip = self._opened()
            listed = [entry.filename for entry in self._zip.infolist()]
            self.names = set(listed)
            if len(listed) != len(self.names):
                raise Wrong("L’archive contient deux fichiers du même nom.")
            self._budget = path.stat().st_size * RATIO + SMALL_BYTES
        if MANIFEST not in self.names:
            raise Wrong("L’export est inachevé : manifest.json, qui est écrit en dernier, manque. Refaites l’export.")
        allowed = FILES | {MANIFEST} | {f"records.{name}" for name in FORMATS}
        if strange := sorted(self.names - allowed):
            raise Wrong(f"L’export contient « {strange[0][:80]} », qui n’en fait pas partie.")

    def _opened(self) -> zipfile.ZipFile:
        if not self._path.exists():
            raise Wrong(f"Le fichier {self._path} n’existe pas.")
        try:
            return zipfile.ZipFile(self._path)
        except (zipfile.BadZipFile, OSError) as error:
            what = "L’archive est inachevée" if self._begins_as_zip() else "Ce fichier n’est pas une archive zip"
            raise Wrong(f"{what} : refaites l’export, ou copiez-le de nouveau.") from error

    def _begins_as_zip(self) -> bool:
        with self._path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"

    def lines(self, name: str) -> Iterator[bytes]:
        """Each line, without its line feed."""
        digest, total = hashlib.sha256(), 0
        with self._file(name) as file:
            while line := self._line(file, name):
                total += len(line)
                self._budget -= len(line)
                if self._budget < 0:
                    raise Wrong(f"« {name} » se décompresse sans mesure : ce n’est pas un export.")
                digest.update(line)
                if not line.endswith(b"\n"):
                    raise Wrong(f"« {name} » est inachevé : sa dernière ligne n’a pas de fin. Refaites l’export.")
                yield line[:-1]
        self._read[name] = total, digest.hexdigest()

    def _line(self, file: IO[bytes], name: str) -> bytes:
        try:
            line = file.readline(LINE_BYTES)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, zlib.error) as error:
            raise Wrong(f"« {name} » est abîmé et ne se lit pas en entier. Copiez de nouveau l’export.") from error
        if len(line) == LINE_BYTES:
            raise Wrong(f"« {name} » a une ligne de plus de {LINE_BYTES >> 20} Mio : ce n’est pas un export.")
        return line

    def text(self, name: str) -> str:
        """A small file whole."""
        total, found = 0, []
        for line in self.lines(name):
            total += len(line) + 1
            if total > SMALL_BYTES:
                raise Wrong(f"« {name} » est trop long : ce n’est pas un export.")
            found.append(line)
        try:
            return "".join(line.decode() + "\n" for line in found)
        except UnicodeDecodeError as error:
            raise Wrong(f"« {name} » n’est pas en UTF-8.") from error

    def _file(self, name: str) -> IO[bytes]:
        if name not in self.names:
            raise Wrong(f"L’export est incomplet : « {name} » manque.")
        try:
            return self._zip.open(name) if self._zip else (self._path / name).open("rb")
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise Wrong(f"« {name} » ne se lit pas : copiez de nouveau l’export.") from error

    def compare(self, files: Mapping[str, Any]) -> None:
        """With what the manifest says of each file, all of which are read for it. Raises `Wrong`."""
        for name in sorted(self.names - {MANIFEST}):
            if name not in self._read:
                for _ in self.lines(name):
                    pass
            told = files.get(name)
            if not isinstance(told, dict) or (told.get("bytes"), told.get("sha256")) != self._read[name]:
                raise Wrong(f"« {name} » n’est pas tel que l’export l’a écrit : sa taille ou son empreinte diffère.")
        if missing := sorted(set(files) - self.names):
            raise Wrong(f"L’export est incomplet : « {missing[0][:80]} » manque.")


# The verdict.


@dataclass
class Verdict:
    """What was proven, and what not; `wrong` is the first thing that does not hold."""

    origin: str = ""
    checkpoint_size: int = 0
    checkpoint_at: str = ""
    records: int = 0
    first: int | None = None
    last: int | None = None
    purged: int = 0
    lost: int = 0
    previous: int = 0
    format: str = "jsonl"
    trusted: bool = False
    signed_by: list[str] = field(default_factory=list)
    wrong: str = ""
    wrong_index: int | None = None

    @property
    def status(self) -> int:
        """The exit status."""
        return 1 if self.wrong else 0 if self.trusted else 2


def verified(path: Path, trusted: list[str]) -> Verdict:
    """What holds of an export; `trusted` are the reader's own keys, the oldest first."""
    verdict = Verdict()
    try:
        named = [Key.parse(vkey) for vkey in trusted]
        _verify(Export(path), named, verdict)
    except Wrong as error:
        verdict.wrong, verdict.wrong_index = str(error), error.index
    return verdict


def _verify(export: Export, named: list[Key], verdict: Verdict) -> None:
    manifest = _manifest(export.text(MANIFEST))
    if others := sorted(export.names - FILES - {MANIFEST, manifest["records"]}):
        raise Wrong(f"L’export contient « {others[0]} », dont rien n’est prouvé : {MANIFEST} n’en parle pas.")
    enclosed = [Key.parse(line) for line in export.text("keys.txt").splitlines() if line.strip()]
    keys = {key.vkey: key for key in named or enclosed}
    successors = _rotated(export, keys, {(named or enclosed)[-1].vkey} if keys else set())
    head = opened(export.text("checkpoint.note"), keys)
    verdict.origin, verdict.checkpoint_size, verdict.checkpoint_at = head.origin, head.size, head.at
    verdict.signed_by, verdict.trusted = sorted(head.by), bool(named)
    if not head.by & successors:
        raise Wrong(
            "Aucune clé de confiance n’a signé le point de contrôle : ou bien la clé donnée n’est pas celle de ce "
            "registre, ou bien l’export a été refait par quelqu’un d’autre."
        )
    _records(export, manifest, head, verdict)
    for line in export.lines("previous.jsonl"):
        verdict.previous += _previous(_object(line, "previous.jsonl"), head, keys)
    export.compare(manifest["files"])


def _manifest(text: str) -> dict[str, Any]:
    manifest = _object(text.encode(), MANIFEST)
    if manifest.get("format") != FORMAT:
        raise Wrong("Cet export est d’un autre format : vérifiez-le avec le fichier verify.py qu’il contient.")
    kinds = {"records": str, "first": int, "count": int, "files": dict}
    if any(not isinstance(manifest.get(name), kind) for name, kind in kinds.items()):
        raise Wrong("manifest.json est mal formé.")
    if manifest["records"] not in {f"records.{name}" for name in FORMATS}:
        raise Wrong("manifest.json nomme un fichier d’enregistrements inconnu.")
    return manifest


def _object(line: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"« {name} » est mal formé : une ligne n’est pas du JSON.") from error
    if not isinstance(value, dict):
        raise Wrong(f"« {name} » est mal formé : une ligne n’est pas un objet.")
    return value


def _hashes(value: Any, name: str) -> list[bytes]:
    try:
        return [base64.b64decode(one, validate=True) for one in value]
    except (ValueError, TypeError) as error:
        raise Wrong(f"« {name} » est mal formé : une empreinte ne se lit pas.") from error


def _index(told: Mapping[str, Any], name: str) -> int:
    index = told.get("index")
    if not isinstance(index, int):
        raise Wrong(f"« {name} » est mal formé : il y manque le numéro d’un enregistrement.")
    return index


def _details(body: str, name: str) -> dict[str, Any]:
    details = _object(body.encode("utf-8", "replace"), name).get("details")
    if not isinstance(details, dict):
        raise Wrong(f"« {name} » est mal formé : un enregistrement n’y dit rien.")
    return details


def _rotated(export: Export, keys: dict[str, Key], current: set[str]) -> set[str]:
    """Those that may sign last: the last key that is trusted, and whatever it handed over to, which `keys` learns.

    A handing over holds where the register says so in a tree that both keys signed.
    """
    for line in export.lines("rotations.jsonl"):
        told = _object(line, "rotations.jsonl")
        body, note = str(told.get("body", "")), str(told.get("note", ""))
        details = _details(body, "rotations.jsonl")
        old, new = str(details.get("old", "")), str(details.get("new", ""))
        if old not in keys:
            continue
        head = opened(note, {**keys, new: Key.parse(new)})
        path, index = _hashes(told.get("path"), "rotations.jsonl"), _index(told, "rotations.jsonl")
        if not {old, new} <= head.by:  # the old one is lost, or somebody else wrote the record: nobody can follow
            continue
        if not included(leaf_hash(body.encode()), index, head.size, path, head.root):
            raise Wrong(f"Le changement de clé de l’enregistrement {index} n’est pas prouvé.", index)
        keys[new] = Key.parse(new)
        if old in current:
            current = current - {old} | {new}
    return current


class Purged:
    """The records that the register itself says were purged, or lost in a restore, by records in the signed tree."""

    def __init__(self, export: Export, head: Checkpoint) -> None:
        spans: list[tuple[int, int]] = []
        self.lost: list[tuple[int, int]] = []
        for line in export.lines("purges.jsonl"):
            told = _object(line, "purges.jsonl")
            body, index = str(told.get("body", "")), _index(told, "purges.jsonl")
            path = _hashes(told.get("path"), "purges.jsonl")
            if included(leaf_hash(body.encode("utf-8", "replace")), index, head.size, path, head.root):
                spans += _gone(body, index)
                self.lost += _lost(body, index)
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans + self.lost):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, index: int) -> bool:
        place = bisect_right(self._starts, index) - 1
        return place >= 0 and index < self._ends[place]


def _lost(body: str, index: int) -> list[tuple[int, int]]:
    """The span that a record of a restore tells of: the records right before it."""
    told = _object(body.encode("utf-8", "replace"), "purges.jsonl")
    try:
        start, end = int(told["details"]["from"]), int(told["details"]["to"])
    except (AttributeError, KeyError, TypeError, ValueError):  # then nothing was lost by it
        return []
    return [(start, end)] if told.get("act") == "backup.restored" and 0 <= start < end == index else []


def _gone(body: str, index: int) -> list[tuple[int, int]]:
    """The spans that a record of a purge tells of: all before it, without those that were kept."""
    told, gone = _object(body.encode("utf-8", "replace"), "purges.jsonl"), []
    try:
        details = told["details"]
        start, end = int(details["from"]), int(details["to"])
        kept = sorted((int(first), int(last)) for first, last in details.get("kept", ()))
    except (AttributeError, KeyError, TypeError, ValueError):  # then nothing was purged by it
        return []
    if told.get("act") != "ledger.purged" or end > index:
        return []
    for first, last in kept:
        if first < last:
            gone.append((start, min(first, end)))
            start = max(start, last)
    return [(first, last) for first, last in [*gone, (start, end)] if first < last]


def _records(export: Export, manifest: Mapping[str, Any], head: Checkpoint, verdict: Verdict) -> None:
    name, gone = manifest["records"], Purged(export, head)
    verdict.format = name.removeprefix("records.")
    records, expected = export.lines(name), manifest["first"]
    for line in export.lines("proofs.jsonl"):
        proof = _object(line, "proofs.jsonl")
        index = proof.get("index")
        if index != expected:
            raise Wrong(f"L’enregistrement {expected} manque : après lui vient {str(index)[:20]}.", expected)
        (leaf,), path = _hashes([proof.get("leaf")], "proofs.jsonl"), _hashes(proof.get("path"), "proofs.jsonl")
        if _is_gone(proof, index, gone):
            were_lost = any(start <= index < end for start, end in gone.lost)
            verdict.lost, verdict.purged = verdict.lost + were_lost, verdict.purged + (not were_lost)
        else:
            body = next(records, None)
            if body is None:
                raise Wrong(f"L’enregistrement {index} manque dans « {name} ».", index)
            if verdict.format == "jsonl":
                _body(body, leaf, index)
            verdict.records += 1
        if not included(leaf, index, head.size, path, head.root):
            raise Wrong(f"L’enregistrement {index} n’est pas dans l’arbre que le point de contrôle signe.", index)
        verdict.first = index if verdict.first is None else verdict.first
        verdict.last, expected = index, index + 1
    if next(records, None) is not None:
        raise Wrong(f"« {name} » a des enregistrements de trop, après le numéro {verdict.last}.", expected)
    if (told := manifest["count"]) != expected - manifest["first"]:
        raise Wrong(f"L’export annonce {told} enregistrements et en contient {expected - manifest['first']}.", expected)


def _is_gone(proof: Mapping[str, Any], index: int, gone: Purged) -> bool:
    """Whether a record lawfully lacks. Raises `Wrong` where it lacks otherwise."""
    if proof.get("missing"):
        raise Wrong(
            f"L’enregistrement {index} manquait au registre, sans qu’une règle de conservation l’efface.", index
        )
    if proof.get("purged") and index not in gone:
        raise Wrong(
            f"L’enregistrement {index} manque : l’export le dit effacé par une règle de conservation, mais le registre "
            "ne le dit pas.",
            index,
        )
    return bool(proof.get("purged"))


def _body(body: bytes, leaf: bytes, index: int) -> None:
    if leaf_hash(body) == leaf:
        return
    if body.endswith(b"\r"):
        raise Wrong(
            "Les fins de ligne de records.jsonl ont été changées (CRLF), sans doute par une copie « en mode texte » : "
            "copiez de nouveau l’archive sans l’ouvrir.",
            index,
        )
    raise Wrong(f"L’enregistrement {index} a été modifié : son empreinte n’est pas celle de l’arbre.", index)


def _previous(told: Mapping[str, Any], head: Checkpoint, keys: Mapping[str, Key]) -> bool:
    """Whether it counts: one by a key that the reader does not know, as an older one, says nothing to them."""
    before = opened(str(told.get("note", "")), keys)
    path = _hashes(told.get("path"), "previous.jsonl")
    if not before.by:
        return False
    if before.origin != head.origin:
        raise Wrong(f"Un point de contrôle vient d’un autre registre, « {before.origin} ».")
    if not consistent(before.size, before.root, head.size, head.root, path):
        raise Wrong(
            f"Le registre a été réécrit : il ne prolonge pas le point de contrôle de {before.size} enregistrements."
        )
    return True


def said(verdict: Verdict) -> str:
    """The verdict in French."""
    if verdict.wrong:
        return f"✗ {verdict.wrong}"
    span = f", du n° {verdict.first} au n° {verdict.last}" if verdict.records else ""
    lines = [
        f"Registre : {verdict.origin}",
        f"Point de contrôle : {verdict.checkpoint_size} enregistrements, signé le {verdict.checkpoint_at}",
        *(f"  par la clé {vkey}" for vkey in verdict.signed_by),
        f"Enregistrements : {verdict.records}{span}",
        f"Points de contrôle antérieurs prolongés sans réécriture : {verdict.previous}",
    ]
    if verdict.purged:
        lines.append(f"Effacés par la règle de conservation, dont reste l’empreinte : {verdict.purged}")
    if verdict.lost:
        lines.append(f"Perdus dans une restauration que le registre annonce, dont reste l’empreinte : {verdict.lost}")
    if verdict.format != "jsonl":
        lines.append(
            f"Les lignes de records.{verdict.format} sont une traduction : sont prouvés le nombre, l’ordre et les "
            "empreintes des enregistrements. Pour prouver leur texte, exportez en jsonl."
        )
    if verdict.trusted:
        return "\n".join([*lines, "✓ Prouvé."])
    return "\n".join(
        [
            *lines,
            "? L’export est cohérent, mais n’a été comparé qu’à la clé qu’il contient : n’importe qui peut en faire "
            "un pareil. Donnez par --key la clé que vous avez reçue par une autre voie.",
        ]
    )


def main() -> int:
    """Entry point; gives the exit status."""
    parser = argparse.ArgumentParser(description="Vérifie un export du registre d’audit.")
    parser.add_argument("export", type=Path, help="le fichier zip, ou le dossier où il est décompressé")
    parser.add_argument("--key", action="append", default=[], help="une clé de confiance, la plus ancienne d’abord")
    parser.add_argument("--json", action="store_true", help="répondre en JSON")
    given = parser.parse_args()
    verdict = verified(given.export, given.key)
    print(json.dumps(asdict(verdict) | {"status": verdict.status}, ensure_ascii=False) if given.json else said(verdict))
    return verdict.status


if __name__ == "__main__":
    sys.exit(main())

"""The files of the key that signs checkpoints, in the folder `audit` of the data folder unless settings say otherwise.

Several processes that sign for one ledger share them.

signing.pem        the private key (PKCS #8), for its owner alone
signing.pem.next   the one that is to follow, while it is being changed
keys.txt           the public keys, the oldest first: what verifiers need
latest.note        the last checkpoint that was signed with them
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policies import KeyInvalid, SigningKey, VerifyingKey
from ui.errors import AuditKeyUnusable
from ui.french import system_reason
from ui.keys import write_privately


@dataclass(frozen=True, slots=True)
class AuditKeys:
    """All methods raise `AuditKeyUnusable` where a file cannot be read or written, or holds no key."""

    path: Path

    def current(self, origin: str) -> SigningKey:
        """The key that signs for the ledger of that name; made where the ledger has no name yet, and so no checkpoint.

        A key that is missing is not replaced silently: whoever verifies would have to believe a new one.
        """
        if self.path.exists():
            return self._read(self.path, origin or self._name())
        if origin:
            raise AuditKeyUnusable(
                f"La clé qui signe le registre manque : {self.path}. Remettez-la depuis sa sauvegarde, ou réglez "
                "ASSISTANT_AUDIT_KEY. Si elle est perdue, tapez « assistant audit rotate-key --lost »."
            )
        return self.renew(self._name())

    def renew(self, name: str) -> SigningKey:
        """A new key where there is none; where another process makes one at the same time, its key."""
        key = SigningKey.generated(name or self._name())
        self._write(self.path, key.pem, first=True)
        return self._read(self.path, key.name)

    def signing(self, name: str) -> Sequence[SigningKey]:
        """What signs now: the key, and the one that follows while it is being changed. Raises `KeyInvalid`."""
        try:
            following = self.following(name)
            return [self._read(self.path, name), *([following] if following else [])]
        except AuditKeyUnusable as error:
            raise KeyInvalid(str(error)) from error

    def following(self, name: str) -> SigningKey | None:
        """The key that is to follow, where a change was begun."""
        return self._read(self._next, name) if self._next.exists() else None

    def begin(self, name: str) -> SigningKey:
        """A new key that is to follow."""
        key = SigningKey.generated(name)
        self._write(self._next, key.pem)
        return key

    def change(self) -> None:
        """Have the one that follows take the place of the current one."""
        try:
            self._next.replace(self.path)
        except OSError as error:
            raise self._unusable(self.path, system_reason(error)) from error

    def publish(self, key: SigningKey) -> None:
        """Note the public half for verifiers, once."""
        known = [public.vkey for public in self.public()]
        if key.vkey not in known:
            self._write(self._public, "".join(f"{vkey}\n" for vkey in [*known, key.vkey]).encode())

    def public(self) -> list[VerifyingKey]:
        """The public keys, the oldest first."""
        return [VerifyingKey.parse(line) for line in self._text(self._public).splitlines() if line.strip()]

    def latest(self) -> str:
        """The last checkpoint that was signed; empty where there is none."""
        return self._text(self._latest)

    def keep_latest(self, note: str) -> None:
        """Remember a checkpoint as the last one."""
        self._write(self._latest, note.encode())

    @property
    def _next(self) -> Path:
        return self.path.with_name(f"{self.path.name}.next")

    @property
    def _public(self) -> Path:
        return self.path.with_name("keys.txt")

    @property
    def _latest(self) -> Path:
        return self.path.with_name("latest.note")

    def _name(self) -> str:
        """Of the ledger: that of the last public key, or one that no other ledger has."""
        known = self.public()
        return known[-1].name if known else f"assistant/{secrets.token_hex(8)}"

    def _read(self, path: Path, name: str) -> SigningKey:
        try:
            return SigningKey.of_pem(name, path.read_bytes())
        except OSError as error:
            raise self._unusable(path, system_reason(error)) from error
        except KeyInvalid as error:
            raise self._unusable(path, str(error)) from error

    def _text(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8") if path.exists() else ""
        except OSError as error:
            raise self._unusable(path, system_reason(error)) from error
        except UnicodeDecodeError as error:
            raise self._unusable(path, "il n’est pas en UTF-8") from error

    def _write(self, path: Path, content: bytes, *, first: bool = False) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_privately(path, content, first=first)
        except OSError as error:
            raise self._unusable(path, system_reason(error)) from error

    def _unusable(self, path: Path, reason: str) -> AuditKeyUnusable:
        return AuditKeyUnusable(
            f"Le fichier {path}, avec lequel les points de contrôle du registre sont signés, n’est pas utilisable : "
            f"{reason}. Corrigez ses droits, ou remettez-le depuis sa sauvegarde."
        )

"""Signed notes (C2SP signed-note, https://c2sp.org/signed-note) with Ed25519: a text and who vouches for it.

A note is a text that ends with a newline, an empty line, and one line a signature: «— name base64». The bytes in
base64 are four that name the key and the 64 of the signature (RFC 8032) over the text.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from policies.errors import KeyInvalid, NoteInvalid

_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<bytes>[A-Za-z0-9+/]+=*)")


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public half of a key. `name` says whose it is, without spaces and «+»; `public` is 32 bytes."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> "VerifyingKey":
        """The key in the form «name+hash+base64» that verifiers exchange. Raises `KeyInvalid`."""
        try:
            name, identifier, encoded = vkey.strip().split("+", 2)
            kind_and_public = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise KeyInvalid("Une clé publique s’écrit « nom+empreinte+base64 ».") from error
        key = cls(name, kind_and_public[1:])
        if kind_and_public[:1] != _ED25519 or len(key.public) != 32 or not _is_name(name):
            raise KeyInvalid(f"La clé publique de « {name} » n’est pas une clé Ed25519.")
        if key.identifier.hex() != identifier:
            raise KeyInvalid(f"La clé publique de « {name} » est abîmée : son empreinte n’est pas la sienne.")
        return key

    @property
    def identifier(self) -> bytes:
        """Four bytes that name the key in signatures."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as verifiers exchange it."""
        return f"{self.name}+{self.identifier.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Whether the text was signed with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A private key; nothing shows it but `pem`."""

    __slots__ = ("_private", "public")

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        if not _is_name(name):
            raise KeyInvalid(f"Le nom d’une clé n’a ni espace ni « + » : « {name} » ne convient pas.")
        self._private = private
        self.public = VerifyingKey(name, private.public_key().public_bytes_raw())

    @classmethod
    def generated(cls, name: str) -> "SigningKey":
        """A new key."""
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def of_pem(cls, name: str, pem: bytes) -> "SigningKey":
        """The key of a PKCS #8 file without a password. Raises `KeyInvalid`."""
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyInvalid("elle n’est pas une clé privée au format PEM, sans mot de passe") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyInvalid("elle n’est pas une clé Ed25519")
        return cls(name, private)

    @property
    def pem(self) -> bytes:
        """The private key as a PKCS #8 file: a secret."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def name(self) -> str:
        """Whose key it is."""
        return self.public.name

    @property
    def vkey(self) -> str:
        """The public half, as verifiers exchange it."""
        return self.public.vkey

    def signature(self, text: bytes) -> bytes:
        """64 bytes over the text."""
        return self._private.sign(text)


@dataclass(frozen=True, slots=True)
class Opened:
    """The text of a note and the keys, of those that were asked for, that signed it."""

    text: str
    by: tuple[VerifyingKey, ...]


def signed(text: str, keys: Iterable[SigningKey]) -> str:
    """The note of a text that ends with a newline. Raises `NoteInvalid`."""
    if not text.endswith("\n"):
        raise NoteInvalid("Le texte d’une note finit par une fin de ligne.")
    lines = [
        f"— {key.name} {base64.b64encode(key.public.identifier + key.signature(text.encode())).decode()}\n"
        for key in keys
    ]
    return f"{text}\n{''.join(lines)}"


def opened(note: str, keys: Sequence[VerifyingKey]) -> Opened:
    """The text of a note that at least one of these keys signed.

    Signatures of other keys are left alone. Raises `NoteInvalid` where the note has another form, where a
    signature that names one of these keys does not hold, and where none of them signed.
    """
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise NoteInvalid("Ce point de contrôle n’a pas la forme d’une note signée.")
    text += "\n"
    by = []
    for line in signatures.removesuffix("\n").split("\n"):
        name, identifier, signature = _signature(line)
        for key in keys:
            if (key.name, key.identifier) != (name, identifier):
                continue
            if not key.verifies(text.encode(), signature):
                raise NoteInvalid(f"La signature de « {name} » ne correspond pas à ce point de contrôle.")
            by.append(key)
    if not by:
        raise NoteInvalid("Ce point de contrôle n’est signé par aucune des clés connues.")
    return Opened(text, tuple(by))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    if (found := _SIGNATURE.fullmatch(line)) is None:
        raise NoteInvalid("Une ligne de signature de ce point de contrôle est abîmée.")
    try:
        written = base64.b64decode(found["bytes"], validate=True)
    except binascii.Error as error:
        raise NoteInvalid("Une ligne de signature de ce point de contrôle est abîmée.") from error
    return found["name"], written[:4], written[4:]


def _is_name(name: str) -> bool:
    return bool(re.fullmatch(r"[^\s+]+", name))

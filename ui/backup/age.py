"""Files encrypted for the holders of age keys (https://age-encryption.org/v1), written and read in pieces.

The machine that makes a backup has public keys alone: it cannot read what it wrote. Each piece of 64 KiB is
authenticated, and so is the end of the file: what was changed or cut is not read.
"""

import asyncio
import hashlib
import os
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, BinaryIO

import pyrage
from pyrage.x25519 import Identity as Identity
from pyrage.x25519 import Recipient

from ui.errors import BackupDamaged, BackupIdentityWrong, BackupKeyInvalid, BackupUnwritable
from ui.french import system_reason


def new_identity() -> tuple[str, str]:
    """A key pair: the secret one, in the form of an identity file, and the public one."""
    identity = Identity.generate()
    public = str(identity.to_public())
    return f"# public key: {public}\n{identity}\n", public


def recipients_of(named: Sequence[str]) -> list[Recipient]:
    """The recipients of these public keys, or of files with one a line. Raises `BackupKeyInvalid`."""
    texts = [line for one in named for line in ([one] if one.startswith("age1") else _lines(Path(one)))]
    try:
        found = [Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError as error:
        raise BackupKeyInvalid(
            "Un destinataire de la sauvegarde n’est pas une clé publique age : elle commence par « age1 » "
            "(« assistant backup keys » en fait une)."
        ) from error
    if not found:
        raise BackupKeyInvalid(
            "Nommez par --to, ou par ASSISTANT_BACKUP_RECIPIENTS, la clé publique de qui pourra lire la sauvegarde "
            "(« assistant backup keys » en fait une) : elle n’est jamais écrite en clair."
        )
    return found


def identities_of(path: Path) -> list[Identity]:
    """The secret keys of an identity file. Raises `BackupKeyInvalid`."""
    try:
        found = [Identity.from_str(text) for text in _lines(path)]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise BackupKeyInvalid(
            f"Le fichier {path} ne contient pas de clé secrète age : elle commence par « AGE-SECRET-KEY-1 »."
        )
    return found


class Sealing:
    """A file that is encrypted as its content comes. All methods raise `BackupUnwritable`."""

    def __init__(self, path: Path, recipients: Sequence[Recipient]) -> None:
        self._path = path
        self._recipients = list(recipients)
        self._source, self._sink = os.pipe()
        self._threads = ThreadPoolExecutor(2)  # one encrypts, one waits until there is room in the pipe
        self._work = asyncio.get_running_loop().run_in_executor(self._threads, self._encrypt)
        self._last: Future[None] | None = None
        self._closed = False

    async def write(self, content: bytes) -> None:
        """Add to it."""
        try:
            self._last = self._threads.submit(_write_all, self._sink, content)
            await asyncio.wrap_future(self._last)
        except BrokenPipeError:
            await self._work  # says why

    async def finish(self) -> tuple[int, str]:
        """Make it durable; gives its size in bytes and its SHA-256."""
        self._close()
        return await self._work

    async def end(self) -> None:
        """Let go of it, whatever happened."""
        if self._last is not None:  # whoever was cancelled has left it writing
            await asyncio.to_thread(wait, [self._last])
        self._close()
        await asyncio.gather(self._work, return_exceptions=True)
        self._threads.shutdown()

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._sink)

    def _encrypt(self) -> tuple[int, str]:
        with os.fdopen(self._source, "rb") as source:
            try:
                with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    target = _Counted(file)
                    try:
                        pyrage.encrypt_io(source, target, self._recipients)
                    except pyrage.EncryptError:
                        raise target.error or OSError("pyrage") from None
                    file.flush()
                    os.fsync(file.fileno())
                    return target.size, target.digest.hexdigest()
            except OSError as error:
                raise BackupUnwritable(
                    f"La sauvegarde {self._path} ne peut pas être écrite : {system_reason(error)}. Rien n’en reste ; "
                    "donnez un autre dossier, ou libérez de la place, puis recommencez."
                ) from error


@asynccontextmanager
async def sealing(path: Path, recipients: Sequence[Recipient]) -> AsyncIterator[Sealing]:
    """The file at that path, which the caller renames once it is whole; else nothing of it stays."""
    made = Sealing(path, recipients)
    try:
        yield made
    finally:
        await made.end()
        await asyncio.to_thread(path.unlink, missing_ok=True)


@contextmanager
def opened(path: Path, identities: Sequence[Identity]) -> Iterator[BinaryIO]:
    """What the file holds, to be read to its end. Raises `BackupDamaged`, `BackupIdentityWrong`, `BackupUnreadable`."""
    source, sink = os.pipe()
    failed: list[Exception] = []

    def decrypt() -> None:
        with os.fdopen(sink, "wb", buffering=0) as pipe:
            target = _Counted(pipe)
            try:
                with path.open("rb") as file:
                    pyrage.decrypt_io(file, target, list(identities))
            except Exception as error:  # noqa: BLE001 - it is told by whoever reads
                if target.error is None:  # else they have left
                    failed.append(error)

    thread = threading.Thread(target=decrypt, daemon=True)
    thread.start()
    try:
        with os.fdopen(source, "rb") as reader:
            yield reader
            while reader.read(1 << 20):  # the last piece alone says that nothing was cut off
                pass
    except Exception:
        thread.join()
        if failed:
            raise _told(path, failed[0]) from failed[0]
        raise
    thread.join()
    if failed:
        raise _told(path, failed[0]) from failed[0]


def _told(path: Path, error: Exception) -> Exception:
    if isinstance(error, OSError) and error.errno is not None:
        return BackupDamaged(f"La sauvegarde {path} ne se lit pas : {system_reason(error)}.")
    if isinstance(error, pyrage.DecryptError) and "matching keys" in str(error):
        return BackupIdentityWrong(
            f"La clé donnée n’ouvre pas {path} : la sauvegarde a été faite pour un autre destinataire. Donnez par "
            "--identity le fichier de sa clé secrète."
        )
    return BackupDamaged(
        f"Le fichier {path} n’est pas une sauvegarde, ou il a été modifié ou coupé depuis : rien n’en est restauré. "
        "Prenez une autre copie, ou une sauvegarde plus ancienne."
    )


class _Counted:
    """What pyrage writes to; it keeps the system's own error, of which pyrage tells the words alone."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.digest = hashlib.sha256()
        self.error: OSError | None = None

    def write(self, content: bytes) -> int:
        try:
            view = memoryview(content)
            while view:
                view = view[_write_once(self._file, view) :]
        except OSError as error:
            self.error = error
            raise
        self.digest.update(content)
        self.size += len(content)
        return len(content)

    def flush(self) -> None:
        self._file.flush()


def _write_once(file: IO[bytes], content: memoryview) -> int:
    return file.write(content)


def _write_all(sink: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(sink, view) :]


def _lines(path: Path) -> list[str]:
    try:
        lines = path.expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else "il n’est pas en UTF-8"
        raise BackupKeyInvalid(f"Le fichier de clés {path} ne se lit pas : {reason}.") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]

"""The data folder: one process owns its stores, and lends them to the others through a socket.

The owner holds `lock` and listens on `control.sock`; whoever finds the lock taken talks to the owner.
The socket belongs to its user alone (mode 0600): who can open it could also read the stores.
"""

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ui.errors import HomeTaken, HomeUnusable
from ui.french import system_reason

SOCKET = "control.sock"
RESTORING = "restoring"  # lies in the folder from the beginning to the end of a restore
MINIMUM_FREE_BYTES = 200 * 2**20


@contextmanager
def own(home: Path, *, restoring: bool = False) -> Iterator[None]:
    """Be the one process that opens the stores of this folder; one that is not wholly restored is for a restore alone.

    Raises `HomeTaken` where another process is it, `HomeUnusable` where nothing can be written there.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HomeUnusable(
            f"Le dossier de données {home} n’est pas utilisable : {system_reason(error)}. "
            "Donnez-en un autre par ASSISTANT_HOME, ou corrigez ses droits."
        ) from error
    try:
        _take(lock, home)
        _require_space(home)
        if not restoring:
            _require_whole(home)
        yield
    finally:
        os.close(lock)


def _take(lock: int, home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise HomeTaken(
            f"Un serveur ou une commande de l’assistant utilise déjà le dossier de données {home}. "
            "Attendez sa fin ou arrêtez-le, ou choisissez un autre dossier par ASSISTANT_HOME."
        ) from error


def _require_whole(home: Path) -> None:
    if (home / RESTORING).exists():
        raise HomeUnusable(
            f"Une restauration dans {home} n’est pas allée à son terme : ce qui y est n’est ni entier ni effacé comme "
            "il le faut. Videz ce dossier, et la base s’il y en a une ailleurs, puis relancez « assistant restore »."
        )


def _require_space(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < MINIMUM_FREE_BYTES:
        raise HomeUnusable(
            f"Il ne reste que {free // 2**20} Mio sur le disque de {home} ; il en faut au moins "
            f"{MINIMUM_FREE_BYTES // 2**20}. Libérez de la place, ou choisissez un autre dossier par ASSISTANT_HOME."
        )


@contextmanager
def listening(home: Path) -> Iterator[socket.socket]:
    """The owner's end of the socket, readable and writable by this user alone."""
    with address_of(home) as address, socket.socket(socket.AF_UNIX) as listener:
        (home / SOCKET).unlink(missing_ok=True)  # left by an owner that was killed
        previous = os.umask(0o177)
        try:
            listener.bind(address)
        finally:
            os.umask(previous)
        listener.listen()
        try:
            yield listener
        finally:
            (home / SOCKET).unlink(missing_ok=True)


@contextmanager
def reachable(home: Path) -> Iterator[str | None]:
    """The address of the owner's socket, or None where nobody listens."""
    if not home.is_dir():
        yield None
        return
    with address_of(home) as address:
        with socket.socket(socket.AF_UNIX) as probe:
            failure = probe.connect_ex(address)
        if failure not in (0, errno.ENOENT, errno.ECONNREFUSED):
            raise HomeUnusable(f"Le serveur du dossier {home} n’est pas joignable : {os.strerror(failure)}.")
        yield None if failure else address


@contextmanager
def address_of(home: Path) -> Iterator[str]:
    """A short name for the socket: its own path may exceed the 107 bytes that the kernel allows."""
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)

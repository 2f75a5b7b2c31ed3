"""The whole product as a bundle: made, verified, installed and put to work where there is no network at all.

What is installed is the last commit, with its real wheels. The second making and all that follows need no network: the
installation and the product run in a namespace that has nothing but its own loopback.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from policies.audit.note import SigningKey
from tests.conftest import PROJECT
from ui.bundle.create import Created, Order, create
from ui.bundle.parts import Part
from ui.bundle.place import HELD
from ui.bundle.verify import verified
from ui.commands.provisioning import shape_of
from ui.demonstration import assemble

# The embedded PostgreSQL of root runs as another user, which a namespace of users does not know.
OWN = () if os.geteuid() == 0 else ("--user", "--map-current-user", "--keep-caps")
ALONE = ("unshare", *OWN, "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "-")

PYTHON = os.path.realpath(sys.executable)


async def measure(_: Path, home: Path) -> dict[str, Any]:
    """Seconds and sizes of each step; raises where one of them fails."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-bundle-", dir=PROJECT / ".cache"))
    try:
        return await asyncio.to_thread(_made, folder, home) | await _installed(folder)
    finally:
        shutil.rmtree(folder)


def _made(folder: Path, home: Path) -> dict[str, Any]:
    key = SigningKey.generated("mesure")
    (folder / "key").write_text(key.vkey, encoding="utf-8")
    shape = shape_of("https://assistant.exemple.fr", "assistant")
    engine = PROJECT / ".cache" / "llama-server" / "llama-server"
    without = frozenset() if engine.is_file() else frozenset([Part.ENGINE])
    order = Order(
        project=PROJECT,
        revision=subprocess.check_output(("git", "rev-parse", "HEAD"), cwd=PROJECT, text=True).strip(),  # noqa: S607
        key=key,
        held=HELD,
        shape=shape,
        models=[assemble(home)],
        without=without,
    )
    figures: dict[str, Any] = {}

    def making(name: str) -> Created:
        begun = time.perf_counter()
        made = create(order, folder / name, lambda _: None)
        figures[f"{name}: created (s)"] = time.perf_counter() - begun
        return made

    made, again = making("first"), making("second")
    assert (made.folder / "SHA256SUMS").read_bytes() == (again.folder / "SHA256SUMS").read_bytes()
    shutil.rmtree(again.folder)
    begun = time.perf_counter()
    found = verified(made.folder, key.vkey)
    figures["verified (s)"] = time.perf_counter() - begun
    return figures | {"bundle (MiB)": found.bytes >> 20, "files": found.files, "wheels": found.wheels}


async def _installed(folder: Path) -> dict[str, Any]:
    bundle, site = folder / "first", folder / "site"
    begun = time.perf_counter()
    await _alone(PYTHON, str(bundle / "install.py"), "--key", str(folder / "key"), "--to", str(site))
    seconds = time.perf_counter() - begun
    size = sum(path.lstat().st_size for path in site.rglob("*") if path.is_file() and not path.is_symlink())
    shutil.rmtree(bundle)  # what runs needs nothing of it
    driver = Path(__file__).with_name("bundled.py")
    told: dict[str, Any] = json.loads(await _alone(PYTHON, str(driver), str(site), str(folder / "home")))
    return {"installed (s)": seconds, "installed (MiB)": size >> 20} | told


async def _alone(*command: str) -> bytes:
    """What a command says in a namespace without a network, and without anything of our environment."""
    bare = {"PATH": os.defpath + ":/usr/sbin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    child = await asyncio.create_subprocess_exec(*ALONE, *command, env=bare, cwd="/", stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"{command[1]} ended with {child.returncode}: {said.decode()[-2000:]}")
    return said

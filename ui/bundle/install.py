#!/usr/bin/env python3
"""Installe l’assistant depuis un paquet vérifié, sans aucun réseau : Python 3.11 suffit.

    python3.11 install.py [DOSSIER] --key CLE --to /opt/assistant

What stands below the target afterwards:

    versions/VERSION-SUMS/    one folder a bundle: the product's source, its environment in .venv, .installed
    current -> versions/…     what runs; previous -> versions/… what ran before: going back is to turn this link
    models/                   the models of all versions
    bin/assistant -> ../current/.venv/bin/assistant

Invariants:
1. Nothing is taken from a bundle before `verify.py`, the file beside this one, has verified it whole.
2. Nothing is written elsewhere than below the target; data folders are not touched.
3. A version is used only when it is whole: `.installed` is written last, then the links are turned, each in one step.
   Whoever breaks off, or starts again, loses nothing and finds nothing half done.

Nothing else of this product is imported, and no library: the machine has neither yet.
"""

import argparse
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

DONE = ".installed"
STEPS = 6


class Failed(Exception):
    """Why it cannot be installed, as a French sentence."""


def install(folder: Path, key: str, to: Path, *, compiled: bool = True) -> Path:
    """Install what the bundle holds; gives the folder of its version. Raises `Failed`."""
    if not to.is_absolute():
        to = to.absolute()
    _step(1, "Vérification du paquet")
    _verify(folder, key)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    _step(2, "Cette machine")
    _require_machine(manifest, to)
    lock = (to / ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Failed(f"Une autre installation est en cours dans {to} : attendez sa fin.") from error
    with lock:
        return _install(folder, manifest, to, compiled=compiled)


def _install(folder: Path, manifest: dict[str, Any], to: Path, *, compiled: bool) -> Path:
    digest = _sum(folder / "SHA256SUMS")
    version = to / "versions" / f"{manifest['version']}-{digest[:12]}"
    if _installed(version, digest):
        _say(f"déjà installée : {version}")
    else:
        shutil.rmtree(version, ignore_errors=True)  # an installation that broke off
        _source(folder, version)
        _environment(folder, version, compiled=compiled)
        (version / DONE).write_text(digest + "\n", encoding="ascii")
    _step(5, "Modèles")
    _models(folder, to / "models")
    _step(6, "Version en service")
    _turn(to, version)
    return version


def _verify(folder: Path, key: str) -> None:
    beside = Path(__file__).with_name("verify.py")
    command = [sys.executable, "-I", str(beside), str(folder), "--key", key]
    checked = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603
    if checked.returncode:
        raise Failed(checked.stdout.strip() or checked.stderr.strip())
    _say(checked.stdout.strip())


def _require_machine(manifest: dict[str, Any], to: Path) -> None:
    here = f"{sys.platform}-{platform.machine()}"
    if manifest["platform"] != here:
        raise Failed(f"Ce paquet est pour {manifest['platform']}, et cette machine est {here}.")
    if sysconfig.get_python_version() != manifest["python"]:
        raise Failed(f"Ce paquet demande Python {manifest['python']} : lancez-le par python{manifest['python']}.")
    if "wheels" not in manifest["parts"]:
        raise Failed("Ce paquet a été fait sans les wheels : il ne s’installe pas seul.")
    if missing := sorted(set(manifest["processor"]) - _abilities()):
        raise Failed(
            f"Ce processeur n’a pas ce que llama.cpp demande, tel qu’il a été compilé : {', '.join(missing)}. Demandez "
            "un paquet compilé pour d’autres processeurs (CMAKE_ARGS=-DGGML_NATIVE=OFF)."
        )
    to.mkdir(parents=True, exist_ok=True)
    needed, free = manifest["installed_bytes"], shutil.disk_usage(to).free
    if needed > free:
        raise Failed(f"Il reste {free >> 20} Mio sur le disque de {to}, et l’installation en demande {needed >> 20}.")
    _say(f"{here}, Python {manifest['python']}, {free >> 30} Gio libres")


def _abilities() -> set[str]:
    """Of this processor."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return {flag for line in lines if line.startswith("flags") for flag in line.partition(":")[2].split()}


def _installed(version: Path, digest: str) -> bool:
    done = version / DONE
    return done.is_file() and done.read_text(encoding="ascii").strip() == digest


def _source(folder: Path, version: Path) -> None:
    _step(3, f"Programme, dans {version}")
    shutil.copytree(folder / "source", version, copy_function=_copied)
    for part, place in (("front", "ui/front"), ("llama-server", ".cache/llama-server"), ("licences", "licences")):
        if (folder / part).is_dir():
            shutil.copytree(folder / part, version / place, copy_function=_copied)
    shutil.copyfile(folder / "sbom.cdx.json", version / "sbom.cdx.json")


def _copied(source: str, target: str) -> str:
    """A copy that others may read; a program stays one, also where the disk that carried it knows no such right."""
    shutil.copyfile(source, target)
    with open(source, "rb") as file:
        os.chmod(target, 0o755 if file.read(4) in (b"\x7fELF", b"#!/u", b"#!/b") else 0o644)
    return target


def _environment(folder: Path, version: Path, *, compiled: bool) -> None:
    _step(4, "Environnement Python, sans réseau : environ une minute")
    tools = version / ".tools"
    uv = _uv(folder, tools)
    # Nothing of the caller's environment counts: no index, no proxy, no configuration of somebody.
    environment = {"PATH": os.defpath, "HOME": str(tools), "LANG": "C.UTF-8", "UV_CACHE_DIR": str(tools / "cache")}
    environment |= {"UV_OFFLINE": "1", "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"}
    python = str(version / ".venv" / "bin" / "python")
    sync = ["pip", "sync", "--python", python, "--no-index", "--find-links", str(folder / "wheels"), "--require-hashes"]
    sync += ["--compile-bytecode"] if compiled else []
    for arguments in (
        ["venv", "--python", sys.executable, str(version / ".venv")],
        [*sync, str(folder / "wheels.lock")],
    ):
        ran = subprocess.run([uv, "--quiet", *arguments], env=environment, check=False)  # noqa: S603
        if ran.returncode:
            raise Failed("L’environnement Python n’a pas pu être fait (les lignes au-dessus disent pourquoi).")
    shutil.rmtree(tools)
    if compiled:
        own = [str(path) for path in sorted(version.iterdir()) if path.is_dir() and path.name.isidentifier()]
        subprocess.run([python, "-m", "compileall", "-q", *own], env=environment, check=False)  # noqa: S603


def _uv(folder: Path, tools: Path) -> str:
    """The installer of packages, taken out of its own wheel."""
    (wheel,) = (folder / "wheels").glob("uv-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/scripts/uv"))
        tools.mkdir()
        with archive.open(name) as packed, (tools / "uv").open("wb") as program:
            shutil.copyfileobj(packed, program)
    (tools / "uv").chmod(0o755)
    return str(tools / "uv")


def _models(folder: Path, models: Path) -> None:
    for source in sorted((folder / "models").glob("*.gguf")):
        target = models / source.name
        models.mkdir(exist_ok=True)
        if target.is_file() and target.stat().st_size == source.stat().st_size and _sum(target) == _sum(source):
            _say(f"{source.name} : déjà là")
            continue
        partial = target.with_suffix(".partial")
        _copied(str(source), str(partial))
        partial.replace(target)
        _say(f"{source.name} : copié dans {models}")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _turn(to: Path, version: Path) -> None:
    former = (to / "current").resolve() if (to / "current").is_symlink() else None
    if former == version.resolve():
        _say("c’est déjà celle-ci")
    else:
        if former is not None and former.is_dir():
            _link(to / "previous", os.path.relpath(former, to.resolve()))
            _say(f"pour revenir à celle d’avant : ln -sfn {os.path.relpath(former, to.resolve())} {to / 'current'}")
        _link(to / "current", os.path.relpath(version, to))
    (to / "bin").mkdir(exist_ok=True)
    _link(to / "bin" / "assistant", "../current/.venv/bin/assistant")
    _say(f"{to / 'bin' / 'assistant'} est la version {version.name}")


def _link(link: Path, target: str) -> None:
    """Make it lead there in one step: who looks meanwhile sees the old one or the new one."""
    partial = link.with_name(f".{link.name}.partial")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    partial.replace(link)


def _step(number: int, sentence: str) -> None:
    print(f"\n{number}/{STEPS}  {sentence}", flush=True)


def _say(sentence: str) -> None:
    print("".join(f"     {line}\n" for line in sentence.splitlines()), end="", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Entry point; gives the exit status."""
    parser = argparse.ArgumentParser(description="Installe l’assistant depuis un paquet, sans réseau.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent, metavar="DOSSIER")
    parser.add_argument("--key", required=True, help="la clé publique, reçue par une autre voie, ou son fichier")
    parser.add_argument("--to", type=Path, required=True, metavar="DOSSIER", help="où installer : /opt/assistant")
    parser.add_argument("--no-compile", action="store_true", help="ne pas compiler d’avance (premier départ plus lent)")
    given = parser.parse_args(arguments)
    os.umask(0o022)
    try:
        install(given.folder.absolute(), given.key, given.to, compiled=not given.no_compile)
    except Failed as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Erreur : {error.filename} : {error.strerror}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The product's own files as a commit has them: what lies in the working tree beside that is not carried."""

import io
import shutil
import subprocess
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ui.errors import BundleRefused

# What only tests need.
LEFT_OUT = ("tests", ".ci", "requirements-test.lock")


@dataclass(frozen=True, slots=True)
class Source:
    """The exported folder, its commit, when that was made (seconds since 1970), and what pyproject.toml says."""

    folder: Path
    commit: str
    made_at: int
    version: str
    dependencies: tuple[str, ...]
    scripts: tuple[tuple[str, str], ...]


def export(project: Path, revision: str, into: Path) -> Source:
    """Write the files of that commit, branch or tag there. Raises `BundleRefused`."""
    commit, made_at = _git(project, "log", "-1", "--format=%H %ct", "--end-of-options", revision, "--").decode().split()
    excluded = [f":(exclude){name}" for name in LEFT_OUT]
    archive = _git(project, "archive", "--format=tar", commit, "--", ".", *excluded)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(into, filter="data")  # which lets no link lead out
        links = [into / entry.name for entry in files if entry.issym()]
    for link in links:
        _follow(link, into)
    (into / ".gitignore").unlink(missing_ok=True)
    project_table = tomllib.loads((into / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Source(
        folder=into,
        commit=commit,
        made_at=int(made_at),
        version=project_table["version"],
        dependencies=tuple(project_table.get("dependencies", ())),
        scripts=tuple(project_table.get("scripts", {}).items()),
    )


def _follow(link: Path, within: Path) -> None:
    """Put what the link leads to in its place: a bundle has no links, for not every disk does."""
    target = link.resolve()
    if not target.exists() or not target.is_relative_to(within.resolve()):
        raise BundleRefused(f"Le lien « {link.relative_to(within)} » ne mène à rien de ce qui est apporté.")
    link.unlink()
    if target.is_dir():
        shutil.copytree(target, link, symlinks=True)
    else:
        shutil.copy2(target, link)


def _git(project: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(project), *arguments]
    try:
        return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603
    except FileNotFoundError as error:
        raise BundleRefused("Il manque git : un paquet se fait depuis le dépôt du produit.") from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip()
        raise BundleRefused(f"{project} n’est pas un dépôt du produit, ou n’a pas ce commit : {reason}") from error

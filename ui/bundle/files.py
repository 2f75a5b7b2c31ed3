"""Putting files into a bundle, and listing them with their sums."""

import shutil
from pathlib import Path

from ui.bundle.verify import NOTE, SUMS, sha256


def carried(source: Path, target: Path) -> None:
    """The same large file there, which nobody edits: another name of it where the disk allows that, else a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source.resolve())
    except OSError:  # another disk, or one without such names
        shutil.copyfile(source, target)


def copied(source: Path, target: Path) -> None:
    """A folder's files, which may be written later."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))


def written(path: Path, text: str) -> None:
    """A text there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def sums(folder: Path) -> str:
    """`sha256sum`'s list of all files below the folder, in the order of their names."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "".join(f"{sha256(folder / name)}  {name}\n" for name in names if name not in (SUMS, NOTE))

"""A wheel of a package as it is installed here: what was compiled here is carried as it runs, and not compiled again.

Invariants:
1. Each file is the one that the installation noted (RECORD, SHA-256), or no wheel is made.
2. The same installation gives the same wheel, byte for byte: names in order, one date for all.
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackagePath
from pathlib import Path

from packaging.tags import parse_tag
from packaging.utils import canonicalize_name

from ui.errors import BundleRefused

# What the installation itself left beside the package.
LEFT = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json"}

DATE = (1980, 1, 1, 0, 0, 0)


def built_here(distribution: Distribution) -> bool:
    """Whether it was installed from a wheel that was built on this machine, out of a source that the lock names."""
    return distribution.read_text("uv_build.json") is not None


def repacked(distribution: Distribution, into: Path, *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write the wheel into that folder. Raises `BundleRefused` where the installation is not what it noted."""
    files = dict(sorted(_files(distribution)))
    stem = f"{canonicalize_name(distribution.name).replace('-', '_')}-{distribution.version}"
    target = into / f"{stem}-{_tag(distribution)}.whl"
    partial = target.with_suffix(".partial")
    write_wheel(partial, f"{stem}.dist-info", files, compression=compression)
    return partial.replace(target)


def write_wheel(
    path: Path, metadata: str, files: dict[str, tuple[bytes, bool]], *, compression: int = zipfile.ZIP_DEFLATED
) -> None:
    """Write a wheel of these files, each with whether it is a program; `metadata` is its folder of that kind."""
    record = "".join(f"{name},sha256={_digest(content)},{len(content)}\n" for name, (content, _) in files.items())
    listed = record + f"{metadata}/RECORD,,\n"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, (content, program) in [*files.items(), (f"{metadata}/RECORD", (listed.encode(), False))]:
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = (0o100755 if program else 0o100644) << 16
            archive.writestr(entry, content, compression)


def _files(distribution: Distribution) -> Iterator[tuple[str, tuple[bytes, bool]]]:
    made = {point.name for point in distribution.entry_points if point.group in ("console_scripts", "gui_scripts")}
    for file in distribution.files or ():
        if (file.name in LEFT and file.parent.name.endswith(".dist-info")) or file.suffix == ".pyc":
            continue
        if file.parts[0] != "..":
            yield file.as_posix(), _content(distribution, file)
        elif file.parent.name == "bin" and file.name not in made:  # a program; scripts are made by who installs
            name = f"{canonicalize_name(distribution.name).replace('-', '_')}-{distribution.version}"
            yield f"{name}.data/scripts/{file.name}", _content(distribution, file)
        elif file.parent.name != "bin":
            raise BundleRefused(f"« {distribution.name} » a mis un fichier hors de l’environnement Python : {file}.")


def _content(distribution: Distribution, file: PackagePath) -> tuple[bytes, bool]:
    place = Path(str(file.locate()))
    content = place.read_bytes()
    if file.hash is None or file.hash.value != _digest(content):
        raise BundleRefused(
            f"« {file} », de « {distribution.name} », n’est plus tel qu’il a été installé. Refaites l’environnement "
            "(make clean, puis make run)."
        )
    return content, bool(place.stat().st_mode & 0o100)


def _tag(distribution: Distribution) -> str:
    """The last part of the wheel's name."""
    lines = (distribution.read_text("WHEEL") or "").splitlines()
    tags = [tag for line in lines if line.startswith("Tag: ") for tag in parse_tag(line.removeprefix("Tag: "))]
    parts = ({tag.interpreter for tag in tags}, {tag.abi for tag in tags}, {tag.platform for tag in tags})
    return "-".join(".".join(sorted(part)) for part in parts)


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()

"""Under which licence each package may be carried, by `deploy/bundle/licences.toml`; and the texts of licences. Pure.

A licence is an expression of SPDX identifiers. One that a package does not write so is read by the file's spellings;
one that the file does not know counts as unknown, and is refused.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from zipfile import ZipFile

from license_expression import ExpressionError, Licensing
from packaging.utils import canonicalize_name
from pydantic import BaseModel, ConfigDict, ValidationError

from ui.bundle.place import DEPLOY
from ui.errors import BundleRefused

RULES = DEPLOY / "bundle" / "licences.toml"

UNKNOWN = "NOASSERTION"  # SPDX's own word for it

_NOTICES = ("licence", "license", "copying", "notice", "copyright")
_EXPRESSIONS = Licensing()


class _Named(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    licence: str
    why: str


class LicenceRules(BaseModel):
    """The file's content: identifiers that are allowed, and what is said of single packages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allowed: frozenset[str]
    spelled: Mapping[str, str]
    stated: Mapping[str, _Named]
    exceptions: Mapping[str, _Named]


@dataclass(frozen=True, slots=True)
class Licensed:
    """A package, its licence, and why it may be carried all the same where the licence is not allowed."""

    name: str
    version: str
    licence: str
    exception: str = ""


def read_rules(path: Path = RULES) -> LicenceRules:
    """The rules in that file. Raises `BundleRefused`."""
    try:
        return LicenceRules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise BundleRefused(f"La liste des licences {path} ne se lit pas : {error}") from error


def licensed(name: str, version: str, metadata: Message, rules: LicenceRules) -> Licensed:
    """What the package's metadata and the rules say of it."""
    licence = _licence(canonicalize_name(name), metadata, rules)
    exception = rules.exceptions.get(canonicalize_name(name))
    excused = exception is not None and exception.licence == licence
    return Licensed(name, version, licence, exception.why if exception and excused else "")


def may_be_carried(one: Licensed, rules: LicenceRules) -> bool:
    """Whether its licence is allowed, or the package is named as an exception under just that licence."""
    return bool(one.exception) or allows(one.licence, rules.allowed)


def allows(licence: str, allowed: frozenset[str]) -> bool:
    """Whether a choice that the expression offers is made of allowed identifiers alone."""
    try:
        tree = _EXPRESSIONS.parse(licence)
    except ExpressionError:
        return False
    return tree is not None and _allows(tree, allowed)


def _allows(tree: object, allowed: frozenset[str]) -> bool:
    parts: Sequence[object] = getattr(tree, "args", ())
    if isinstance(tree, _EXPRESSIONS.OR):
        return any(_allows(part, allowed) for part in parts)
    if isinstance(tree, _EXPRESSIONS.AND):
        return all(_allows(part, allowed) for part in parts)
    return str(tree) in allowed


def metadata_of(wheel: ZipFile) -> Message:
    """A wheel's METADATA."""
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA") and name.count("/") == 1)
    return BytesParser().parsebytes(wheel.read(name), headersonly=True)


def texts(wheel: ZipFile) -> Iterator[tuple[str, bytes]]:
    """The licences and notices that a wheel brings, each by its path below the folder of its metadata."""
    for name in sorted(wheel.namelist()):
        folder, _, rest = name.partition("/")
        named = rest.startswith("licenses/") or rest.lower().startswith(_NOTICES)
        if folder.endswith(".dist-info") and named and not name.endswith("/"):
            yield rest.removeprefix("licenses/"), wheel.read(name)


def table(packages: Sequence[Licensed]) -> str:
    """All of them, as a table in Markdown."""
    rows = "".join(f"| {one.name} | {one.version} | {one.licence} | {one.exception} |\n" for one in packages)
    return f"# Licences\n\n| paquet | version | licence | exception |\n| --- | --- | --- | --- |\n{rows}"


def _licence(name: str, metadata: Message, rules: LicenceRules) -> str:
    if stated := rules.stated.get(name):
        return stated.licence
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [str(one).rpartition(":: ")[2] for one in metadata.get_all("Classifier", []) if "License ::" in one]
    written = str(metadata.get("License", "")).strip().partition("\n")[0]
    known = _spelled(written, rules)
    return known or " OR ".join(dict.fromkeys(filter(None, (_spelled(one, rules) for one in classifiers)))) or UNKNOWN


def _spelled(written: str, rules: LicenceRules) -> str:
    if written in rules.spelled:
        return rules.spelled[written]
    known = rules.allowed | {one.licence for one in rules.exceptions.values()}
    return written if written in known or allows(written, rules.allowed) else ""

"""A folder of access rules as it was at one moment: the rules, their schema, their decision tables."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from policies.errors import RulesInvalid

RULES = Path(__file__).parent / "rules"

_RULES = "access.cedar"
_SCHEMA = "schema.cedarschema"
_TABLES = "cases/*.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """The texts of a folder; `tables` are the decision tables by the name of their file."""

    folder: Path
    rules: str
    schema: str
    tables: Mapping[str, str]
    fingerprint: str
    """What `sha256sum access.cedar cases/*.toml schema.cedarschema | sha256sum` prints there."""

    @property
    def texts(self) -> dict[str, str]:
        """Of all files, by name, in the order of the fingerprint."""
        return {_RULES: self.rules, **self.tables, _SCHEMA: self.schema}


def read_source(folder: Path = RULES) -> Source:
    """Read the folder once, so that what is checked, used and fingerprinted is the same. Raises `RulesInvalid`."""
    try:
        paths = [folder / _RULES, *sorted(folder.glob(_TABLES)), folder / _SCHEMA]
        return source_of(folder, {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in paths})
    except (OSError, UnicodeDecodeError) as error:
        raise RulesInvalid(f"Les règles d’accès de {folder} sont illisibles\u202f: {error}") from error


def source_of(folder: Path, texts: Mapping[str, str]) -> Source:
    """What a folder with these texts is, by the names of their files."""
    tables = {name: texts[name] for name in sorted(texts.keys() - {_RULES, _SCHEMA})}
    source = Source(folder, texts[_RULES], texts[_SCHEMA], tables, "")
    sums = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in source.texts.items())
    return replace(source, fingerprint=hashlib.sha256(sums.encode()).hexdigest())

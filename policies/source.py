"""A folder of access rules as it was at one moment: the rules, their schema, their decision tables."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
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


def read_source(folder: Path = RULES) -> Source:
    """Read the folder once, so that what is checked, used and fingerprinted is the same. Raises `RulesInvalid`."""
    try:
        paths = [folder / _RULES, *sorted(folder.glob(_TABLES)), folder / _SCHEMA]
        read = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        texts = {name: content.decode() for name, content in read.items()}
    except (OSError, UnicodeDecodeError) as error:
        raise RulesInvalid(f"Les règles d’accès de {folder} sont illisibles : {error}") from error
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in read.items())
    rules, schema = texts.pop(_RULES), texts.pop(_SCHEMA)
    return Source(folder, rules, schema, texts, hashlib.sha256(sums.encode()).hexdigest())

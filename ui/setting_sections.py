"""Settings of which there are several: `[table.NOM]` in the file, `ASSISTANT_<PREFIX>NOM_…` in the environment."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

FILE = "_file"


@dataclass(frozen=True, slots=True)
class Sections:
    """Those of one kind; the value of `secret` may lie in a file that `<secret>_file` names."""

    table: str
    prefix: str
    kind: type[BaseModel]
    secret: str

    def taken_out(self, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """The sections that variables make, by name, which are taken out of `values`."""
        sections: dict[str, dict[str, Any]] = {}
        for name in [name for name in values if name.startswith(self.prefix)]:
            for field in (self.secret + FILE, *self.kind.model_fields):
                section = name.removeprefix(self.prefix).removesuffix(f"_{field}")
                if section and name == f"{self.prefix}{section}_{field}":
                    sections.setdefault(section, {})[field] = values.pop(name)
                    break
        return sections

    def merged(
        self, given: dict[str, Any], sections: dict[str, dict[str, Any]], read_secret: Callable[[Path, str], str]
    ) -> dict[str, Any]:
        """The settings with those sections over the file's own, and what their secret files hold."""
        held = given.get(self.table, {})
        if not isinstance(held, dict) or not all(isinstance(section, dict) for section in held.values()):
            return given  # which is refused
        merged = {name: held.get(name, {}) | sections.get(name, {}) for name in [*held, *sections]}
        for name, section in merged.items():
            if path := section.pop(self.secret + FILE, ""):
                described = f"{path} de {self.table}.{name}.{self.secret}{FILE}"
                section[self.secret] = read_secret(Path(str(path)), described)
        return given | {self.table: merged}

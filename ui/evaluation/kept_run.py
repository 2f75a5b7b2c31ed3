"""A run of an evaluation as JSON: on its way from the server, and in the file that a later one is compared with."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from ui.errors import RunInvalid
from ui.french import system_reason, value_reason

Run = TypeVar("Run")


@dataclass(frozen=True, slots=True)
class KeptRun(Generic[Run]):
    """How runs of one kind are kept. `kind` is of whatever version, `made_by` names the command that keeps them.

    `lacking` says what a run has not that it must have; empty: it is whole.
    """

    kind: str
    version: int
    noun: str
    made_by: str
    adapter: TypeAdapter[Run]
    lacking: Callable[[Run], str]

    @property
    def _format(self) -> str:
        return f"{self.kind}{self.version}"

    def as_json(self, run: Run) -> dict[str, Any]:
        """The run as plain JSON values."""
        return {"format": self._format, "run": self.adapter.dump_python(run, mode="json")}

    def text(self, run: Run) -> str:
        """What the file holds."""
        return json.dumps(self.as_json(run), ensure_ascii=False) + "\n"

    def of(self, value: Any) -> Run:
        """The run of such values. Raises `RunInvalid`."""
        if not isinstance(value, dict) or not str(value.get("format")).startswith(self.kind):
            raise RunInvalid(f"ce n’est pas {self.noun} enregistrée par « {self.made_by} »")
        if value["format"] != self._format:
            raise RunInvalid("une autre version de l’assistant l’a enregistrée ; refaites cette évaluation")
        try:
            run = self.adapter.validate_python(value.get("run"))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise RunInvalid(f"il est abîmé ({where} : {value_reason(first)})") from error
        if lacking := self.lacking(run):
            raise RunInvalid(f"il est abîmé ({lacking})")
        return run

    def read(self, path: Path) -> Run:
        """The run that this file holds. Raises `RunInvalid`, which names the file."""
        try:
            return self.of(json.loads(path.read_text(encoding="utf-8")))
        except RunInvalid as error:
            raise RunInvalid(f"Le fichier {path} ne peut pas servir de comparaison : {error}.") from error
        except OSError as error:
            raise RunInvalid(f"L’évaluation {path} ne peut pas être lue : {system_reason(error)}.") from error
        except ValueError as error:  # no UTF-8, no JSON
            raise RunInvalid(
                f"Le fichier {path} ne peut pas servir de comparaison : ce n’est pas du JSON en UTF-8, ou il est "
                "coupé. Refaites cette évaluation avec --save."
            ) from error

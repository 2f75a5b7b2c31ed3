"""An evaluation as JSON: on its way from the server, and in the file that a later one is compared with."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from retrieval import EvaluationRun
from ui.errors import RunInvalid
from ui.french import system_reason, value_reason

KIND = "assistant-evaluation-"  # of whatever version
FORMAT = f"{KIND}1"

_RUN = TypeAdapter(EvaluationRun)


def run_json(run: EvaluationRun) -> dict[str, Any]:
    """The run as plain JSON values."""
    return {"format": FORMAT, "run": _RUN.dump_python(run, mode="json")}


def run_of(value: Any) -> EvaluationRun:
    """The run of such values. Raises `RunInvalid`."""
    if not isinstance(value, dict) or not str(value.get("format")).startswith(KIND):
        raise RunInvalid("ce n’est pas une évaluation enregistrée par « assistant evaluate --save »")
    if value["format"] != FORMAT:
        raise RunInvalid("une autre version de l’assistant l’a enregistrée ; refaites cette évaluation")
    try:
        run = _RUN.validate_python(value.get("run"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RunInvalid(f"il est abîmé ({where} : {value_reason(first)})") from error
    if run.k < 1 or not run.questions or not all(one.relevant for one in run.questions):
        raise RunInvalid("il est abîmé (une évaluation a au moins une question, et chacune un document attendu)")
    return run


def run_text(run: EvaluationRun) -> str:
    """What the file holds."""
    return json.dumps(run_json(run), ensure_ascii=False) + "\n"


def read_run(path: Path) -> EvaluationRun:
    """The run that this file holds. Raises `RunInvalid`, which names the file."""
    try:
        return run_of(json.loads(path.read_text(encoding="utf-8")))
    except RunInvalid as error:
        raise RunInvalid(f"Le fichier {path} ne peut pas servir de comparaison : {error}.") from error
    except OSError as error:
        raise RunInvalid(f"L’évaluation {path} ne peut pas être lue : {system_reason(error)}.") from error
    except ValueError as error:  # no UTF-8, no JSON
        raise RunInvalid(
            f"Le fichier {path} ne peut pas servir de comparaison : ce n’est pas du JSON en UTF-8, ou il est coupé. "
            "Refaites cette évaluation avec --save."
        ) from error

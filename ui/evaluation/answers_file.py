"""An evaluation of answers as JSON: on its way from the server, and in the file that the next one is compared with."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant import AnswersRun
from ui.errors import RunInvalid
from ui.french import system_reason, value_reason

KIND = "assistant-answers-"  # of whatever version
FORMAT = f"{KIND}1"

_RUN = TypeAdapter(AnswersRun)


def answers_json(run: AnswersRun) -> dict[str, Any]:
    """The run as plain JSON values."""
    return {"format": FORMAT, "run": _RUN.dump_python(run, mode="json")}


def answers_text(run: AnswersRun) -> str:
    """What the file holds."""
    return json.dumps(answers_json(run), ensure_ascii=False) + "\n"


def answers_of(value: Any) -> AnswersRun:
    """The run of such values. Raises `RunInvalid`."""
    if not isinstance(value, dict) or not str(value.get("format")).startswith(KIND):
        raise RunInvalid(
            "ce n’est pas une évaluation de réponses enregistrée par « assistant evaluate --answers --save »"
        )
    if value["format"] != FORMAT:
        raise RunInvalid("une autre version de l’assistant l’a enregistrée ; refaites cette évaluation")
    try:
        run = _RUN.validate_python(value.get("run"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RunInvalid(f"il est abîmé ({where} : {value_reason(first)})") from error
    if not run.answers:
        raise RunInvalid("il est abîmé (une évaluation a au moins une question)")
    return run


def read_answers(path: Path) -> AnswersRun:
    """The run that this file holds. Raises `RunInvalid`, which names the file."""
    try:
        return answers_of(json.loads(path.read_text(encoding="utf-8")))
    except RunInvalid as error:
        raise RunInvalid(f"Le fichier {path} ne peut pas servir de comparaison : {error}.") from error
    except OSError as error:
        raise RunInvalid(f"L’évaluation {path} ne peut pas être lue : {system_reason(error)}.") from error
    except ValueError as error:  # no UTF-8, no JSON
        raise RunInvalid(
            f"Le fichier {path} ne peut pas servir de comparaison : ce n’est pas du JSON en UTF-8, ou il est coupé. "
            "Refaites cette évaluation avec --save."
        ) from error

"""The controls of `deploy/securite`: what is asked, where it is met, which tests show it, what is left to operators.

One file a framework, in the order of the guide. A test is named as pytest names it, as far as wanted: a folder, a file,
or one function of it, without parameters.
"""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "deploy" / "securite"

Words = Annotated[str, Field(min_length=1)]


class Control(BaseModel):
    """One thing that is asked; without tests it is the operator's alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Words
    title: Words
    how: Words
    met_by: tuple[Words, ...] = ()
    tests: tuple[Words, ...] = ()
    operator: str = ""

    @model_validator(mode="after")
    def _somebody_sees_to_it(self) -> "Control":
        if not (self.tests or self.operator):
            raise ValueError(f"{self.id} has neither a test nor an operator who sees to it")
        return self


class Framework(BaseModel):
    """A text that asks for controls; `title` heads its table in the guide, `about` says what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order: int
    title: Words
    about: Words
    control: tuple[Control, ...]


def frameworks(folder: Path = FOLDER) -> list[Framework]:
    """All of them, in the guide's order. Raises `ValueError` where a file is damaged or an id stands twice in it."""
    held = [Framework.model_validate(tomllib.loads(file.read_text())) for file in folder.glob("*.toml")]
    for framework in held:
        ids = [control.id for control in framework.control]
        if twice := {one for one in ids if ids.count(one) > 1}:
            raise ValueError(f"{framework.title}: {', '.join(sorted(twice))} stands twice")
    return sorted(held, key=lambda framework: framework.order)

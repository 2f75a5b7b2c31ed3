"""Days on the command line: «2023-03-01», «12/03/2021» or «1er mars 2023»."""

import datetime as dt
from typing import Annotated

import typer

from retrieval.dates import read_day


def day(text: str) -> dt.date:
    """The day that was written. Raises `typer.BadParameter`."""
    read = read_day(text)
    if read is None:
        raise typer.BadParameter(f"« {text} » n’est pas un jour ; écrivez-le comme 2023-03-01 ou 12/03/2021")
    return read


def day_or_none(text: str) -> str:
    """The day that was written, in ISO 8601, or nothing for one that is not known. Raises `typer.BadParameter`."""
    return day(text).isoformat() if text.strip() else ""


On = Annotated[
    dt.date | None,
    typer.Option(
        "--on", metavar="JOUR", parser=day, help="Le jour où les textes s’appliquent ; sans lui, aujourd’hui."
    ),
]

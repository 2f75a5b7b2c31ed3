"""What `assistant calibrate --unanswerable` shows at a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from ui.evaluation import words

out = Console(highlight=False, soft_wrap=True, markup=False)


def print_refusal(learned: dict[str, Any], written: str) -> None:
    """The share refused of each set in each way of asking, and the file where there is one."""
    sizes: Mapping[str, int] = learned["evidence"]["learned"]["questions"]
    for title, shares in (
        ("Questions auxquelles un document répond", learned["answerable"]),
        ("Questions auxquelles aucun ne répond", learned["unanswerable"]),
    ):
        table = Table(box=None, header_style="bold")
        for column in (title, "Questions", "Refusées"):
            table.add_column(column, no_wrap=True)
        for name, share in shares.items():
            table.add_row(name, str(sizes[name]), words.percent(share))
        out.print(table)
        out.print()
    out.print(
        "Chaque question est jugée par des seuils appris sur les autres parts des questions, jamais sur la sienne. Le "
        "contrôle des phrases en refuse d’autres encore : « assistant evaluate --answers » mesure le tout.",
        style="dim",
    )
    if written:
        out.print(f"Écrit : {written}. Nommez ce fichier par ASSISTANT_REFUSAL, puis redémarrez.", style="dim")

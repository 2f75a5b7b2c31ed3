"""What `assistant calibrate` shows at a terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from ui.evaluation import words

SHOWN = ("success@1", "success@5", "recall@20", "mrr@10", "ndcg@10")

out = Console(highlight=False, soft_wrap=True, markup=False)


def print_calibration(learned: dict[str, Any], written: str) -> None:
    """Each set's figures, the weights, and the file where there is one to use."""
    for name, figures in learned["sets"].items():
        out.print(_figures(name, learned["ranker"]["learned"]["questions"][name], figures))
        out.print()
    out.print(
        "Chaque question est classée par des poids appris sur les autres parts des questions, jamais sur la sienne.",
        style="dim",
    )
    out.print()
    out.print(_weights(learned["ranker"]["weights"]))
    if not learned["wins"]:
        return
    out.print("\nLe classement appris fait mieux que la fusion simple.", style="green")
    if written:
        out.print(f"Écrit : {written}. Nommez ce fichier par ASSISTANT_RANKER, puis redémarrez.", style="dim")


def _figures(name: str, questions: int, figures: dict[str, dict[str, float]]) -> Table:
    table = _table(f"{name} ({questions} questions)", "Fusion simple", "Classement appris", "Écart")
    for measure in SHOWN:
        fused, ranked = figures["fused"][measure], figures["ranked"][measure]
        table.add_row(
            words.measure_name(measure), words.decimal(fused), words.decimal(ranked), words.signed(ranked - fused)
        )
    return table


def _weights(weights: dict[str, float]) -> Table:
    table = _table("Poids", "")
    for feature, weight in weights.items():
        table.add_row(words.feature_name(feature), words.signed(weight))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table

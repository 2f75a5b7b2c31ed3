"""`assistant collections unsupported`: what becomes of sentences that no passage bears out."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from ui.commands.usage import AsJson, print_json
from ui.control.client import call
from ui.settings import read_settings

out = Console(highlight=False, soft_wrap=True, markup=False)

RULES = {"mark": "marquées « non vérifié dans les documents »", "drop": "retirées de la réponse"}


def unsupported(
    collection: Annotated[str, typer.Argument(metavar="COLLECTION")],
    rule: Annotated[str | None, typer.Option(metavar="RÈGLE", help="mark (marquer) ou drop (retirer).")] = None,
    as_json: AsJson = False,
) -> None:
    """Montrer ou changer ce que deviennent les phrases que les documents ne confirment pas."""
    if rule is None:
        request = call(read_settings(), "GET", "/unsupported", params={"collection": collection})
    else:
        request = call(read_settings(), "PATCH", "/unsupported", {"collection": collection, "rule": rule})
    kept = asyncio.run(request)
    if as_json:
        print_json(kept)
        return
    out.print(f"Phrases que les documents ne confirment pas : {RULES[kept['rule']]}")

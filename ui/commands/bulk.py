"""`assistant documents list` and `change`: the documents of a collection, narrowed, and one change to many of them."""

import asyncio
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from ui.commands.days import day_or_none
from ui.commands.document import documents
from ui.commands.documents import Collection, out, show_list
from ui.commands.following import follow
from ui.commands.screen import BarScreen, count
from ui.commands.usage import AsJson, confirm, print_json
from ui.control.client import open_client
from ui.settings import read_settings

__all__ = ["documents"]


class State(StrEnum):
    """As `retrieval.corpus.DocumentState`, which takes long to import."""

    PENDING = "pending"
    INDEXED = "indexed"
    FAILED = "failed"
    QUARANTINED = "quarantined"


class Force(StrEnum):
    """As `retrieval.document_filter.InForce`."""

    NOW = "now"
    LATER = "later"
    REPEALED = "repealed"


class Change(StrEnum):
    """As `ingestion.bulk.Change`."""

    REMOVE = "remove"
    RETRY = "retry"
    REINDEX = "reindex"
    REPEAL = "repeal"
    CONFIRM = "confirm"


CHANGES = {
    Change.REMOVE: "Retirer",
    Change.RETRY: "Réessayer",
    Change.REINDEX: "Relire",
    Change.REPEAL: "Marquer comme abrogés",
    Change.CONFIRM: "Confirmer ce qui a été deviné de",
}

Words = Annotated[str, typer.Option("--words", metavar="MOTS", help="Mots du titre, du numéro ou du nom.")]
InState = Annotated[State | None, typer.Option("--state", help="Seulement dans cet état.")]
Kind = Annotated[str | None, typer.Option("--kind", metavar="NATURE", help="loi, décret, arrêté, circulaire, note…")]
InForce = Annotated[
    Force | None, typer.Option("--in-force", help="En vigueur aujourd’hui, pas encore (later), ou abrogé.")
]
Day = Annotated[str | None, typer.Option(metavar="JOUR", parser=day_or_none, help="De la date du texte.")]
ToCheck = Annotated[bool, typer.Option("--to-check", help="Seulement ce qui reste à vérifier.")]
Source = Annotated[str, typer.Option(metavar="NOM", help="Seulement ce qui vient de cette source.")]
ByHand = Annotated[bool, typer.Option("--by-hand", help="Seulement ce qui ne vient d’aucune source.")]


@documents.command("list")
def list_documents(
    collection: Collection,
    words: Words = "",
    state: InState = None,
    kind: Kind = None,
    in_force: InForce = None,
    since: Day = None,
    until: Day = None,
    to_check: ToCheck = False,
    source: Source = "",
    by_hand: ByHand = False,
    as_json: AsJson = False,
) -> None:
    """Lister les documents d’une collection ; un astérisque marque ce qui a été deviné et reste à vérifier."""
    narrowed = _narrowed(words, state, kind, in_force, since, until, to_check, source, by_hand)
    held = asyncio.run(_all({"collection": collection} | narrowed))
    if as_json:
        print_json({"documents": held})
    else:
        show_list(held)


@documents.command()
def change(
    collection: Collection,
    change: Annotated[Change, typer.Argument(metavar="CHANGEMENT", help="remove, retry, reindex, repeal ou confirm.")],
    document: Annotated[list[str] | None, typer.Argument(metavar="DOCUMENT…")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Tous ceux que les options suivantes laissent.")] = False,
    on: Annotated[
        str | None, typer.Option(metavar="JOUR", parser=day_or_none, help="repeal : le premier jour sans effet.")
    ] = None,
    words: Words = "",
    state: InState = None,
    kind: Kind = None,
    in_force: InForce = None,
    since: Day = None,
    until: Day = None,
    to_check: ToCheck = False,
    source: Source = "",
    by_hand: ByHand = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Faire un même changement à plusieurs documents : les retirer, les relire, les marquer comme abrogés…"""
    if bool(document) == all_:
        raise typer.BadParameter("nommez des documents, ou donnez --all")
    narrowed = _narrowed(words, state, kind, in_force, since, until, to_check, source, by_hand)
    if document and narrowed:
        raise typer.BadParameter("un filtre va avec --all, et non avec des documents nommés")
    body: dict[str, Any] = {"collection": collection, "change": change.value}
    body |= {"on": on} if on else {}
    body |= {"documents": document} if document else {"narrowed": narrowed}
    if not (yes or as_json) and sys.stdin.isatty():  # a script has no one to ask
        number = len(document) if document else asyncio.run(_total({"collection": collection} | narrowed))
        confirm(f"{CHANGES[change]} {count(number, 'document')} de « {collection} » ? [o/N]", "Rien n’a été changé.")
    outcome = asyncio.run(follow("/documents/change", body, ChangeScreen(quiet=as_json)))
    if as_json:
        print_json(outcome)
        return
    out.print(f"Changés : {count(outcome['done'], 'document')}.")
    for one in outcome["reasons"]:
        out.print(f"{one['document_id']} : {one['reason']}", style="red")
    if outcome["left"] > len(outcome["reasons"]):
        out.print(f"Laissés comme ils étaient : {count(outcome['left'], 'document')} en tout.", style="red")


class ChangeScreen(BarScreen):
    """A change to many documents."""

    label = "Changement"


def _narrowed(
    words: str,
    state: State | None,
    kind: str | None,
    in_force: Force | None,
    since: str | None,
    until: str | None,
    to_check: bool,
    source: str,
    by_hand: bool,
) -> dict[str, Any]:
    """Those that are given."""
    given = {
        "words": words,
        "state": state.value if state else "",
        "kind": kind,
        "in_force": in_force.value if in_force else "",
        "since": since,
        "until": until,
        "to_check": to_check,
        "source": source,
        "by_hand": by_hand,
    }
    return {name: value for name, value in given.items() if value}


async def _all(params: dict[str, Any]) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = []
    async with open_client(read_settings()) as client:
        while True:
            page = await client.call("GET", "/documents/found", params=params | {"offset": str(len(held))})
            held += page["documents"]
            if not page["documents"] or len(held) >= page["total"]:
                return held


async def _total(params: dict[str, Any]) -> int:
    async with open_client(read_settings()) as client:
        page = await client.call("GET", "/documents/found", params=params)
    return int(page["total"])

"""`assistant publication`: the way of a collection, and of each change to it, to its readers."""

import asyncio
from typing import Annotated, Any

import typer
from rich.console import Console

from ui.commands.following import follow
from ui.commands.screen import BarScreen, count
from ui.commands.usage import AsJson, Commands, confirm, print_json
from ui.control.client import call
from ui.settings import read_settings

publication = Commands(help="Publier une collection et ses changements, après contrôle, et revenir en arrière.")

out = Console(highlight=False, soft_wrap=True, markup=False)

STAGES = {"draft": "brouillon", "checking": "en contrôle", "published": "publiée"}
CHANGES = {"added": "ajouté", "changed": "modifié", "corrected": "corrigé", "removed": "retiré"}
LEFT = {"pending": "en cours de lecture", "failed": "en échec", "quarantined": "en quarantaine"}
MEASURES = {
    "recall@10": "recall@10",
    "mrr@10": "mrr@10",
    "refused": "refusées sans modèle",
    "wrongly_refused": "refusées à tort sans modèle",
}
UNDER_WAY = {
    "checking": "en contrôle",
    "publishing": "publication en cours",
    "rolling back": "retour en arrière en cours",
}

Name = Annotated[str, typer.Argument(metavar="COLLECTION")]
Shown = Annotated[
    str, typer.Option("--change", metavar="EMPREINTE", help="Ce que « show » a montré ; refusé si cela a changé.")
]


class MeasureScreen(BarScreen):
    """The golden questions."""

    label = "Mesure"


class PublicationScreen(BarScreen):
    """Documents on their way."""

    label = "Publication"


@publication.command("list")
def list_kept(as_json: AsJson = False) -> None:
    """Lister vos collections, avec leur état et ce qui attend."""
    kept = asyncio.run(call(read_settings(), "GET", "/publication"))
    if as_json:
        print_json({"collections": kept})
        return
    for one in kept:
        waiting = one["drafted"] + one["removals"]
        said = [state(one), UNDER_WAY.get(one["under_way"] or "", "")]
        said += [f"{count(waiting, 'changement')} en attente"] if waiting else []
        out.print(f"{one['collection']} : {' · '.join(filter(None, said))}")


@publication.command()
def show(collection: Name, as_json: AsJson = False) -> None:
    """Montrer ce qui attend dans une collection, ce qui est contrôlé et mesuré."""
    shown = asyncio.run(call(read_settings(), "GET", "/publication/collection", params={"collection": collection}))
    if as_json:
        print_json(shown)
        return
    out.print(f"{shown['collection']} : {state(shown)}", style="bold")
    if shown["under_way"]:
        out.print(f"  {UNDER_WAY[shown['under_way']]}")
    for one in shown["documents"]:
        held = LEFT.get(one["state"], "")
        out.print(f"  {CHANGES[one['change']]} : {one['title'] or one['id']}{f' ({held})' if held else ''}")
    out.print(f"  Liste de contrôle : {'signée' if shown['checked'] else 'à signer'}")
    out.print(f"  Questions de référence : {figures(shown['measured']) if shown['measured'] else 'à mesurer'}")
    out.print(f"  Empreinte : {shown['change']}")


@publication.command()
def review(
    collection: Name,
    on: Annotated[bool, typer.Option("--on/--off", help="Contrôler ses changements, ou les montrer aussitôt.")] = True,
    as_json: AsJson = False,
) -> None:
    """Faire attendre les changements d’une collection jusqu’à leur publication, ou non."""
    body = {"collection": collection, "reviewed": on}
    answer = asyncio.run(call(read_settings(), "POST", "/publication/review", body))
    said = "attendent désormais d’être publiés" if on else "sont désormais visibles aussitôt"
    _tell(answer, f"Les changements de « {collection} » {said}.", as_json)


@publication.command("four-eyes")
def four_eyes(
    collection: Name,
    on: Annotated[bool, typer.Option("--on/--off", help="Demander deux personnes, ou non.")] = True,
    as_json: AsJson = False,
) -> None:
    """Demander qu’une autre personne que celle qui a signé la liste publie."""
    body = {"collection": collection, "four_eyes": on}
    answer = asyncio.run(call(read_settings(), "POST", "/publication/four-eyes", body))
    said = "demande désormais deux personnes" if on else "ne demande plus deux personnes"
    _tell(answer, f"Pour être publiée, « {collection} » {said}.", as_json)


@publication.command()
def submit(collection: Name, as_json: AsJson = False) -> None:
    """Mettre en contrôle une collection, ou ce qui attend dans son brouillon."""
    answer = asyncio.run(call(read_settings(), "POST", "/publication/submit", {"collection": collection}))
    _tell(answer, f"« {collection} » est en contrôle.", as_json)


@publication.command()
def withdraw(collection: Name, as_json: AsJson = False) -> None:
    """Renvoyer en brouillon ce qui est en contrôle."""
    answer = asyncio.run(call(read_settings(), "POST", "/publication/withdraw", {"collection": collection}))
    _tell(answer, f"« {collection} » est à nouveau en brouillon.", as_json)


@publication.command()
def check(
    collection: Name,
    source: Annotated[str, typer.Option(metavar="TEXTE", help="D’où viennent ces documents.")],
    licence: Annotated[str, typer.Option(metavar="TEXTE", help="Sous quelle licence, ou quel droit de les montrer.")],
    reviewed_by: Annotated[str, typer.Option(metavar="NOM", help="Qui les a relus.")],
    personal_data: Annotated[
        bool, typer.Option("--personal-data", help="Données personnelles\u202f: vérifié.")
    ] = False,
    freshness: Annotated[bool, typer.Option("--freshness", help="Textes à jour\u202f: vérifié.")] = False,
    note: Annotated[str, typer.Option(metavar="TEXTE", help="Ce qu’il faut savoir d’autre.")] = "",
    change: Shown = "",
    as_json: AsJson = False,
) -> None:
    """Signer la liste de contrôle de ce qui attend."""
    body = {
        "collection": collection,
        "source": source,
        "licence": licence,
        "personal_data": personal_data,
        "freshness": freshness,
        "reviewed_by": reviewed_by,
        "note": note,
        "change": change,
    }
    answer = asyncio.run(call(read_settings(), "POST", "/publication/check", body))
    _tell(answer, "La liste de contrôle est signée.", as_json)


@publication.command()
def measure(collection: Name, as_json: AsJson = False) -> None:
    """Mesurer les questions de référence sur ce qui attend ; une baisse empêche de publier."""
    found = asyncio.run(follow("/publication/measure", {"collection": collection}, MeasureScreen(quiet=as_json)))
    _tell(found, f"Questions de référence : {figures(found)}", as_json)


@publication.command()
def publish(
    collection: Name,
    group: Annotated[
        list[str] | None, typer.Option("--for", metavar="GROUPE", help="Pour ce groupe (répétable).")
    ] = None,
    for_all: Annotated[bool, typer.Option("--for-all", help="Pour tous les agents.")] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXTE", help="Pourquoi publier malgré une baisse ; c’est enregistré.")
    ] = "",
    change: Shown = "",
    as_json: AsJson = False,
) -> None:
    """Publier ce qui est contrôlé ; sans --for ni --for-all, les lecteurs restent les mêmes."""
    if group and for_all:
        raise typer.BadParameter("un groupe, ou tous", param_hint="--for-all")
    readers = [] if for_all else group or None
    body = {"collection": collection, "readers": readers, "reason": reason, "change": change}
    done = asyncio.run(follow("/publication/publish", body, PublicationScreen(quiet=as_json)))
    _tell(done, f"« {collection} » est publiée ({count(done['documents'], 'document')}).", as_json)


@publication.command()
def rollback(collection: Name, yes: Annotated[bool, typer.Option("--yes")] = False, as_json: AsJson = False) -> None:
    """Revenir à ce que les lecteurs trouvaient avant la dernière publication."""
    if not yes:
        confirm(f"Revenir sur la dernière publication de « {collection} » ?", "Rien n’a changé.")
    done = asyncio.run(follow("/publication/rollback", {"collection": collection}, PublicationScreen(quiet=as_json)))
    _tell(done, f"« {collection} » est comme avant ({count(done['documents'], 'document')}).", as_json)


@publication.command()
def keep(
    collection: Name,
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT…", help="Leurs identifiants.")],
    as_json: AsJson = False,
) -> None:
    """Laisser des documents tels que les lecteurs les trouvent : rien d’eux n’attend plus."""
    body = {"collection": collection, "documents": documents}
    answer = asyncio.run(call(read_settings(), "POST", "/publication/keep", body))
    _tell(answer, f"{count(len(answer['documents']), 'document')} ne changeront pas.", as_json)


def state(one: dict[str, Any]) -> str:
    """How far a collection is, in words."""
    if one["stage"] != "published":
        return STAGES[one["stage"]]
    readers = ", ".join(one["readers"])
    seen = "" if one["reviewed"] else ", changements visibles aussitôt"
    return f"publiée pour {readers or 'tous'}{seen}"


def figures(measured: dict[str, Any]) -> str:
    """What was measured, in words."""
    if not measured["questions"] and not measured["unanswerable"]:
        return "aucune dans cette collection"
    before, after = measured["before"], measured["after"]
    pairs = [
        f"{label} {before[name]:.3f} → {after[name]:.3f}" if name in before else f"{label} {after[name]:.3f}"
        for name, label in MEASURES.items()
        if name in after
    ]
    pairs += [f"laissées au modèle : {measured['undecided']}"] if measured["undecided"] else []
    fallen = f" ; en baisse : {', '.join(measured['fallen'])}" if measured["fallen"] else ""
    return f"{measured['questions'] + measured['unanswerable']} ({', '.join(pairs)}{fallen})".replace(".", ",")


def _tell(answer: Any, said: str, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        out.print(said)

"""`assistant search`: passages, narrowed by what is known of their texts, with the reasons why they were found."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from retrieval.corpus import TextKind
from retrieval.names import folded
from ui.commands.days import On, day
from ui.commands.screen import count, heading
from ui.commands.usage import AsJson, print_json
from ui.control.client import call
from ui.settings import read_settings

SHOWN = 300  # characters of a passage

FACETS = {"collections": "Collections", "kinds": "Nature", "years": "Année de signature", "authors": "Auteur"}

out = Console(highlight=False, soft_wrap=True, markup=False)  # names and texts of others may hold brackets


def kind(text: str) -> str:
    """A kind of text, accents and capitals making no difference. Raises `typer.BadParameter`."""
    known = {folded(one): one.value for one in TextKind}
    if folded(text) not in known:
        raise typer.BadParameter(f"« {text} » n’est pas une nature de texte ; au choix : {', '.join(known.values())}")
    return known[folded(text)]


def search(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="La question, entre guillemets.")],
    collection: Annotated[
        list[str] | None,
        typer.Option("--collection", metavar="NOM", help="Ne chercher que dans cette collection (répétable)."),
    ] = None,
    k: Annotated[int, typer.Option("-k", metavar="N", min=1, max=100, help="Nombre de passages.")] = 10,
    on: On = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="NATURE", parser=kind, help="Loi, décret, circulaire… (répétable)."),
    ] = None,
    author: Annotated[
        list[str] | None, typer.Option(metavar="NOM", help="Qui a signé ou publié le texte (répétable).")
    ] = None,
    signed_from: Annotated[
        str | None, typer.Option(metavar="JOUR", parser=day, help="Textes signés à partir de ce jour.")
    ] = None,
    signed_until: Annotated[
        str | None, typer.Option(metavar="JOUR", parser=day, help="Textes signés jusqu’à ce jour.")
    ] = None,
    context: Annotated[
        int, typer.Option(metavar="N", min=0, max=10, help="Paragraphes à montrer avant et après chaque passage.")
    ] = 0,
    explain: Annotated[bool, typer.Option("--explain", help="Dire pourquoi chaque passage est trouvé.")] = False,
    facets: Annotated[bool, typer.Option("--facets", help="Compter les documents par filtre.")] = False,
    as_json: AsJson = False,
) -> None:
    """Chercher des passages, sans rédiger de réponse."""
    days = {"on": on, "signed_from": signed_from, "signed_until": signed_until}
    body = {
        "question": question,
        "collections": collection or [],
        "k": k,
        "kinds": kinds or [],
        "authors": author or [],
        "context": context,
        "explain": explain,
        "facets": facets,
    } | {name: str(one) for name, one in days.items() if one}
    found = asyncio.run(call(read_settings(), "POST", "/search", body))
    if as_json:
        print_json(found)
        return
    for sentence in found["partial"]:
        out.print(f"Recherche incomplète : {sentence}", style="yellow")
    for sentence in found["changed"]:
        out.print(sentence, style="dim")
    _print_passages(found["passages"], explain=explain)
    if facets:
        _print_facets(found["facets"])


def _print_passages(passages: Sequence[dict[str, Any]], *, explain: bool) -> None:
    """Best first; with its surroundings a passage is shown whole."""
    if not passages:
        out.print("Aucun passage trouvé.")
    for n, passage in enumerate(passages, start=1):
        out.print(f"{n}. {heading(passage)}", style="bold")
        out.print(f"   {passage['collection']} · {passage['document_id']}", style="dim")
        if around := passage.get("around"):
            _paragraphs(around["before"], "dim")
            _paragraphs(passage["text"])
            _paragraphs(around["after"], "dim")
        else:
            text = " ".join(passage["text"].split())
            out.print(f"   {text[:SHOWN]}{'…' if len(text) > SHOWN else ''}")
        if explain and passage["why"]["said"]:
            out.print(f"   Pourquoi : {' ; '.join(passage['why']['said'])}", style="italic")
        for variant in passage["variants"]:
            out.print(f"   Aussi : {variant['title']}, {variant['collection']} · {variant['document_id']}", style="dim")
        out.print()


def _print_facets(facets: dict[str, Any]) -> None:
    out.print(f"{count(facets['documents'], 'document')} sous ces filtres", style="bold")
    for name, label in FACETS.items():
        if values := facets[name]:
            counted = [f"{one['value']} ({one['documents']})" for one in values]
            out.print(f"  {label} : {', '.join(counted)}")


def _paragraphs(text: str, style: str = "") -> None:
    for line in filter(str.strip, text.split("\n")):
        out.print(Padding(Text(line, style, overflow="fold"), (0, 0, 0, 3)), soft_wrap=False)

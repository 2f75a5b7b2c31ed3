"""`assistant policy`: what the rules decide, why, and reading them again."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer

from ui.commands.usage import AsJson, Commands, print_json
from ui.control.client import call
from ui.settings import read_settings

Choice = TypeVar("Choice", bound=StrEnum)

policy = Commands(help="Les règles d’accès : ce qu’elles décident, et pourquoi.")

User = Annotated[str | None, typer.Option(metavar="NOM", help="La personne, par son nom de connexion.")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="RÔLE", help="Au lieu de --user : un rôle d’une personne à imaginer (répétable)."),
]
Groups = Annotated[
    list[str] | None,
    typer.Option("--group", metavar="GROUPE", help="Et un groupe, comme /DGS/Bureau-A (répétable)."),
]
Deed = Annotated[
    str,
    typer.Option(
        metavar="ACTION",
        help="Ce qu’elle veut faire : read, ingest, createCollection, deleteCollection, administerPeople, "
        "administerModels, administerTasks, administerGlossary, openConsole, announce ou review.",
    ),
]
Collection = Annotated[str, typer.Option("--collection", metavar="NOM", help="La collection dont il s’agit.")]


@policy.command()
def check(
    action: Deed,
    user: User = None,
    role: Roles = None,
    group: Groups = None,
    collection: Collection = "",
    as_json: AsJson = False,
) -> None:
    """Dire oui (code 0) ou non (code 1), et quelle règle en décide."""
    decided = _decide(user, role, group, action, collection)
    _print(decided, as_json, verdict)
    raise typer.Exit(0 if decided["allowed"] else 1)


@policy.command()
def explain(
    action: Deed,
    user: User = None,
    role: Roles = None,
    group: Groups = None,
    collection: Collection = "",
    as_json: AsJson = False,
) -> None:
    """Montrer les règles qui décident, telles qu’elles sont écrites."""
    decided = _decide(user, role, group, action, collection)
    _print(decided, as_json, explanation)


@policy.command()
def reload(as_json: AsJson = False) -> None:
    """Relire les règles sans redémarrer ; si elles ne tiennent pas, celles en vigueur restent."""
    loaded = asyncio.run(call(read_settings(), "POST", "/policy/reload"))
    if as_json:
        print_json(loaded)
        return
    changed = "De nouvelles règles sont en vigueur" if loaded["changed"] else "Les règles n’ont pas changé"
    typer.echo(f"{changed} (SHA-256 {loaded['fingerprint']}).")


def verdict(decided: dict[str, Any]) -> str:
    """One line: yes or no, about whom and what, and the names of the rules."""
    answer, can = ("Oui", "peut") if decided["allowed"] else ("Non", "ne peut pas")
    on = f" sur la collection « {decided['collection']} »" if decided["collection"] else ""
    return f"{answer} : {decided['person']['username']} {can} faire « {decided['action']} »{on} ({_why(decided)})."


def explanation(decided: dict[str, Any]) -> str:
    """The verdict, what is known of the person, and the rules in their author's words."""
    person = decided["person"]
    lines = [
        verdict(decided),
        f"Rôles : {', '.join(person['roles']) or 'aucun'}. Groupes : {', '.join(person['groups']) or 'aucun'}.",
        *(f"\n{rule['text']}" for rule in decided["rules"]),
    ]
    return "\n".join(lines)


def _why(decided: dict[str, Any]) -> str:
    if not decided["enabled"]:
        return "son compte est fermé dans Keycloak"
    names = [rule["name"] for rule in decided["rules"]]
    return f"par {', '.join(names)}" if names else "aucune règle ne le permet"


def _decide(
    user: str | None, roles: list[str] | None, groups: list[str] | None, action: str, collection: str
) -> dict[str, Any]:
    from policies.access import Action  # the rules take long to import, and most commands do without
    from policies.principal import Role

    deed = _one_of(Action, action, "--action")
    if deed.on_a_collection and deed is not Action.CREATE_COLLECTION and not collection:
        raise typer.BadParameter(f"« {deed.value} » se fait sur une collection : nommez-la", param_hint="--collection")
    if bool(user) == bool(roles or groups):
        raise typer.BadParameter("donnez une personne, ou décrivez-la par --role et --group", param_hint="--user")
    described = {"roles": [_one_of(Role, role, "--role").value for role in roles or []], "groups": groups or []}
    body = {"person": {"username": user} if user else described, "action": deed.value, "collection": collection}
    decided: dict[str, Any] = asyncio.run(call(read_settings(), "POST", "/policy/decisions", body))
    return decided


def _one_of(kind: type[Choice], value: str, option: str) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise typer.BadParameter(
            f"« {value} » n’est pas possible ; au choix {', '.join(kind)}", param_hint=option
        ) from None


def _print(decided: dict[str, Any], as_json: bool, told: Callable[[dict[str, Any]], str]) -> None:
    if as_json:
        print_json(decided)
    else:
        typer.echo(told(decided))

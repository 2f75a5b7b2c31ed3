"""`assistant policy`: what the rules decide, why, and reading them again."""

import asyncio
import json
from typing import Annotated, Any

import typer

from policies.access import Action
from policies.principal import Role
from ui.client import open_client
from ui.settings import read_settings
from ui.usage import Commands

policy = Commands(help="Les règles d’accès : ce qu’elles décident, et pourquoi.")

User = Annotated[str | None, typer.Option(metavar="NOM", help="La personne, par son nom de connexion.")]
Roles = Annotated[
    list[Role] | None,
    typer.Option("--role", help="Au lieu de --user : un rôle d’une personne à imaginer (répétable)."),
]
Groups = Annotated[
    list[str] | None,
    typer.Option("--group", metavar="GROUPE", help="Et un groupe, comme /DGS/Bureau-A (répétable)."),
]
Deed = Annotated[Action, typer.Option("--action", help="Ce qu’elle veut faire.")]
Collection = Annotated[str, typer.Option("--collection", metavar="NOM", help="La collection dont il s’agit.")]
AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


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
    typer.echo(_json(decided) if as_json else verdict(decided))
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
    typer.echo(_json(decided) if as_json else explanation(decided))


@policy.command()
def reload(as_json: AsJson = False) -> None:
    """Relire les règles sans redémarrer ; si elles ne tiennent pas, celles en vigueur restent."""
    loaded = asyncio.run(_call("POST", "/policy/reload"))
    if as_json:
        typer.echo(_json(loaded))
        return
    changed = "De nouvelles règles sont en vigueur" if loaded["changed"] else "Les règles n’ont pas changé"
    typer.echo(f"{changed} (SHA-256 {loaded['fingerprint']}).")


def verdict(decided: dict[str, Any]) -> str:
    """One line: yes or no, about whom and what, and the names of the rules."""
    answer, can = ("Oui", "peut") if decided["allowed"] else ("Non", "ne peut pas")
    on = f" sur la collection « {decided['collection']} »" if decided["collection"] else ""
    names = [rule["name"] for rule in decided["rules"]]
    why = f"par {', '.join(names)}" if names else "aucune règle ne le permet"
    return f"{answer} : {decided['person']['username']} {can} faire « {decided['action']} »{on} ({why})."


def explanation(decided: dict[str, Any]) -> str:
    """The verdict, what is known of the person, and the rules in their author's words."""
    person = decided["person"]
    lines = [
        verdict(decided),
        f"Rôles : {', '.join(person['roles']) or 'aucun'}. Groupes : {', '.join(person['groups']) or 'aucun'}.",
        *(f"\n{rule['text']}" for rule in decided["rules"]),
    ]
    return "\n".join(lines)


def _decide(
    user: str | None, roles: list[Role] | None, groups: list[str] | None, action: Action, collection: str
) -> dict[str, Any]:
    if action.on_a_collection and action is not Action.CREATE_COLLECTION and not collection:
        raise typer.BadParameter(
            f"« {action.value} » se fait sur une collection : nommez-la", param_hint="--collection"
        )
    if bool(user) == bool(roles or groups):
        raise typer.BadParameter("donnez une personne, ou décrivez-la par --role et --group", param_hint="--user")
    person = {"username": user} if user else {"roles": roles or [], "groups": groups or []}
    body = {"person": person, "action": action.value, "collection": collection}
    decided: dict[str, Any] = asyncio.run(_call("POST", "/policy/decisions", body))
    return decided


async def _call(method: str, path: str, body: Any = None) -> Any:
    async with open_client(read_settings()) as client:
        return await client.call(method, path, body)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)

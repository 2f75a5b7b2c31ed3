"""Typer in French: its help pages, one line for whatever goes wrong in a command, JSON for scripts."""

import json
import re
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from ui.errors import UiError

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]

_HELP = (
    (r"\AUsage: ", "Usage : "),
    (r"COMMAND \[ARGS\]\.\.\.", "COMMANDE…"),
    (r"\{([^}]+)\}(\.\.\.)?", r"\1"),
    (r"^(Arguments|Options):$", r"\1 :"),
    (r"^Commands:$", "Commandes :"),
    (r"<list\[Path\]>", ""),
    (r"Show this message and exit\.", "Afficher cette aide."),
    (r"<(?:list\[)?([a-zA-Z|]+)\]?>", r"<\1>"),
    (r"\[required\]", "[obligatoire]"),
    (r"\[default: ", "[par défaut : "),
)

_ERRORS = (
    (r"Missing command\.", "il manque une commande"),
    (r"Missing (?:argument|option) '(.+)'\.", r"il manque \1"),
    (r"\s+Choose from:\s+", " : au choix "),
    (r",\n\s+", ", "),
    (r"No such command '(.+?)'\..*", r"la commande « \1 » n’existe pas"),
    (r"No such option: (\S+).*", r"l’option \1 n’existe pas"),
    (
        r"Got unexpected extra argument\(s\) \((.+)\)",
        r"« \1 » est de trop ; mettez un texte de plusieurs mots entre guillemets",
    ),
    (r"Option '(.+)' requires an argument\.", r"il manque la valeur de \1"),
    (r"Option '(.+)' does not take a value\.", r"l’option \1 ne prend pas de valeur"),
    (r"Invalid value for '?(.+?)'?: ", r"\1 : "),
    (r"Invalid value: ", ""),
    (r"Value error, '(.*)' is not one of (.+)\.", r"« \1 » n’est pas possible ; au choix \2"),
    (r"Input should be a valid UUID.*", "un identifiant comme 123e4567-e89b-12d3-a456-426614174000 est attendu"),
    (r"Input should be a valid integer.*", "un nombre entier est attendu"),
    (r"Input should be greater than or equal to (\d+)", r"la valeur doit être d’au moins \1"),
    (r"Input should be less than or equal to (\d+)", r"la valeur doit être d’au plus \1"),
)


class _FrenchCommand(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return _in_french(super().get_help(ctx), _HELP)


class FrenchGroup(TyperGroup):
    """A group of commands whose help is in French; without a command it shows it."""

    def get_help(self, ctx: Any) -> str:
        return _in_french(super().get_help(ctx), _HELP)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args or ["--help"])


class Commands(typer.Typer):
    """Commands whose help is in French."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            cls=FrenchGroup, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, **settings
        )

    def command(  # type: ignore[override]
        self, name: str | None = None, **settings: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return super().command(name, cls=_FrenchCommand, **settings)


def print_json(value: Any) -> None:
    """The value on standard output, and nothing else."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def confirm(question: str, otherwise: str = "Rien n’a été supprimé.") -> None:
    """Go on only where the person at the terminal says yes; `otherwise` is said else."""
    answer = typer.prompt(question, default="n", show_default=False, prompt_suffix=" ", err=True)
    if answer.strip().lower() not in {"o", "oui"}:
        typer.echo(otherwise, err=True)
        raise typer.Exit(1)


def run(commands: Commands) -> int:
    """Do what the command line says; gives the exit code. Whatever is expected to go wrong is one clear line."""
    try:
        return int(commands(standalone_mode=False) or 0)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        help_page = f"{context.command_path} --help" if context else "assistant --help"
        typer.echo(f"Erreur : {_in_french(error.format_message(), _ERRORS)}. Voyez « {help_page} ».", err=True)
        return int(error.exit_code)
    except UiError as error:
        typer.echo(f"Erreur : {error}", err=True)
        return 1


def _in_french(text: str, words: tuple[tuple[str, str], ...]) -> str:
    for english, french in words:
        text = re.sub(english, french, text, flags=re.MULTILINE)
    return text

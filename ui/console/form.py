"""A form as it was typed, and what is wrong with it, field by field.

    form = await read_form(request)
    name = form.text("name", longest=100, needed="Donnez un nom à la collection.")
    if form.errors: return shell.page("collection", ..., status=422, form=form)

Nothing that was typed is lost: the macros of `console/forms.html` show it again, with the error beside its field.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from fastapi import Request

from ui.errors import RequestMalformed
from ui.form_body import form_pairs
from ui.pages import number

LONGEST_BODY = 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Form:
    """`typed` has what each field held last, `errors` the sentence beside each that is wrong."""

    pairs: tuple[tuple[str, str], ...] = ()
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def filled(cls, values: Mapping[str, str | Iterable[str]]) -> "Form":
        """A form that shows what there is, before anybody typed something."""
        pairs = []
        for name, value in values.items():
            pairs += [(name, value)] if isinstance(value, str) else [(name, one) for one in value]
        return cls(tuple(pairs))

    def get(self, name: str) -> str:
        """What was typed in a field, as it was typed; empty where it is not there."""
        return next((value for one, value in reversed(self.pairs) if one == name), "")

    def all(self, name: str) -> list[str]:
        """What was ticked in a group of boxes, or each of several fields of one name."""
        return [value for one, value in self.pairs if one == name]

    def is_set(self, name: str) -> bool:
        """Whether a box is ticked."""
        return any(one == name for one, _ in self.pairs)

    def wrong(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field; the first thing said stays."""
        self.errors.setdefault(name, sentence)

    def text(self, name: str, *, longest: int, needed: str = "", lines: bool = False) -> str:
        """What was typed, without blanks around it; `needed` is what to say where it is empty."""
        value = self.get(name).replace("\r\n", "\n").strip()
        if needed and not value:
            self.wrong(name, needed)
        elif len(value) > longest:
            self.wrong(name, f"{len(value)} caractères\u202f: {longest} au plus.")
        elif any(not (one.isprintable() or (lines and one in "\n\t")) for one in value):
            self.wrong(name, "Ce texte contient des caractères qui ne se voient pas\u202f: tapez-le à nouveau.")
        return value

    def one_of(self, name: str, choices: Collection[str], sentence: str = "") -> str:
        """Which of these was chosen; the empty text where none of them was."""
        value = self.get(name)
        if value in choices:
            return value
        self.wrong(name, sentence or "Choisissez l’une des réponses proposées.")
        return ""

    def day(self, name: str) -> dt.date | None:
        """A day, as browsers send it or as people write it; None where nothing was typed."""
        value = self.get(name).strip()
        if not value:
            return None
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return dt.datetime.strptime(value, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        self.wrong(name, "Cette date n’existe pas\u202f: écrivez-la ainsi\u202f: 26/11/2026.")
        return None

    def whole(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number within bounds; None where nothing was typed."""
        value = self.get(name).strip()
        if not value:
            return None
        if value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most:
            return int(value)
        self.wrong(name, f"Donnez un nombre entier de {number(least)} à {number(most)}.")
        return None


async def read_form(request: Request, longest: int = LONGEST_BODY) -> Form:
    """What a browser sent. Raises `RequestMalformed` for a body that is too long, or no form's."""
    pairs = await form_pairs(request, longest)
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise RequestMalformed("Cette demande n’est pas celle d’un formulaire d’ici. Rechargez la page.")
    return Form(tuple(pairs))

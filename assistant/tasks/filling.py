"""What a person filled in, checked against the template's fields and made ready to be put into its texts."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.errors import FieldsInvalid
from assistant.prompts.neutral import neutralise, one_line
from assistant.tasks.request import Material, TaskRequest
from assistant.tasks.template import Field, FieldKind, Template


@dataclass(frozen=True, slots=True)
class Filled:
    """`values` by the names that the template's texts may use; `materials` in the order of their fields."""

    values: dict[str, str]
    materials: tuple[Material, ...]


def filled_in(template: Template, request: TaskRequest, day: dt.date) -> Filled:
    """The request's values and texts. Raises `FieldsInvalid`, with a sentence for each field that does not fit."""
    faults = dict(_faults(template, request))
    if faults:
        raise FieldsInvalid(faults)
    materials = tuple(one for field in template.documents for one in request.materials.get(field.name, ()))
    values = {field.name: _value(field, request) for field in template.fields if field not in template.documents}
    titles = ", ".join(f"«\u202f{one_line(neutralise(one.title))}\u202f»" for one in materials)
    return Filled(values | {"titres": titles, "date": f"{day:%d/%m/%Y}"}, materials)


def dealt(template: Template, materials: Sequence[Material]) -> dict[str, tuple[Material, ...]]:
    """Texts that name no field, in their order: each field gets as many as it takes, and leaves the later ones theirs.

    What is too many for all goes to the last, which says so.
    """
    given: dict[str, tuple[Material, ...]] = {}
    rest = tuple(materials)
    for n, field in enumerate(template.documents, start=1):
        owed = sum(later.least for later in template.documents[n:])
        is_last = n == len(template.documents)
        count = len(rest) if is_last else min(field.most, max(field.least, len(rest) - owed))
        given[field.name], rest = rest[:count], rest[count:]
    return given


def _faults(template: Template, request: TaskRequest) -> Iterator[tuple[str, str]]:
    known = {field.name for field in template.fields}
    for name in (*request.values, *request.materials):
        if name not in known:
            yield (
                name,
                f"Le champ «\u202f{name}\u202f» n’existe pas. Choisissez parmi\u202f: {', '.join(sorted(known))}.",
            )
    for field in template.fields:
        fault = _documents_fault(field, request) if field.kind is FieldKind.DOCUMENTS else _fault(field, request)
        if fault:
            yield field.name, fault


def _fault(field: Field, request: TaskRequest) -> str:
    value = request.values.get(field.name, "").strip()
    labels = [choice.label for choice in field.choices]
    if field.required and not value and not field.choices:
        return f"«\u202f{field.label}\u202f»\u202f: remplissez ce champ."
    if len(value) > field.longest and not field.choices:
        return f"«\u202f{field.label}\u202f»\u202f: {field.longest} caractères au plus, il y en a {len(value)}."
    if value and field.choices and value not in (*labels, *(choice.value for choice in field.choices)):
        return f"«\u202f{field.label}\u202f»\u202f: choisissez parmi {', '.join(labels)}."
    return ""


def _documents_fault(field: Field, request: TaskRequest) -> str:
    given = request.materials.get(field.name, ())
    if field.name in request.values:
        return f"«\u202f{field.label}\u202f»\u202f: donnez un fichier ou un document, et non une valeur."
    least = max(field.least, int(field.required))
    if least <= len(given) <= field.most:
        return ""
    asked = f"{least} texte{'s' if least > 1 else ''} au moins" if len(given) < least else f"{field.most} au plus"
    return f"«\u202f{field.label}\u202f»\u202f: donnez {asked}\u202f; il y en a {len(given)}."


def _value(field: Field, request: TaskRequest) -> str:
    """Harmless in a prompt; of a choice its label, the first where none was made of a field that needs one."""
    value = neutralise(request.values.get(field.name, "")).strip()
    if not field.choices:
        return value if field.kind is FieldKind.LONG_TEXT else one_line(value)
    chosen = [choice.label for choice in field.choices if value in (choice.value, choice.label)]
    return next(iter(chosen), field.choices[0].label if field.required else "")

"""What is known of a document, as a form: each field as it was shown, and what somebody typed in its place."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from retrieval.corpus import DocumentMetadata, TextKind
from ui.console.form import Form
from ui.document_words import FIELDS

TITLE, LINE = 500, 200  # characters
MOST_REPLACED = 50  # numbers of texts

DATES = ("signed_on", "in_force_from", "repealed_on")
KINDS = tuple((kind.value, kind.value.capitalize()) for kind in TextKind)


def filled(metadata: DocumentMetadata) -> Form:
    """The form that shows what is known."""
    return Form.filled({name: written(getattr(metadata, name)) for name in FIELDS})


def written(value: Any) -> str:
    """A value as its field shows it."""
    match value:
        case None:
            return ""
        case dt.date():
            return value.isoformat()
        case tuple():
            return "\n".join(value)
    return str(value)


def read(form: Form) -> dict[str, Any]:
    """What was typed, by field; what is wrong is said in the form."""
    values: dict[str, Any] = {
        "title": form.text("title", longest=TITLE, needed="Un document garde un titre\u202f: donnez-en un."),
        "kind": _kind(form),
        "replaces": _numbers(form),
    }
    values |= {name: form.text(name, longest=LINE) for name in ("number", "author", "replaced_by")}
    values |= {name: form.day(name) for name in DATES}
    return values


def changed(values: Mapping[str, Any], metadata: DocumentMetadata) -> dict[str, Any]:
    """Those that differ from what is known: the others are no corrections."""
    return {name: value for name, value in values.items() if value != getattr(metadata, name)}


def _kind(form: Form) -> TextKind | None:
    if not form.get("kind"):
        return None
    chosen = form.one_of("kind", [value for value, _ in KINDS])
    return TextKind(chosen) if chosen else None


def _numbers(form: Form) -> tuple[str, ...]:
    text = form.text("replaces", longest=MOST_REPLACED * LINE, lines=True)
    numbers = tuple(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
    if len(numbers) > MOST_REPLACED:
        form.wrong("replaces", f"{len(numbers)} numéros\u202f: {MOST_REPLACED} au plus.")
    elif any(len(one) > LINE for one in numbers):
        form.wrong("replaces", f"Un numéro compte {LINE} caractères au plus.")
    return numbers

"""What narrows the list of documents, as an address has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from retrieval.corpus import Collection, DocumentState, TextKind
from retrieval.document_filter import DocumentFilter, InForce, Order
from retrieval.errors import PeriodReversed
from ui.console.form import Form
from ui.console.listing import Listing
from ui.document_words import STATES

FIELDS = ("collection", "texte", "etat", "nature", "vigueur", "du", "au", "a-verifier", "source")

SORTS: Mapping[str, Order] = {
    "recu": Order.RECEIVED,
    "titre": Order.TITLE,
    "date": Order.DAY,
    "nature": Order.KIND,
    "etat": Order.STATE,
    "identifiant": Order.ID,
}

IN_FORCE: Mapping[str, str] = {
    InForce.NOW.value: "en vigueur aujourd’hui",
    InForce.LATER.value: "pas encore en vigueur",
    InForce.REPEALED.value: "abrogé",
}

BY_HAND = "aucune"  # source


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as it is asked for; where something is wrong, `form` says it beside its field and `wanted` is nothing."""

    listing: Listing
    form: Form
    which: UUID | None
    wanted: DocumentFilter

    @property
    def order(self) -> Order:
        """What it is sorted by."""
        return SORTS[self.listing.sort]


def asked(pairs: Sequence[tuple[str, str]]) -> Asked:
    """From the query of an address, or from what a page keeps of it. Raises `RequestMalformed`."""
    listing = Listing.of(pairs, fields=FIELDS, sorts=tuple(SORTS), descending=True)
    form = Form.filled(listing.filters)
    which = _identifier(form, "collection")
    source = None if form.get("source") == BY_HAND else _identifier(form, "source")
    wanted = DocumentFilter(
        words=form.get("texte"),
        state=DocumentState(state) if (state := _known(form, "etat", STATES)) else None,
        kind=TextKind(kind) if (kind := _known(form, "nature", [one.value for one in TextKind])) else None,
        in_force=InForce(force) if (force := _known(form, "vigueur", IN_FORCE)) else None,
        to_check=form.is_set("a-verifier"),
        source=source,
        by_hand=form.get("source") == BY_HAND,
    )
    since, until = form.day("du"), form.day("au")
    try:
        wanted = replace(wanted, since=since, until=until)
    except PeriodReversed as error:
        form.wrong("au", str(error))
    return Asked(listing, form, which, wanted)


def choices(
    collections: Sequence[Collection], sources: Sequence[tuple[UUID, str]]
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What each field of the form can be set to, with its French name."""
    return {
        "collection": [(str(one.id), one.name) for one in collections],
        "etat": list(STATES.items()),
        "nature": [(one.value, one.value) for one in TextKind],
        "vigueur": list(IN_FORCE.items()),
        "source": [(BY_HAND, "versés par quelqu’un"), *((str(one), name) for one, name in sources)],
    }


def _known(form: Form, name: str, known: Sequence[str] | Mapping[str, str]) -> str:
    return form.one_of(name, list(known)) if form.get(name) else ""


def _identifier(form: Form, name: str) -> UUID | None:
    try:
        return UUID(form.get(name)) if form.get(name) else None
    except ValueError:
        form.wrong(name, "Choisissez l’une des réponses proposées.")
        return None

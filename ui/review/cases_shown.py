"""Cases as their pages show them: what was asked, what became of it, and who did it, in French."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.review.cases import Case
from policies.review.contents import State
from policies.review.holds import Hold, Scope
from policies.review.requests import Request
from policies.review.wishes import Kind, Wish
from ui.pages import moment, number

# Fields of a form, and what they may hold.
KINDS: Mapping[Kind, str] = {
    Kind.NAME: "Le nom d’une personne",
    Kind.RECORD: "Les textes d’un enregistrement",
    Kind.CONVERSATION: "Les textes d’une conversation",
}
SCOPES: Mapping[Scope, str] = {
    Scope.PERSON: "Une personne",
    Scope.COLLECTION: "Une collection",
    Scope.DOCUMENT: "Un document",
    Scope.CONVERSATION: "Une conversation",
    Scope.RECORDS: "Une suite d’enregistrements",
    Scope.PERIOD: "Une période",
}
STATES: Mapping[State, tuple[str, str]] = {
    State.RECORDED: ("success", "Le texte est bien celui qui a été inscrit."),
    State.ALTERED: (
        "error",
        "Ce texte n’est pas celui qui a été inscrit\u202f: le texte, son sel ou l’enregistrement a été modifié.",
    ),
    State.ERASED: ("info", "Ce texte a été effacé\u202f; seule son empreinte reste au registre."),
}
TEXTS: Mapping[str, str] = {
    "question": "Question",
    "understood": "Question comprise",
    "answer": "Réponse",
    "reason": "Motif",
    "title": "Titre",
    "note": "Note",
    "comment": "Commentaire",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a page shows it; `may_*` are what its reader can do with it."""

    id: int
    case_id: int
    what: str
    who: str
    """The pseudonym whose name it is about; empty of others."""
    reason: str
    asked: str
    state: str
    waits: bool
    may_decide: bool
    needs_second: bool
    may_revoke: bool
    may_read: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A hold as a page shows it."""

    id: int
    what: str
    reason: str
    placed: str
    released: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page, by their pseudonym, and when."""

    own: str
    now: dt.datetime

    def signed(self, by: str | None, at: dt.datetime | None) -> str:
        """« par 7F3K9-QTM2A (vous), le 03/03/2026 10:00:00 »."""
        if by is None or at is None:
            return ""
        return f"par {by}{' (vous)' if by == self.own else ''}, le {moment(at)}"

    def asked(self, request: Request) -> Asked:
        """A request."""
        in_force, own = request.in_force(self.now), request.asked_by == self.own
        return Asked(
            id=request.id,
            case_id=request.case_id,
            what=said(request.wish),
            who=request.target if request.wish.kind is Kind.NAME else "",
            reason=request.reason,
            asked=self.signed(request.asked_by, request.asked_at),
            state=self._state(request),
            waits=request.waits,
            may_decide=request.waits and not own,
            needs_second=request.waits and own,
            may_revoke=request.waits or in_force,
            may_read=in_force and self.own in (request.asked_by, request.decided_by),
        )

    def kept(self, hold: Hold) -> Kept:
        """A hold."""
        return Kept(
            id=hold.id,
            what=_span(hold),
            reason=hold.reason,
            placed=self.signed(hold.placed_by, hold.placed_at),
            released=self.signed(hold.released_by, hold.released_at),
            stands=hold.stands,
        )

    def _state(self, request: Request) -> str:
        decided = self.signed(request.decided_by, request.decided_at)
        ends = moment(request.ends_at) if request.ends_at else ""
        match request.granted:
            case True if request.ends_at is None:
                return f"Accordée {decided}"
            case True if request.revoked_at:
                return f"Accordée {decided}\u202f; révoquée {self.signed(request.revoked_by, request.revoked_at)}"
            case True if request.in_force(self.now):
                return f"Accordée {decided}\u202f; ouverte jusqu’au {ends}"
            case True if request.case_closed:
                return f"Accordée {decided}\u202f; refermée avec le dossier"
            case True:
                return f"Accordée {decided}\u202f; expirée le {ends}"
            case False:
                return f"Refusée {decided}"
        if request.revoked_at:
            return f"Retirée {self.signed(request.revoked_by, request.revoked_at)}"
        return "En attente d’un second auditeur" if request.waits else "Close avec le dossier"


def said(wish: Wish) -> str:
    """What is asked for."""
    match wish.kind:
        case Kind.NAME:
            return f"Nom de la personne {wish.target}"
        case Kind.RECORD:
            return f"Textes de l’enregistrement n°\u00a0{number(int(wish.target))}"
        case Kind.CONVERSATION:
            return f"Textes de la conversation {wish.target}"
        case Kind.RELEASE:
            return f"Levée du gel n°\u00a0{wish.target}"


def parted(cases: Sequence[Case]) -> tuple[Sequence[Case], Sequence[Case]]:
    """The cases that are open, and those that are closed."""
    return [one for one in cases if one.is_open], [one for one in cases if not one.is_open]


def _span(hold: Hold) -> str:
    match Scope(hold.kind):
        case Scope.PERSON:
            return f"La personne {hold.target}"
        case Scope.COLLECTION:
            return f"La collection {hold.target}"
        case Scope.DOCUMENT:
            return f"Le document {hold.target}"
        case Scope.CONVERSATION:
            return f"La conversation {hold.target}"
        case Scope.RECORDS:
            return f"Les enregistrements n°\u00a0{number(hold.first or 0)} à {number(hold.last or 0)}"
        case Scope.PERIOD:
            assert hold.since is not None  # noqa: S101 - the table has both
            assert hold.until is not None  # noqa: S101
            return f"La période du {moment(hold.since)} au {moment(hold.until)}, cette fin exclue"

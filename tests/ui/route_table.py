"""Who may use each route of the application, and how to call it for somebody's things."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from retrieval import GlossaryEntry
from tests.ui.two_people import BOB, QUESTION, Things
from ui.paris import field_value


class Who(Enum):
    """Who may use a route."""

    ANYBODY = "signing in and out, and what every page looks like"
    PROGRAM = "whoever has a token"
    PERSON = "whoever has a session"
    AUDITOR = "whoever has a session and the role of the auditeur"
    KEEPER = "whoever has a session and keeps collections, of which the route names one that they keep"
    ADMINISTRATOR = "whoever has a session and the role of the administrateur"


@dataclass(frozen=True)
class Row:
    """A way to call the route for somebody's things; `names` says that it names one that must be there."""

    who: Who
    path: Callable[[Things], str]
    body: Callable[[Things], Any] = lambda _: None
    names: bool = False
    form: bool = False
    """The body is a form's, and not JSON."""
    file: bool = False
    """The body is a file's."""


def _open(path: str) -> Row:
    return Row(Who.ANYBODY, lambda _: path)


def _program(path: str, body: Callable[[Things], Any] = lambda _: None, *, names: bool = False) -> Row:
    return Row(Who.PROGRAM, lambda _: path, body, names)


def _person(path: str, body: Callable[[Things], Any] = lambda _: None, *, names: bool = False) -> Row:
    return Row(Who.PERSON, lambda _: path, body, names)


def _auditor(path: str, body: Callable[[Things], Any] = lambda _: None, *, form: bool = False) -> Row:
    return Row(Who.AUDITOR, lambda _: path, body, form=form)


def _keeper(
    path: str | Callable[[Things], str], body: Callable[[Things], Any] = lambda _: None, *, names: bool = False
) -> Row:
    """With `names`, `path` or `body` names a collection or what is in one."""
    return Row(Who.KEEPER, path if callable(path) else lambda _: path, body, names=names, form=True)


def _published(below: str) -> Callable[[Things], str]:
    """The address of the way of their collection to its readers."""
    return lambda things: f"/console/publication/{things.collection_id}{below}"


def _of(below: str) -> Callable[[Things], str]:
    """The address of a page of their collection."""
    return lambda things: f"/console/collections/{things.collection_id}{below}"


def _administrator(path: str, body: Callable[[Things], Any] = lambda _: None) -> Row:
    return Row(Who.ADMINISTRATOR, lambda _: path, body, form=True)


def _measured(below: str) -> Callable[[Things], str]:
    """The address of a page of an evaluation of their questions."""
    return lambda things: f"/console/evaluation/{things.evaluation}{below}"


def _asked_of(below: str) -> Callable[[Things], str]:
    """The address of a page of their set of questions."""
    return lambda things: f"/console/evaluation/jeux/{things.question_set}{below}"


QUESTIONS = "/console/evaluation/jeux/{held}"
UPLOADS = "/console/collections/{collection_id}/versements"


def _of_job(below: str) -> Callable[[Things], str]:
    return lambda things: f"/console/travaux/{things.job}{below}"


def _of_run(below: str) -> Callable[[Things], str]:
    return lambda things: f"/console/travaux/evaluations/{things.evaluation}{below}"


def _announced() -> dict[str, str]:
    """The form of an announcement that is shown now."""
    now = dt.datetime.now(dt.UTC)
    until = now + dt.timedelta(hours=1)
    return {"text": "Coupure.", "kind": "info", "from": field_value(now), "until": field_value(until)}


ARS = GlossaryEntry("ARS", "agence régionale de santé")
LATER_ARS = GlossaryEntry("ARS", "agence régionale")
ASKED = {"messages": [{"role": "user", "content": QUESTION}]}

COLLECTION = "/console/collections/{collection_id}"
PUBLICATION = (
    *(("GET", below) for below in ("", "/suite", "/difference")),
    *(
        ("POST", f"/{step}")
        for step in (
            "controle",
            "deux-personnes",
            "soumission",
            "liste",
            "mesure",
            "publication",
            "renvoi",
            "maintien",
            "retour",
        )
    ),
)

# In the order in which they are called: what removes something comes last.
TABLE: dict[tuple[str, str], Row] = {
    ("GET", "/connexion"): _open("/connexion"),
    ("GET", "/login"): _open("/login"),
    ("GET", "/connexion/retour"): _open("/connexion/retour"),
    ("GET", "/deconnexion"): _open("/deconnexion"),
    ("GET", "/deconnecte"): _open("/deconnecte"),
    ("POST", "/deconnexion/keycloak"): _open("/deconnexion/keycloak"),
    ("GET", "/static"): _open("/static/favicon.svg"),
    ("GET", "/favicon"): _open("/favicon"),
    ("GET", "/accessibilite"): _open("/accessibilite"),
    ("GET", "/annonce"): _open("/annonce"),
    ("GET", "/audit"): _auditor("/audit"),
    ("POST", "/audit"): _auditor("/audit", lambda _: {"words": "note"}, form=True),
    ("POST", "/audit/recherches"): _auditor(
        "/audit/recherches", lambda _: {"name": "Notes", "words": "note"}, form=True
    ),
    ("POST", "/audit/recherches/{search_id}"): _auditor(f"/audit/recherches/{UUID(int=0)}", form=True),
    ("POST", "/audit/recherches/{search_id}/suppression"): _auditor(
        f"/audit/recherches/{UUID(int=0)}/suppression", form=True
    ),
    ("GET", "/audit/document"): _auditor("/audit/document"),
    ("POST", "/audit/document"): _auditor(
        "/audit/document", lambda _: {"collection": str(UUID(int=0)), "document": "note"}, form=True
    ),
    ("GET", "/audit/preuves"): _auditor("/audit/preuves"),
    ("GET", "/audit/usage"): _auditor("/audit/usage"),
    ("POST", "/audit/export"): _auditor("/audit/export", lambda _: {"format": "csv"}, form=True),
    ("GET", "/audit/enregistrements/{index}"): _auditor("/audit/enregistrements/0"),
    ("GET", "/audit/enregistrements/{index}/preuve"): _auditor("/audit/enregistrements/0/preuve"),
    ("GET", "/audit/dossiers"): _auditor("/audit/dossiers"),
    ("POST", "/audit/dossiers"): _auditor("/audit/dossiers", lambda _: {"title": "Note"}, form=True),
    ("GET", "/audit/dossiers/{case}"): _auditor("/audit/dossiers/1"),
    ("POST", "/audit/dossiers/{case}/demandes/{asked}/nom"): _auditor("/audit/dossiers/1/demandes/1/nom", form=True),
    **{
        ("POST", f"/audit/dossiers/{{case}}/{change}"): _auditor(f"/audit/dossiers/1/{change}", form=True)
        for change in (
            *("cloture", "contenu", "decisions", "demandes", "enregistrements", "gels", "levees", "notes", "retraits"),
        )
    },
    ("GET", "/audit/alertes"): _auditor("/audit/alertes"),
    ("GET", "/audit/alertes/{alert}"): _auditor("/audit/alertes/1"),
    ("POST", "/audit/alertes/{alert}/etat"): _auditor("/audit/alertes/1/etat", lambda _: {"state": "seen"}, form=True),
    ("POST", "/audit/alertes/{alert}/notes"): _auditor("/audit/alertes/1/notes", lambda _: {"text": "Vu."}, form=True),
    ("GET", "/console"): _keeper("/console"),
    ("GET", "/console/manques"): _keeper("/console/manques"),
    ("POST", "/console/manques"): _keeper("/console/manques"),
    ("GET", "/console/manques/suite"): _keeper("/console/manques/suite"),
    ("GET", "/console/essai"): _keeper("/console/essai"),
    ("GET", "/console/essai/suite"): _keeper("/console/essai/suite"),
    ("POST", "/console/essai"): _keeper("/console/essai", lambda _: {"question": QUESTION, "faire": "chercher"}),
    ("POST", "/console/essai/arret"): _keeper("/console/essai/arret"),
    ("POST", "/console/essai/question"): _keeper(
        "/console/essai/question",
        lambda things: {"jeu": things.question_set, "texte": QUESTION, "refus": "oui"},
        names=True,
    ),
    ("GET", "/console/evaluation"): _keeper("/console/evaluation"),
    ("GET", "/console/evaluation/jeux"): _keeper("/console/evaluation/jeux"),
    ("POST", "/console/evaluation/jeux"): _keeper(
        "/console/evaluation/jeux", lambda things: {"nom": "Jeu", "collection": things.collection_id}
    ),
    ("POST", "/console/evaluation"): _keeper(
        "/console/evaluation", lambda things: {"jeu": things.question_set, "mesure": "search"}, names=True
    ),
    ("GET", "/console/evaluation/comparaison"): _keeper(
        lambda things: f"/console/evaluation/comparaison?avant={things.evaluation}&apres={things.evaluation}",
        names=True,
    ),
    **{
        (method, f"/console/evaluation/{{run}}{below}"): _keeper(_measured(below), names=True)
        for method, below in (
            *(("GET", below) for below in ("", "/suite", "/resultat.json", "/rapport.html")),
            *(("POST", "/annulation"), ("POST", "/reprise")),
        )
    },
    **{
        (method, f"{QUESTIONS}{below}"): _keeper(
            _asked_of(f"{below}?id=q1" if method == "GET" else below),
            lambda _: {"id": "q1", "texte": QUESTION, "refus": "oui", "edition": "0", "nom": ""},
            names=True,
        )
        for method, below in (
            *(("GET", ""), ("GET", "/question"), ("GET", "/questions.jsonl"), ("POST", ""), ("POST", "/questions")),
            *(("POST", "/question"), ("POST", "/retrait"), ("POST", "/suppression")),
        )
    },
    ("POST", f"{QUESTIONS}/import"): Row(Who.KEEPER, _asked_of("/import"), names=True, file=True),
    ("GET", "/console/travaux"): _keeper("/console/travaux"),
    ("GET", "/console/travaux/tableau"): _keeper("/console/travaux/tableau"),
    ("POST", "/console/travaux/reprise"): _keeper("/console/travaux/reprise"),
    **{
        (method, f"/console/travaux/{{job}}{below}"): _keeper(_of_job(below), names=True)
        for method, below in (("GET", ""), ("GET", "/tableau"), ("POST", "/annulation"), ("POST", "/reprise"))
    },
    **{
        ("GET", f"/console/travaux/{kind}{below}"): _keeper(f"/console/travaux/{kind}{below}")
        for kind in ("synchronisations", "evaluations")
        for below in ("", "/tableau")
    },
    ("POST", "/console/travaux/synchronisations/reprise"): _keeper(
        "/console/travaux/synchronisations/reprise", lambda things: {"source": things.collection}, names=True
    ),
    **{
        ("POST", f"/console/travaux/evaluations/{{run}}{below}"): _keeper(_of_run(below), names=True)
        for below in ("/annulation", "/reprise")
    },
    ("GET", "/console/glossaire"): _administrator("/console/glossaire"),
    ("POST", "/console/glossaire"): _administrator(
        "/console/glossaire", lambda _: {"sigle": ARS.short, "developpe": ARS.long}
    ),
    ("GET", "/console/glossaire/sigle"): _administrator("/console/glossaire/sigle?sigle=ARS"),
    ("POST", "/console/glossaire/sigle"): _administrator(
        "/console/glossaire/sigle",
        lambda _: {"avant": "ARS", "edition": ARS.edition, "sigle": "ARS", "developpe": LATER_ARS.long},
    ),
    ("POST", "/console/glossaire/retrait"): _administrator(
        "/console/glossaire/retrait", lambda _: {"avant": "ARS", "edition": LATER_ARS.edition}
    ),
    ("GET", "/console/glossaire/export"): _administrator("/console/glossaire/export"),
    ("GET", "/console/glossaire/import"): _administrator("/console/glossaire/import"),
    ("POST", "/console/glossaire/import"): _administrator("/console/glossaire/import"),
    ("POST", "/console/glossaire/import/confirmation"): _administrator("/console/glossaire/import/confirmation"),
    ("GET", "/console/annonces"): _administrator("/console/annonces"),
    ("POST", "/console/annonces"): _administrator("/console/annonces", lambda _: _announced()),
    ("GET", "/console/annonces/{number}"): _administrator("/console/annonces/1"),
    ("POST", "/console/annonces/{number}"): _administrator(
        "/console/annonces/1", lambda _: _announced() | {"edition": "1"}
    ),
    ("POST", "/console/annonces/{number}/retrait"): _administrator("/console/annonces/1/retrait"),
    ("GET", "/console/personnes"): _administrator("/console/personnes"),
    ("POST", "/console/personnes"): _administrator("/console/personnes", lambda _: {"mots": "bob"}),
    ("GET", "/console/personnes/groupes"): _administrator("/console/personnes/groupes"),
    ("GET", "/console/personnes/{subject}"): _administrator(f"/console/personnes/{BOB.subject}"),
    ("POST", "/console/personnes/{subject}/sessions/{session}/fin"): _administrator(
        f"/console/personnes/{BOB.subject}/sessions/aucune/fin"
    ),
    ("GET", "/console/collections"): _keeper("/console/collections"),
    ("GET", "/console/collections/nouvelle"): _administrator("/console/collections/nouvelle"),
    ("POST", "/console/collections/nouvelle"): _administrator("/console/collections/nouvelle"),
    ("GET", "/console/collections/corbeille"): _keeper("/console/collections/corbeille"),
    **{
        (method, f"{COLLECTION}{below}"): _keeper(_of(below), names=True)
        for method, below in (
            *(("GET", page) for page in ("", "/acces", "/regles", "/sources", "/suppression")),
            *(("POST", form) for form in ("/description", "/etat", "/acces", "/sources")),
            *(("POST", f"/sources/{form}") for form in ("synchronisation", "rythme", "retrait")),
        )
    },
    **{
        (method, f"{COLLECTION}/document{below}"): _keeper(_of(f"/document{below}?document=note"), names=True)
        for method, below in (
            *(("GET", page) for page in ("", "/image", "/original")),
            *(("POST", form) for form in ("", "/acces", "/abrogation", "/confirmation", "/relecture", "/retrait")),
        )
    },
    ("GET", "/console/quarantaine"): _keeper("/console/quarantaine"),
    **{
        (method, "/console/quarantaine/{held_id}"): _keeper(
            lambda things: f"/console/quarantaine/{things.held}", names=True
        )
        for method in ("GET", "POST")
    },
    ("POST", f"{COLLECTION}/regles/{{rule}}"): _keeper(_of("/regles/phrases"), names=True),
    ("POST", f"{COLLECTION}/suppression"): _keeper(
        _of("/suppression"),
        lambda things: {"typed": things.collection, "edition": "0"},
        names=True,
    ),
    ("POST", "/console/collections/corbeille/{collection_id}/effacement"): _keeper(
        lambda things: f"/console/collections/corbeille/{things.collection_id}/effacement", names=True
    ),
    ("POST", "/console/collections/corbeille/{collection_id}/retablissement"): _keeper(
        lambda things: f"/console/collections/corbeille/{things.collection_id}/retablissement", names=True
    ),
    ("GET", "/console/publication"): _keeper("/console/publication"),
    **{
        (method, f"/console/publication/{{collection_id}}{below}"): _keeper(_published(below), names=True)
        for method, below in PUBLICATION
    },
    ("GET", "/console/documents"): _keeper(
        lambda things: f"/console/documents?collection={things.collection_id}", names=True
    ),
    ("POST", "/console/documents/lot"): _keeper(
        "/console/documents/lot", lambda _: {"quoi": "tout", "changement": "remove"}
    ),
    ("POST", "/console/documents/lots"): _keeper(
        "/console/documents/lots",
        lambda things: {"changement": "retry", "doc": f"{things.collection_id}/note"},
        names=True,
    ),
    ("GET", "/console/documents/lots/{bulk_id}"): _keeper(
        lambda things: f"/console/documents/lots/{things.bulk}", names=True
    ),
    ("GET", "/console/documents/lots/{bulk_id}/avancement"): _keeper(
        lambda things: f"/console/documents/lots/{things.bulk}/avancement", names=True
    ),
    **{
        (method, f"{UPLOADS}{below}"): _keeper(
            lambda things, below=below: (  # type: ignore[misc]
                f"/console/collections/{things.collection_id}/versements{below.format(upload_id=things.upload)}"
            ),
            names=True,
        )
        for method, below in (
            *(("GET", ""), ("POST", ""), ("GET", "/{upload_id}"), ("GET", "/{upload_id}/avancement")),
            *(("PUT", "/{upload_id}/fichiers"), ("POST", "/{upload_id}/fin")),
        )
    },
    **{
        ("GET", f"/console/{path}"): _administrator(f"/console/{path}")
        for path in (
            *("modeles", "modeles/suite", "modeles/essai", "modeles/essai/suite"),
            *("taches", "taches/nouvelle", "taches/essai", "taches/essai/suite"),
            *("taches/consignes", "taches/consignes/difference", "taches/consignes/essai"),
            "taches/consignes/essai/suite",
        )
    },
    **{
        ("POST", f"/console/{path}"): _administrator(f"/console/{path}")
        for path in (
            *("modeles/import", "modeles/verification", "modeles/retour", "modeles/essai/arret"),
            *("taches/nouvelle", "taches/essai", "taches/essai/arret"),
            *("taches/consignes/essai", "taches/consignes/essai/arret"),
        )
    },
    ("GET", "/console/modeles/fiche/{sha256}"): _administrator(f"/console/modeles/fiche/{'0' * 64}"),
    ("POST", "/console/modeles/fiche/{sha256}/essai"): _administrator(f"/console/modeles/fiche/{'0' * 64}/essai"),
    ("POST", "/console/modeles/fiche/{sha256}/choix"): _administrator(f"/console/modeles/fiche/{'0' * 64}/choix"),
    ("POST", "/console/taches/consignes"): _administrator(
        "/console/taches/consignes", lambda _: {"texte": "Vouvoyez.", "edition": "0"}
    ),
    ("POST", "/console/taches/consignes/retour"): _administrator(
        "/console/taches/consignes/retour", lambda _: {"version": "1", "edition": "1"}
    ),
    ("GET", "/console/taches/modele/{name}"): _administrator("/console/taches/modele/resume"),
    ("POST", "/console/taches/modele/{name}"): _administrator("/console/taches/modele/resume"),
    ("GET", "/console/taches/modele/{name}/difference"): _administrator("/console/taches/modele/resume/difference"),
    ("POST", "/console/taches/modele/{name}/retour"): _administrator(
        "/console/taches/modele/resume/retour", lambda _: {"version": "1", "edition": "1"}
    ),
    ("POST", "/console/taches/modele/{name}/retrait"): _administrator(
        "/console/taches/modele/resume/retrait", lambda _: {"edition": "2"}
    ),
    ("POST", "/console/taches/modele/{name}/offre"): _administrator(
        "/console/taches/modele/resume/offre", lambda _: {"edition": "3"}
    ),
    ("GET", "/front"): _person("/front/htmx.min.js"),
    ("GET", "/v1/models"): _program("/v1/models"),
    ("POST", "/v1/search"): _program(
        "/v1/search", lambda things: {"question": QUESTION, "collections": [things.collection]}, names=True
    ),
    ("POST", "/v1/chat/completions"): _program(
        "/v1/chat/completions", lambda things: ASKED | {"collections": [things.collection]}, names=True
    ),
    **{
        (method, "/v1/{address:path}"): _program("/v1/rien")
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    },
    ("GET", "/"): _person("/"),
    ("GET", "/thread/{conversation_id}"): Row(Who.PERSON, lambda things: f"/thread/{things.conversation}"),
    ("GET", "/assets/{filename:path}"): _person("/assets/logo_light.svg"),
    ("GET", "/logo"): _person("/logo"),
    ("GET", "/avatars/{avatar_id}"): _person("/avatars/Assistant"),
    ("GET", "/auth/config"): _person("/auth/config"),
    ("GET", "/user"): _person("/user"),
    ("GET", "/project/translations"): _person("/project/translations"),
    ("GET", "/project/settings"): _person("/project/settings"),
    ("GET", "/passage"): Row(Who.PERSON, lambda things: things.passage or "/passage", names=True),
    ("GET", "/passage/image"): Row(Who.PERSON, lambda things: things.picture or "/passage/image", names=True),
    ("GET", "/conversation/{conversation_id}/export"): Row(
        Who.PERSON, lambda things: f"/conversation/{things.conversation}/export?format=md", names=True
    ),
    ("GET", "/recherche"): _person("/recherche"),
    ("POST", "/recherche"): Row(
        Who.PERSON,
        lambda _: "/recherche",
        lambda things: {"question": QUESTION, "collection": things.collection},
        names=True,
        form=True,
    ),
    ("GET", "/conservation"): _person("/conservation"),
    ("POST", "/conservation"): Row(Who.PERSON, lambda _: "/conservation", lambda _: {"months": "3"}, form=True),
    ("GET", "/taches"): _person("/taches"),
    ("GET", "/taches/{name}"): Row(Who.PERSON, lambda things: f"/taches/resume?page={things.page}"),
    ("POST", "/taches/{name}"): Row(
        Who.PERSON,
        lambda _: "/taches/resume",
        lambda things: {"page": things.page, "pasted.textes": "Le congé dure seize semaines."},
        names=True,
        form=True,
    ),
    ("POST", "/project/threads"): _person(
        "/project/threads",
        lambda things: {"pagination": {"first": 9, "cursor": things.conversation}, "filter": {"userId": BOB.subject}},
    ),
    ("GET", "/project/thread/{thread_id}"): Row(
        Who.PERSON, lambda things: f"/project/thread/{things.conversation}", names=True
    ),
    ("PUT", "/project/thread"): _person(
        "/project/thread", lambda things: {"threadId": things.conversation, "name": "Pris"}, names=True
    ),
    ("POST", "/project/file"): Row(
        Who.PERSON, lambda things: f"/project/file?session_id={things.page}", names=True, file=True
    ),
    ("PUT", "/feedback"): _person(
        "/feedback",
        lambda things: {"feedback": {"forId": things.exchange, "value": 1}, "sessionId": things.page},
        names=True,
    ),
    ("DELETE", "/feedback"): _person("/feedback", lambda things: {"feedbackId": things.exchange}, names=True),
    ("POST", "/project/action"): _person(
        "/project/action",
        lambda things: {
            "sessionId": things.page,
            "action": {"name": "regenerate", "payload": {"exchange": things.exchange, "question": "x"}},
        },
        names=True,
    ),
    ("DELETE", "/project/thread"): _person(
        "/project/thread", lambda things: {"threadId": things.conversation}, names=True
    ),
    ("POST", "/logout"): _open("/logout"),
}

# Chainlit's ways in, at addresses of ours that have no such method.
WAYS_OUT = {("POST", "/login")}

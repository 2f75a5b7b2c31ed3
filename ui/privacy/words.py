"""What is said of an erasure, in French: what went, what stays and until when, and how to check it."""

from ui.pages import PARIS
from ui.privacy.erasure import Erased
from ui.privacy.person import Known

COUNTED = {
    "conversations": "conversations, avec leurs questions, leurs réponses et les avis donnés",
    "files": "fichiers joints, avec leurs textes et leurs vecteurs",
    "texts": "textes que le registre gardait à part (questions, réponses, recherches, titres, raisons)",
    "sessions": "connexions, terminées",
    "asked_lately": "questions comptées pour la limite horaire",
    "choices": "choix de durée",
    "bulks": "changements de plusieurs documents, achevés",
    "names": "mentions de son nom là où le travail reste (publications, annonces, modèles, consignes, évaluations)",
}


def told(person: Known, erased: Erased) -> str:
    """The whole report."""
    return "\n".join(
        [
            f"Effacement des données de « {person.name} » (identifiant {person.subject}, pseudonyme {person.who})",
            "",
            *_gone(erased),
            *_held(erased),
            "",
            "Ce qui reste :",
            *(f"  - {line}" for line in remaining(erased)),
            "",
            f"Preuve : l’enregistrement n° {erased.proof.record} du registre, et le point de contrôle signé sur "
            f"{erased.proof.size} enregistrements.",
        ]
    )


def remaining(erased: Erased) -> list[str]:
    """What stays, why and until when."""
    stays = [
        "Les documents que cette personne a fait entrer dans des collections, et le nom de qui les y a mis : ils sont "
        "à l’administration, et partent avec la collection.",
        "Son nom sur une publication ou un changement de documents en cours, et dans les listes de contrôle signées : "
        "refaites cet effacement une fois le travail achevé ; une liste de contrôle part avec la collection.",
        "Les sauvegardes, jusqu’à leur propre terme : « assistant restore » refait cet effacement.",
    ]
    if erased.records_until is not None:
        until = f"{erased.records_until.astimezone(PARIS):%d/%m/%Y}"
        stays.insert(
            0,
            "Dans le registre : qui a fait quoi et quand, sans les textes. La journalisation est une obligation de "
            "sécurité (RGPD, articles 32 et 17, paragraphe 3, b) ; "
            f"le dernier de ces enregistrements part la nuit du {until}, sauf gel.",
        )
    if erased.waiting:
        stays.append("Des vecteurs ou des fichiers que l’index n’a pas pu effacer maintenant : ils partent cette nuit.")
    return stays


def _gone(erased: Erased) -> list[str]:
    gone = [f"  - {number} {COUNTED[name]}" for name, number in erased.counts.items() if number]
    return ["Effacés :", *gone] if gone else ["Il n’y avait rien à effacer."]


def _held(erased: Erased) -> list[str]:
    if not (erased.kept_conversations or erased.kept_texts):
        return []
    return [
        "",
        f"Retenus par un gel, jusqu’à sa levée : {len(erased.kept_conversations)} conversations et "
        f"{erased.kept_texts} textes du registre. Refaites cet effacement ensuite.",
    ]

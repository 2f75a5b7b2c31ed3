"""What is said of a question that seems to hold somebody's data."""

from collections.abc import Sequence

from policies.guardrails.personal_data import personal_data

NOT_SENT = "Votre question n’a été ni envoyée ni enregistrée. Modifiez-la, puis envoyez-la."

_KINDS = {
    "NIR": "un numéro de sécurité sociale",
    "INS": "une identité nationale de santé (INS)",
    "IBAN": "un numéro de compte bancaire (IBAN)",
    "numéro de téléphone": "un numéro de téléphone",
    "adresse électronique": "une adresse électronique",
}


def kinds(question: str) -> list[str]:
    """The personal data that it seems to hold, each kind once, in French."""
    return list(dict.fromkeys(_KINDS[finding.what] for finding in personal_data(question)))


def doubt(found: Sequence[str], kept: str = "serait enregistrée avec la conversation") -> str:
    """What is asked of the person; `kept` says what would become of the question."""
    return f"Votre question semble contenir {_named(found)}. Elle {kept}. Voulez-vous l’envoyer quand même\u202f?"


def unconfirmed(found: Sequence[str]) -> str:
    """Why a script's question is not sent, and what would send it."""
    return f"la question semble contenir {_named(found)}, ajoutez --yes pour l’envoyer quand même"


def warnings(question: str) -> list[str]:
    """What is said where nobody can be asked."""
    found = kinds(question)
    return [f"La question semble contenir {_named(found)}\u202f: elle a été enregistrée telle quelle."] if found else []


def _named(found: Sequence[str]) -> str:
    *first, last = found
    return f"{', '.join(first)} et {last}" if first else last

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


def doubt(found: Sequence[str]) -> str:
    """What is asked of the person."""
    *first, last = found
    named = f"{', '.join(first)} et {last}" if first else last
    return (
        f"Votre question semble contenir {named}. Elle serait enregistrée avec la conversation. "
        "Voulez-vous l’envoyer quand même\u202f?"
    )

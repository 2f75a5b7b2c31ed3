"""What can go wrong in the review of the register.

ReviewError
├── ReviewInvalid          what an auditor typed cannot be used
├── CaseNotFound           no case has that number
├── CaseClosed             nothing more is done in a closed case
├── CaseHolding            a case cannot be closed as long as it keeps something
├── RequestNotFound        no request of that case has that number
├── RequestDecided         somebody has decided already, or the request was withdrawn
├── HoldNotFound           no hold of that case has that number
├── SecondAuditorNeeded    nobody decides what they have asked for themselves
├── OwnAffair              nobody asks, decides or reads what concerns themselves
├── NotGranted             a second auditor has not agreed, or no more
├── PersonUnknown          the register knows nobody of that pseudonym, or no more
├── RecordNotFound         the register has no such record
├── SearchNotFound         an auditor keeps no such search
├── AlertNotFound          no alert has that number
└── AlertRulesInvalid      the file of rules of alerts does not load
"""

from policies.errors import PolicyError


class ReviewError(PolicyError):
    """Root of the errors of the review; the message is a French sentence that says what to do."""


class ReviewInvalid(ReviewError):
    """What an auditor typed cannot be used."""


class CaseNotFound(ReviewError):
    """No case has that number."""

    def __init__(self, case_id: int) -> None:
        super().__init__(f"Aucun dossier ne porte le numéro {case_id}. Choisissez-le dans la liste des dossiers.")


class CaseClosed(ReviewError):
    """Nothing more is done in a closed case."""

    def __init__(self, case_id: int) -> None:
        super().__init__(f"Le dossier n° {case_id} est clos\u202f: rien ne s’y fait plus. Ouvrez-en un autre.")


class CaseHolding(ReviewError):
    """A case cannot be closed as long as it keeps something."""

    def __init__(self, case_id: int) -> None:
        super().__init__(f"Le dossier n° {case_id} a encore un gel. Demandez-en la levée avant de clore le dossier.")


class RequestNotFound(ReviewError):
    """No request of that case has that number."""

    def __init__(self, request_id: int) -> None:
        super().__init__(f"Ce dossier n’a pas de demande n° {request_id}. Rechargez la page du dossier.")


class RequestDecided(ReviewError):
    """Somebody has decided already, or the request was withdrawn."""

    def __init__(self, request_id: int) -> None:
        super().__init__(f"La demande n° {request_id} n’attend plus de décision. Rechargez la page du dossier.")


class HoldNotFound(ReviewError):
    """No hold of that case has that number."""

    def __init__(self, hold_id: int) -> None:
        super().__init__(f"Ce dossier n’a pas de gel n° {hold_id} en vigueur. Rechargez la page du dossier.")


class SecondAuditorNeeded(ReviewError):
    """Nobody decides what they have asked for themselves."""

    def __init__(self) -> None:
        super().__init__(
            "Vous avez fait cette demande\u202f: un second auditeur doit la décider. Si vous êtes le seul auditeur, "
            "faites-en nommer un second dans Keycloak\u202f; d’ici là, rien n’est ouvert."
        )


class OwnAffair(ReviewError):
    """Nobody asks, decides or reads what concerns themselves."""

    def __init__(self) -> None:
        super().__init__("Cette demande vous concerne vous-même\u202f: un autre auditeur doit s’en charger.")


class NotGranted(ReviewError):
    """A second auditor has not agreed, or no more."""

    def __init__(self) -> None:
        super().__init__(
            "Il faut l’accord d’un second auditeur, et il n’y en a pas en cours. Faites-en la demande dans le dossier."
        )


class PersonUnknown(ReviewError):
    """The register knows nobody of that pseudonym, or no more."""

    def __init__(self, who: str) -> None:
        super().__init__(f"Le registre ne connaît pas la personne {who}, ou plus. Vérifiez ce pseudonyme.")


class RecordNotFound(ReviewError):
    """The register has no such record."""

    def __init__(self, index: int) -> None:
        super().__init__(f"Le registre n’a pas d’enregistrement n° {index}, ou ne l’a plus.")


class SearchNotFound(ReviewError):
    """An auditor keeps no such search."""

    def __init__(self) -> None:
        super().__init__("Vous ne gardez pas cette recherche, ou plus. Rechargez la page du registre.")


class AlertNotFound(ReviewError):
    """No alert has that number."""

    def __init__(self, alert_id: int) -> None:
        super().__init__(f"Aucune alerte ne porte le numéro {alert_id}. Choisissez-la dans la liste des alertes.")


class AlertRulesInvalid(ReviewError):
    """The file of rules of alerts does not load; the message names the file and the rule."""

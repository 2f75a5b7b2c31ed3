"""What can go wrong at the edge.

UiError
├── SettingsInvalid       a setting is unknown or wrong
├── RulesNotInForce       a process has other access rules than the serving one
├── CheckpointsUnshipped  a place outside the database lacks signed checkpoints
├── HomeUnusable          the data folder cannot be written, or its disk is full
├── HomeTaken             another process owns the data folder
├── OwnerSilent           the owner of the data folder does not answer
├── PortTaken             the port cannot be listened on
├── DatabaseUnavailable   the database does not start or cannot be reached
│   ├── DatabaseNewer         a later version has changed it so that this one cannot work with it
│   └── DatabaseNotMigrated   it is not that of this version yet, and this account may not change it
├── AuditKeyUnusable      the key that signs the audit ledger is missing, unreadable or another one
├── LedgerUnsigned        records of the audit ledger wait too long for a checkpoint
├── PartUnwell            a part of the product is not as it should be
├── DemonstrationMissing  the demonstration model cannot be put together
├── ModelNotImported      an allowed model file cannot be copied into the data folder
├── ModelNotListed        no allowed model has that name, file or SHA-256
├── ModelNotChosenHere    the settings name what answers: the choice is made there
├── ModelChoiceChanged    another administrator chose a model since the page was shown
├── ModelBusy             a trial or a change of model goes on already
├── ModelChoiceInvalid    a model cannot be chosen so, with the reason
├── MemoryShort           there is no memory for another model beside the one that answers
├── WorkGoesOn            the same work of the same person goes on already
├── QuestionsInvalid      a file of evaluation questions cannot be used
├── RunInvalid            a stored evaluation cannot be read, or not be compared with this one
├── EvaluationNotFound    no such evaluation is kept, or not for this person
├── EvaluationUnfinished  an evaluation has no result (yet)
├── NotBetter             what a calibration learned does not win
├── FiguresFell           an evaluation of answers is worse than the one before
├── OutputUnusable        a file that a command is to leave cannot be written
├── TemplateUnreadable    a file that should hold a template of a task, or instructions, cannot be read
├── BackupKeyInvalid      a key for whom a backup is encrypted, or that opens it, is none
├── BackupUnwritable      a backup cannot be written there
├── BackupToolMissing     no `pg_dump` or `pg_restore` of a version that serves
├── BackupRefused         a backup cannot be restored here
├── BackupDamaged         a backup is none, or was changed or cut
│   ├── BackupNewer           a later version has made it
│   ├── BackupIdentityWrong   it was made for somebody else's key
│   └── BackupLedgerWrong     the audit ledger in it does not prove itself
├── BundleRefused         a bundle cannot be made, verified or installed so
├── AdvisoriesUnusable    an export of advisories says nothing that a scan could stand on
├── FrontUnusable         the chat's front end cannot be made or written
├── ServerStopped         a service keeps the server from starting or going on
├── RequestFailed         the server refused a request of the command line
├── RequestMalformed      a request of a program is not one that the API answers
├── RequestTooLarge       a request of a program is longer than any needs to be
├── AddressUnknown        the API has no such address
├── PageUnknown           no page can have that address
├── ValueUnexpected       an address or a form carries a value that its page does not understand
├── ProviderUnreachable   Keycloak does not answer
├── SignInRefused         a sign-in does not hold: wrong state, nonce, code or account
├── SignInEnded           Keycloak no longer vouches for a person who had signed in
├── SessionEnded          a session is unknown, was ended, or is beyond its limits
├── SessionNotFound       no session has that identifier
├── PersonNotFound        nobody in the realm has that name
├── AnnouncementInvalid   something is wrong with what is to be announced
├── AnnouncementNotFound  no announcement has that number
├── AnnouncementChanged   somebody has changed or withdrawn an announcement meanwhile
├── GroupNotFound         the realm has no group of that path
├── PersonAmbiguous       several people have had that name
├── RealmRefused          Keycloak does not let its realm be read or changed so
├── RoleMissing           a service is known, but has no role here
├── TooManyAtOnce         a person has as much under way as they may
├── TooManyRefusals       a peer was refused too often of late
└── TokenRefused          a token does not hold
    └── UnknownKey        a token is signed with a key that the provider has not published
"""

from collections.abc import Sequence


class UiError(Exception):
    """Root of this package's errors; the message is a French sentence that says how to mend it."""


class SettingsInvalid(UiError):
    """A setting is unknown or wrong."""


class RulesNotInForce(UiError):
    """A process has other access rules than those that the serving one has put in force."""

    def __init__(self) -> None:
        super().__init__(
            "Les règles d’accès de ce processus ne sont pas celles en vigueur. Donnez-lui le même dossier "
            "(ASSISTANT_RULES) qu’à « assistant serve »\u202f; si ce dossier a été modifié, mettez-le en vigueur par "
            "« assistant policy reload », ou défaites la modification. Puis relancez ce processus."
        )


class CheckpointsUnshipped(UiError):
    """A place outside the database lacks signed checkpoints."""


class HomeUnusable(UiError):
    """The data folder cannot be written, or its disk is full."""


class HomeTaken(UiError):
    """Another process owns the data folder."""


class OwnerSilent(UiError):
    """The owner of the data folder does not answer."""


class PortTaken(UiError):
    """The port cannot be listened on."""


class DatabaseUnavailable(UiError):
    """The database does not start or cannot be reached."""


class DatabaseNewer(DatabaseUnavailable):
    """A later version has changed it so that this one cannot work with it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"La base est celle d’une version plus récente de l’assistant (mise à jour {name}). Installez cette "
            "version ou une plus récente, ou restaurez la sauvegarde d’avant la mise à jour."
        )


class DatabaseNotMigrated(DatabaseUnavailable):
    """It is not that of this version yet, and this account may not change it."""

    def __init__(self) -> None:
        super().__init__(
            "La base n’est pas encore celle de cette version, et ce compte PostgreSQL ne peut pas la mettre à jour. "
            "Lancez « assistant migrate » avec l’adresse du propriétaire des tables (ASSISTANT_POSTGRES_OWNER_FILE)."
        )


class AuditKeyUnusable(UiError):
    """The key that signs the audit ledger's checkpoints is missing, unreadable or another one."""


class LedgerUnsigned(UiError):
    """Records of the audit ledger wait too long for a checkpoint."""

    def __init__(self, state: str, trouble: str) -> None:
        reason = f" : {trouble}" if trouble else "."
        super().__init__(f"Le registre n’est plus signé à temps ({state}){reason}")


class PartUnwell(UiError):
    """A part of the product is not as it should be; the sentence says what to do."""


class DemonstrationMissing(UiError):
    """The demonstration model cannot be put together from its wheels, or cannot be written."""


class ModelNotImported(UiError):
    """An allowed model file cannot be copied into the data folder."""


class ModelNotListed(UiError):
    """No allowed model has that name, that file or that SHA-256."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Aucun modèle autorisé ne se nomme «\u202f{name}\u202f»\u202f: «\u00a0assistant models list\u00a0» montre "
            "ceux qui le sont."
        )


class ModelNotChosenHere(UiError):
    """The settings name what answers: the choice is made there."""

    def __init__(self) -> None:
        super().__init__(
            "Les réglages nomment ce qui répond (ASSISTANT_MODEL, ASSISTANT_LLM ou [engines])\u202f: changez-le là. "
            "Pour choisir le modèle ici, retirez ces réglages, puis redémarrez l’assistant."
        )


class ModelChoiceChanged(UiError):
    """Another administrator chose a model since the page was shown."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"Un autre administrateur a choisi un modèle entre-temps\u202f: {file}. Rechargez la page, puis décidez de "
            "nouveau."
        )


class ModelBusy(UiError):
    """A trial or a change of model goes on already."""

    def __init__(self) -> None:
        super().__init__(
            "Un essai ou un changement de modèle est déjà en cours, et deux à la fois ne tiendraient pas en mémoire. "
            "Attendez sa fin, puis recommencez."
        )


class ModelChoiceInvalid(UiError):
    """A model cannot be chosen so, with the reason."""


class MemoryShort(UiError):
    """There is no memory for another model beside the one that answers; both in bytes."""

    def __init__(self, needed: int, available: int) -> None:
        wanted, left = (f"{size / 2**30:.1f}".replace(".", ",") for size in (needed, available))
        super().__init__(
            f"Ce modèle prend environ {wanted}\u202fGio de mémoire, et il n’en reste que {left}\u202f: il n’est pas "
            "chargé à côté de celui qui répond. Libérez de la mémoire, choisissez un contexte ou un modèle plus petit, "
            "ou nommez-le par ASSISTANT_MODEL et redémarrez."
        )


class WorkGoesOn(UiError):
    """The same work of the same person goes on already."""

    def __init__(self) -> None:
        super().__init__("Ce travail est déjà en cours\u202f: attendez sa fin, ou arrêtez-le, puis recommencez.")


class BackupKeyInvalid(UiError):
    """A key for whom a backup is encrypted, or that opens it, is none."""


class BackupUnwritable(UiError):
    """A backup cannot be written there."""


class BackupToolMissing(UiError):
    """There is no `pg_dump` or `pg_restore` of a version that serves."""


class BackupRefused(UiError):
    """A backup cannot be restored here."""


class BackupDamaged(UiError):
    """A backup is none, or was changed or cut."""


class BackupNewer(BackupDamaged):
    """A later version has made it."""

    def __init__(self, made_by: str, here: str) -> None:
        super().__init__(
            f"Cette sauvegarde a été faite par la version {made_by} de l’assistant ; celle-ci est la version {here}. "
            "Installez cette version ou une plus récente, puis recommencez."
        )


class BackupIdentityWrong(BackupDamaged):
    """It was made for somebody else's key."""


class BackupLedgerWrong(BackupDamaged):
    """The audit ledger in it does not prove itself; `index` is the first record that is in question."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(
            f"Le registre d’audit de la sauvegarde ne se prouve pas : {reason}. Rien n’en est restauré ; prévenez la "
            "sécurité, et prenez une sauvegarde plus ancienne."
        )
        self.index = index


class BundleRefused(UiError):
    """A bundle cannot be made, verified or installed so, with the reason."""


class AdvisoriesUnusable(UiError):
    """An export of advisories that no scan could stand on: it is unreadable, empty, or of something else."""


class FrontUnusable(UiError):
    """The chat's front end cannot be made from the installed Chainlit, or cannot be written."""


class RequestFailed(UiError):
    """The server refused a request of the command line; the message is the server's own."""


class RequestMalformed(UiError):
    """A request of a program is not one that the API answers; the message names the field."""


class RequestTooLarge(UiError):
    """A request of a program is longer than any needs to be."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"La demande dépasse {limit // 1024} Kio. Raccourcissez la conversation qu’elle porte.")


class AddressUnknown(UiError):
    """The API has no such address."""

    def __init__(self) -> None:
        super().__init__(
            "L’API n’a pas cette adresse. Elle répond à GET /v1/models, POST /v1/chat/completions et POST /v1/search."
        )


class PageUnknown(UiError):
    """No page can have that address."""

    def __init__(self) -> None:
        super().__init__("Cette page n’existe pas. Vérifiez l’adresse, ou repartez du menu.")


class ValueUnexpected(UiError):
    """An address or a form carries values that its page does not understand, under these names."""

    def __init__(self, names: Sequence[str]) -> None:
        named = ", ".join(f"«\u202f{name}\u202f»" for name in names)
        super().__init__(f"Cette page ne comprend pas la valeur de {named}. Corrigez-la, ou repartez du menu.")


class QuestionsInvalid(UiError):
    """A file of evaluation questions cannot be used; the message names the line."""


class GlossaryInvalid(UiError):
    """A file of acronyms cannot be used; the message names the line."""


class RunInvalid(UiError):
    """A stored evaluation cannot be read, or not be compared with the one that is asked for."""


class FiguresFell(UiError):
    """Figures of an evaluation are worse than before by more than the margin of `--gate`."""

    def __init__(self) -> None:
        super().__init__(
            "Des chiffres ont reculé de plus que la marge de --gate : l’évaluation n’est pas gardée, la précédente "
            "reste la référence."
        )


class EvaluationNotFound(UiError):
    """No such evaluation is kept, or its set is not this person's."""

    def __init__(self) -> None:
        super().__init__("Cette évaluation n’existe pas ou ne vous est pas ouverte. La liste donne les vôtres.")


class EvaluationUnfinished(UiError):
    """An evaluation has no result: it goes on, or ended before its end."""

    def __init__(self) -> None:
        super().__init__(
            "Cette évaluation n’a pas de résultat\u202f: elle n’est pas allée à son terme. Recommencez-la."
        )


class NotBetter(UiError):
    """What a calibration learned is no better than plain fusion on questions that it was not learned on."""

    def __init__(self) -> None:
        super().__init__(
            "Le classement appris ne fait pas mieux que la fusion simple sur les questions dont il n’a pas appris : il "
            "ne servira pas, et rien n’est écrit. Donnez davantage de questions, semblables à celles que l’on pose."
        )


class OutputUnusable(UiError):
    """A file that a command is to leave cannot be written, or is somebody else's."""


class TemplateUnreadable(UiError):
    """A file that should hold a template of a task, or instructions, cannot be read."""


class ServerStopped(UiError):
    """A service keeps the server from starting or going on; the message is that service's own."""


class ProviderUnreachable(UiError):
    """Keycloak does not answer, or not as a provider does."""


class SignInRefused(UiError):
    """A sign-in does not hold; `reason` is a word for the record."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class SignInEnded(UiError):
    """Keycloak no longer vouches for a person who had signed in."""


class SessionEnded(UiError):
    """A session is unknown, was ended, or is beyond its limits."""


class SessionNotFound(UiError):
    """No session has that identifier."""


class PersonNotFound(UiError):
    """Nobody in the realm has that name."""


class GroupNotFound(UiError):
    """The realm has no group of that path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"Keycloak n’a pas, ou plus, de groupe «\u202f{path}\u202f».")


class PersonAmbiguous(UiError):
    """Several people have had that name."""

    def __init__(self, name: str, subjects: Sequence[str]) -> None:
        super().__init__(
            f"Plusieurs personnes ont porté le nom « {name} ». Donnez l’identifiant de celle dont il s’agit : "
            f"{', '.join(subjects)}."
        )


class AnnouncementInvalid(UiError):
    """Something is wrong with what is to be announced; `field` is `text`, `kind`, `from` or `until`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class AnnouncementNotFound(UiError):
    """No announcement has that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Aucune annonce ne porte le numéro {number}. Revenez à la liste des annonces.")


class AnnouncementChanged(UiError):
    """Somebody has changed or withdrawn the announcement meanwhile."""

    def __init__(self, *, withdrawn: bool) -> None:
        done = "retiré" if withdrawn else "modifié"
        super().__init__(
            f"Quelqu’un d’autre a {done} cette annonce entre-temps\u202f: rien n’a été enregistré. Relisez-la, puis "
            "recommencez s’il le faut."
        )


class RealmRefused(UiError):
    """Keycloak does not let its realm be read or changed so."""


class RoleMissing(UiError):
    """A service is known, but has no role here."""

    def __init__(self) -> None:
        super().__init__(
            "Ce compte de service n’a aucun rôle dans l’assistant. Demandez à un administrateur de Keycloak "
            "de lui donner le rôle « agent »."
        )


class TooManyAtOnce(UiError):
    """A person has as much under way as they may: so many requests, or `pages`."""

    def __init__(self, limit: int, *, pages: bool) -> None:
        super().__init__(
            f"Vous avez déjà {limit} pages de conversation ouvertes\u202f: fermez-en une, puis rechargez celle-ci."
            if pages
            else f"Vous avez déjà {limit} demandes en cours\u202f: attendez la fin de l’une d’elles, puis recommencez."
        )


class TooManyRefusals(UiError):
    """A peer was refused too often of late; what it tries is recorded singly again `after` seconds."""

    def __init__(self, after: int) -> None:
        super().__init__(
            "Trop de connexions ou de jetons ont été refusés depuis cette adresse. "
            "Attendez une minute, puis recommencez la connexion ou vérifiez le jeton."
        )
        self.after = after


class TokenRefused(UiError):
    """A token does not hold; `reason` is a word for the record, and the token itself is never in the message."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class UnknownKey(TokenRefused):
    """A token is signed with a key that the provider has not published."""

"""What can go wrong with the law and its register.

PolicyError
├── RulesInvalid        the access rules do not load, or contradict their schema or their decision tables
├── RuleNotFound        no access rule has that name
├── ModelsInvalid       the list of allowed models does not load
├── RetentionInvalid    the times for which things are kept do not load, or are not lawful
├── Refused             a principal may not do what they asked for
├── EventInvalid        an event has no canonical form, so it cannot be recorded
├── LedgerUnavailable   the ledger cannot be written or read
├── LedgerBroken        records or nodes of the ledger are missing, or it is not what was signed
├── ProofInvalid        a proof does not show what it should
├── NoteInvalid         a checkpoint is malformed, or not signed by a key that is trusted
├── KeyInvalid          a key that signs or verifies checkpoints cannot be used
├── PlaceUnreachable    a place for checkpoints cannot be read or written
├── PlaceHolds          a place for checkpoints has another file under a name that was to be made
├── ErasuresInvalid     a list of what was erased is not one that this ledger's key has written
├── ExportRefused       an export of the ledger is of nothing, or cannot be written
└── DestinationUnavailable   a SIEM does not take what is sent to it
"""

from policies.access import Action
from policies.principal import Principal

_WISHES = {
    Action.READ: "de consulter la collection",
    Action.INGEST: "d’ajouter des documents à la collection",
    Action.CREATE_COLLECTION: "de créer la collection",
    Action.DELETE_COLLECTION: "de supprimer la collection",
    Action.ADMINISTER_PEOPLE: "d’administrer les accès des personnes",
    Action.ADMINISTER_MODELS: "d’administrer les modèles",
    Action.ADMINISTER_TASKS: "d’administrer les tâches",
    Action.ADMINISTER_GLOSSARY: "de tenir le glossaire",
    Action.OPEN_CONSOLE: "d’ouvrir la console",
    Action.ANNOUNCE: "de publier une annonce",
    Action.REVIEW: "de consulter le registre d’audit",
}


class PolicyError(Exception):
    """Root of this package's errors."""


class RulesInvalid(PolicyError):
    """The access rules do not load, contradict their schema, or decide otherwise than their tables say."""


class RuleNotFound(PolicyError):
    """No access rule has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Aucune règle d’accès ne s’appelle « {name} ».")


class ModelsInvalid(PolicyError):
    """The list of allowed models does not load."""


class RetentionInvalid(PolicyError):
    """The times for which things are kept do not load, or are not lawful."""


class Refused(PolicyError):
    """A principal may not do what they asked for.

    `collection` is its name, empty where the action is not done to one; `rules` are those that decided.
    """

    def __init__(self, principal: Principal, action: Action, collection: str = "", rules: tuple[str, ...] = ()) -> None:
        named = f" « {collection} »" if action.on_a_collection else ""
        super().__init__(
            f"« {principal.username} » n’a pas le droit {_WISHES[action]}{named}. Demandez-le à un administrateur."
        )
        self.principal = principal
        self.action = action
        self.collection = collection
        self.rules = rules


class EventInvalid(PolicyError):
    """An event has no canonical form, so it cannot be recorded."""


class LedgerUnavailable(PolicyError):
    """The ledger cannot be written or read."""


class LedgerBroken(PolicyError):
    """Records or nodes of the ledger are missing, or it is not what was signed."""


class ProofInvalid(PolicyError):
    """A proof does not show what it should: a leaf in its place, or a tree that only grew."""


class NoteInvalid(PolicyError):
    """A checkpoint is malformed, or not signed by a key that is trusted."""


class KeyInvalid(PolicyError):
    """A key that signs or verifies checkpoints cannot be used."""


class PlaceUnreachable(PolicyError):
    """A place for checkpoints cannot be read or written."""

    def __init__(self, label: str, reason: str) -> None:
        super().__init__(
            f"L’emplacement des points de contrôle {label} ne peut pas être lu ou écrit : {reason}. Vérifiez le "
            "montage ou le service, et ses droits ; ce qui manque y sera envoyé de lui-même."
        )


class PlaceHolds(PolicyError):
    """A place for checkpoints has another file under a name that was to be made."""

    def __init__(self, label: str, name: str) -> None:
        super().__init__(
            f"L’emplacement {label} contient déjà un autre fichier {name} : ou bien il sert à un autre registre, ou "
            "bien quelqu’un a modifié le registre ou l’emplacement. Rien n’est remplacé ; lancez "
            "« assistant audit verify »."
        )


class ErasuresInvalid(PolicyError):
    """A list of what was erased is not one that this ledger's key has written."""

    def __init__(self) -> None:
        super().__init__(
            "Une liste d’effacements n’a pas été écrite par cette installation, ou a été modifiée depuis. "
            "Donnez la liste de cette installation, telle que l’emplacement des points de contrôle la garde."
        )


class ExportRefused(PolicyError):
    """An export of the ledger is of nothing, or cannot be written."""


class DestinationUnavailable(PolicyError):
    """A SIEM does not take what is sent to it; the message is the French end of a sentence, and names no secret."""

"""What can go wrong with the law and its register.

PolicyError
├── RulesInvalid        the access rules do not load, or contradict their schema
├── Refused             a principal may not do what they asked for
├── EventInvalid        an event has no canonical form, so it cannot be recorded
└── LedgerUnavailable   the ledger cannot be written or read
"""

from policies.access import Action
from policies.principal import Principal

_WISHES = {
    Action.READ: "de consulter la collection",
    Action.INGEST: "d’ajouter des documents à la collection",
    Action.CREATE_COLLECTION: "de créer la collection",
    Action.DELETE_COLLECTION: "de supprimer la collection",
}


class PolicyError(Exception):
    """Root of this package's errors."""


class RulesInvalid(PolicyError):
    """The access rules do not load, or contradict their schema."""


class Refused(PolicyError):
    """A principal may not do what they asked for; `collection` is its name, `rules` are those that decided."""

    def __init__(self, principal: Principal, action: Action, collection: str, rules: tuple[str, ...] = ()) -> None:
        super().__init__(
            f"« {principal.username} » n’a pas le droit {_WISHES[action]} « {collection} ». "
            "Demandez-le à un administrateur."
        )
        self.principal = principal
        self.action = action
        self.collection = collection
        self.rules = rules


class EventInvalid(PolicyError):
    """An event has no canonical form, so it cannot be recorded."""


class LedgerUnavailable(PolicyError):
    """The ledger cannot be written or read."""

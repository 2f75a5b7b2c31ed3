"""What is allowed: the words of a decision, and the port that gives one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from policies.principal import Principal


class Action(StrEnum):
    """What can be done; the values are the names of the actions in the Cedar schema."""

    READ = "read"  # search, ask, open a passage
    INGEST = "ingest"
    CREATE_COLLECTION = "createCollection"
    DELETE_COLLECTION = "deleteCollection"
    ADMINISTER_PEOPLE = "administerPeople"  # end their sessions, set up the realm, explain a decision about another
    ADMINISTER_MODELS = "administerModels"  # bring a model file in
    ADMINISTER_TASKS = "administerTasks"  # change what tasks there are, and what models are told in them
    ADMINISTER_GLOSSARY = "administerGlossary"  # say what acronyms stand for
    OPEN_CONSOLE = "openConsole"  # the pages of those who keep collections or administer
    ANNOUNCE = "announce"  # put a banner on everybody's pages
    REVIEW = "review"  # look at what the ledger says of people's acts

    @property
    def on_a_collection(self) -> bool:
        """Whether it is done to one collection; else it is done to the product as a whole."""
        return self not in {
            Action.ADMINISTER_PEOPLE,
            Action.ADMINISTER_MODELS,
            Action.ADMINISTER_TASKS,
            Action.ADMINISTER_GLOSSARY,
            Action.OPEN_CONSOLE,
            Action.ANNOUNCE,
            Action.REVIEW,
        }


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who a collection belongs to and who may read it.

    `owner` is the group that manages it. `readers` are the groups whose members may read it;
    empty means every agent. With `person`, a subject, it is that person's alone, whatever the others say
    (`policies.private`). One that is not `published` is read by those alone who may add to it (`policies.unpublished`).
    """

    collection_id: UUID
    owner: str
    readers: frozenset[str]
    person: str = ""
    published: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and the names (`@id`) of the rules that decided; no rule means denied by default."""

    allowed: bool
    rules: tuple[str, ...]


class Policy(Protocol):
    """Decides. Never raises for a refusal: a decision that cannot be taken is a refusal."""

    def decide(self, principal: Principal, action: Action, rule: AccessRule) -> Decision:
        """Whether the principal may do this to that collection."""

    def may(self, principal: Principal, action: Action) -> Decision:
        """Whether the principal may do this, which is not done to a collection."""

    def permitted(self, principal: Principal, action: Action, rules: Iterable[AccessRule]) -> frozenset[UUID]:
        """The collections, among these, to which the principal may do this."""

"""The collection of an address, for who keeps it; and the pages that it has."""

from dataclasses import dataclass
from uuid import UUID

from policies.access import Action
from policies.errors import Refused
from policies.principal import Principal
from retrieval import CollectionNotFound, Collections
from retrieval.corpus import Collection
from ui.console.form import Form

HERE = "/collections"
ONE = f"{HERE}/{{collection_id}}"

FORGED = "Cette demande n’est pas celle d’un formulaire d’ici. Rechargez la page."


@dataclass(frozen=True, slots=True)
class KeptCollections:
    """Those of the groups of whoever asks, or all."""

    collections: Collections

    async def find(self, principal: Principal, collection_id: str, action: Action = Action.INGEST) -> Collection:
        """What is not theirs is not there. Raises `CollectionNotFound`."""
        try:
            return await self.collections.kept(principal, UUID(collection_id), action)
        except (ValueError, Refused) as error:
            raise CollectionNotFound(collection_id[:36]) from error


def edition_in(form: Form) -> int:
    """The edition that was shown; 0, and what is wrong, where a form has none."""
    edition = form.whole("edition", least=0, most=10**9 - 1)
    if edition is None:
        form.wrong("edition", FORGED)
    return edition or 0


def tabs_of(collection: Collection) -> list[tuple[str, str]]:
    """The pages of a collection."""
    way = f"{HERE}/{collection.id}"
    return [
        (way, "Résumé"),
        (f"{way}/acces", "Accès"),
        (f"{way}/regles", "Règles"),
        (f"{way}/sources", "Sources"),
        (f"{way}/suppression", "Suppression"),
    ]

"""What records say of a collection: all that decides who may read it, so that the last of them tells the whole."""

from policies.audit.event import Act, Event, Json
from policies.principal import Principal
from retrieval.corpus import Collection


def collection_event(act: Act, principal: Principal, collection: Collection, **more: Json) -> Event:
    """That this was done to the collection, which is now as it stands here."""
    details: dict[str, Json] = {
        "collection_id": str(collection.id),
        "name": collection.name,
        "owner": collection.owner,
        "readers": [*sorted(collection.readers)],
        "stage": collection.stage.value,
        "archived": collection.archived,
        "rules": [*collection.allowed_by],
    }
    return Event(act, principal, details | more)

"""What the pages of the review call, without the work that goes on meanwhile: nothing is signed by itself."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from policies import Checkpoints, PostgresLedger, SigningKey, Tree, Watch
from policies.audit.shipping import Shipping
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from ui.audit_keys import AuditKeys
from ui.database import Pool
from ui.retaining import retaining_of
from ui.settings import Settings


def auditing_of(pool: Pool, home: Path) -> Any:
    """Over the database of a test, with a key of its own."""
    key = SigningKey.generated("essai")
    keys = AuditKeys(home / "audit" / "signing.pem")
    keys.publish(key)
    checkpoints, pseudonyms, shipping = Checkpoints(pool, [key]), Pseudonyms(b"tests"), Shipping(pool, ())
    projection = Projection(pool, pseudonyms)
    return SimpleNamespace(
        pool=pool,
        ledger=PostgresLedger(),
        keys=keys,
        tree=Tree(),
        checkpoints=checkpoints,
        watch=Watch(pool, checkpoints, shipping.ship),
        pseudonyms=pseudonyms,
        projection=projection,
        retaining=retaining_of(Settings(home=home), pool, PostgresLedger(), projection, pseudonyms),
        shipping=shipping,
    )

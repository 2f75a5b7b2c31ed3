"""What the pages of the review call, without the work that goes on meanwhile: nothing is signed by itself."""

from pathlib import Path

from policies import Checkpoints, PostgresLedger, SigningKey, Tree, Watch
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from ui.audit_keys import AuditKeys
from ui.auditing import Auditing
from ui.database import Pool


def auditing_of(pool: Pool, home: Path) -> Auditing:
    """Over the database of a test, with a key of its own."""
    key = SigningKey.generated("essai")
    keys = AuditKeys(home / "audit", home / "audit" / "signing.pem")
    keys.publish(key)
    checkpoints, pseudonyms = Checkpoints(pool, [key]), Pseudonyms(b"tests")
    return Auditing(
        pool=pool,
        ledger=PostgresLedger(),
        keys=keys,
        tree=Tree(),
        checkpoints=checkpoints,
        watch=Watch(pool, checkpoints, _nowhere),
        pseudonyms=pseudonyms,
        projection=Projection(pool, pseudonyms),
    )


async def _nowhere() -> None:
    """There is no place outside."""

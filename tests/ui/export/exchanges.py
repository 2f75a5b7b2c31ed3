"""A conversation to be exported: an answer with sources, a follow-up question, one that was stopped."""

import datetime as dt
from uuid import UUID

from assistant.conversation import Ending, Exchange, Reply, Source
from retrieval.corpus import DocumentMetadata, TextKind
from ui.export.content import Exported, exported, key

COLLECTION = UUID(int=1)
DAY = dt.date(2026, 11, 26)
AT = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
CODE = Source(COLLECTION, "Droit", "LEGI1", 2, "Code du travail", ("Article L. 1234-1",), None, 0, 5)
NOTE = Source(COLLECTION, "Notes", "note.pdf", 1, "Note [DGOS] *2019*", ("Objet",), 4, 0, 5, dt.date(2020, 1, 1))
UNCITED = Source(COLLECTION, "Notes", "autre.pdf", 1, "Jamais citée", (), None, 0, 5)
KNOWN = {
    key(CODE): DocumentMetadata(
        "Code du travail", kind=TextKind.LOI, number="2008-67", in_force_from=dt.date(2008, 5, 1)
    )
}
HOSTILE = "Voir ![x](http://exemple.invalid/p.png) et <img src=x onerror=alert(1)>\x0b."


def conversation() -> Exported:
    """Titles, answers and sources hold what a format could take for its own."""
    first = Reply(
        f"Le préavis dure un mois [1].\nIl peut être réduit [2].\n{HOSTILE}",
        (CODE, NOTE, UNCITED),
        doubtful=(2,),
        model="essai",
        on=dt.date(2026, 11, 20),
        acronyms=(("DGOS", "direction générale de l’offre de soins"),),
    )
    second = Reply("Début", (CODE,), ending=Ending.STOPPED, understood="Quel est le préavis pour les cadres ?")
    return exported(
        "Préavis & <cadres>",
        [
            Exchange(UUID(int=2), "Quel est le préavis ?", AT, first),
            Exchange(UUID(int=3), "Et pour les cadres ?", AT, second),
            Exchange(UUID(int=4), "Sans réponse ?", AT),
        ],
        KNOWN,
        DAY,
    )

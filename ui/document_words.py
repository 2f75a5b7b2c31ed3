"""The French words for what is known of a document, on screens and at the command line."""

from collections.abc import Mapping

from retrieval.corpus import DocumentState

# In the order in which they are shown.
FIELDS: Mapping[str, str] = {
    "title": "Titre",
    "kind": "Nature",
    "number": "Numéro",
    "author": "Auteur",
    "signed_on": "Signature",
    "in_force_from": "En vigueur à partir du",
    "repealed_on": "Abrogé le",
    "replaces": "Remplace",
    "replaced_by": "Remplacé par",
}

STATES: Mapping[str, str] = {
    DocumentState.PENDING.value: "en attente",
    DocumentState.INDEXED.value: "trouvable",
    DocumentState.FAILED.value: "en échec",
    DocumentState.QUARANTINED.value: "en quarantaine",
}

"""Questions to begin with."""

# The collection «Aide» answers them.
STARTERS = (
    "Comment vérifier une réponse de l’assistant ?",
    "Pourquoi l’assistant refuse-t-il parfois de répondre ?",
    "Puis-je saisir des données personnelles ou de santé ?",
    "Comment ajouter des documents à une collection ?",
)

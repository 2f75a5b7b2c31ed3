"""The French names of the figures of answers, in the order in which they are shown."""

FIGURES = {
    "refusal": "Sans réponse : refusées",
    "false_refusal": "Avec réponse : refusées à tort",
    "refused_unasked": "   dont sans interroger le modèle",
    "extracted": "Citations en place d’une réponse rédigée",
    "supported": "Phrases vérifiées",
    "citation_precision": "Précision des citations",
    "citation_recall": "Rappel des citations",
    "retrieval_ms_p50": "Recherche, p50",
    "retrieval_ms_p95": "Recherche, p95",
    "first_token_ms_p50": "Premier mot, p50",
    "first_token_ms_p95": "Premier mot, p95",
    "total_ms_p50": "Réponse entière, p50",
    "total_ms_p95": "Réponse entière, p95",
}

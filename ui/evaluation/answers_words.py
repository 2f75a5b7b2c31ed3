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

MEANINGS = {
    "refusal": "la part des questions sans document attendu qui sont refusées : plus, c’est mieux",
    "false_refusal": "la part des autres questions qui sont refusées : moins, c’est mieux",
    "refused_unasked": "refusées parce que la recherche ne trouve pas assez",
    "extracted": "des passages sont cités, parce que le modèle n’a rien écrit qu’ils confirment",
    "supported": "la part des phrases rédigées que les passages confirment",
    "citation_precision": "la part des documents cités qui sont attendus",
    "citation_recall": "la part des documents attendus qui sont cités",
    "retrieval_ms_p50": "la moitié des questions n’ont pas dépassé ce temps",
    "retrieval_ms_p95": "95 % des questions n’ont pas dépassé ce temps",
    "first_token_ms_p50": "jusqu’au premier mot du modèle",
    "first_token_ms_p95": "jusqu’au premier mot du modèle",
    "total_ms_p50": "jusqu’à la fin de la réponse",
    "total_ms_p95": "jusqu’à la fin de la réponse",
}

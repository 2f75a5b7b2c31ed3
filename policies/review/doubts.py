"""What the ledger cannot tell of a past day, in sentences that stand beside what it tells."""

NOBODY_KNOWN = "Le registre n’a rien jusqu’à ce jour\u202f: personne n’y est connu, et rien ne peut en être dit."
NO_COLLECTION = (
    "Le registre n’a pas, ou n’a plus, la création de cette collection avant la fin de ce jour\u202f: on ne sait pas à "
    "qui elle était ouverte."
)
AS_TODAY = (
    "Le registre n’a pas, ou n’a plus, la création de cette collection\u202f: son propriétaire et ses lecteurs sont "
    "ceux d’aujourd’hui."
)
DELETED = "La collection était supprimée à la fin de ce jour."
NO_RULES = (
    "Le registre n’a pas, ou n’a plus, ce qui dit les règles d’accès de ce jour, ou leur texte n’a pas été gardé\u202f"
    ": on ne sait pas qui y avait droit."
)
ALTERED_RULES = (
    "Le texte gardé des règles d’accès de ce jour a été modifié depuis\u202f: on ne sait pas qui y avait droit."
)
CHANGED_RULES = "D’autres règles d’accès ont été prises ce jour-là\u202f: celles de la fin du jour ont servi ici."
ABSENT = "À la fin de ce jour, le document n’était pas dans la collection, ou il y attendait une décision."
NO_DOCUMENT = (
    "Le registre n’a pas, ou n’a plus, l’indexation de ce document avant la fin de ce jour\u202f: il n’était peut-être "
    "pas dans la collection."
)
ONLY_KNOWN = (
    "Seules paraissent les personnes que le registre connaît jusqu’à ce jour, avec les groupes et les rôles de leur "
    "dernier acte\u202f: qui avait le droit sans être jamais venu, ou dont les actes ont été purgés, n’y est pas."
)

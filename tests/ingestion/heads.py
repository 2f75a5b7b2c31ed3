"""Heads of administrative texts, each with all that is guessed from it, and those from which nothing is."""

import datetime as dt
from typing import Any

from retrieval.corpus import TextKind


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


HEADS: dict[str, tuple[str, dict[str, Any]]] = {
    "a law of the official journal": (
        """LOI n° 2021-1018 du 2 août 2021 pour renforcer la prévention en santé au travail (1)
NOR : MTRX2119166L
L’Assemblée nationale et le Sénat ont adopté,""",
        {"kind": TextKind.LOI, "number": "2021-1018", "signed_on": day("2021-08-02")},
    ),
    "an ordinance in capitals": (
        """ORDONNANCE N° 2020-306 DU 25 MARS 2020 RELATIVE À LA PROROGATION DES DÉLAIS
NOR : JUSC2008164R""",
        {"kind": TextKind.ORDONNANCE, "number": "2020-306", "signed_on": day("2020-03-25")},
    ),
    "a decree with its notice, that repeals another": (
        """JORF n°0028 du 2 février 2023
Décret n° 2023-42 du 1er février 2023 relatif aux congés des agents
NOR : SSAH2301234D
Publics concernés : agents publics.
Entrée en vigueur : le texte entre en vigueur le 1er mars 2023.
Vu le décret n° 86-442 du 14 mars 1986 relatif à la désignation des médecins agréés ;
Article 5
Le décret n° 2010-12 du 3 mars 2010 relatif aux congés est abrogé.
Fait le 1er février 2023.""",
        {
            "kind": TextKind.DECRET,
            "number": "2023-42",
            "signed_on": day("2023-02-01"),
            "in_force_from": day("2023-03-01"),
            "replaces": ("2010-12",),
        },
    ),
    "an order, which has no number but its NOR": (
        """Arrêté du 12 mars 2024 fixant la liste des actes
NOR : SSAS2407654A
La ministre du travail, de la santé et des solidarités,
Vu le code de la santé publique ;
Arrête :
Article 3
Le présent arrêté entre en vigueur le 1er avril 2024.""",
        {
            "kind": TextKind.ARRETE,
            "number": "SSAS2407654A",
            "signed_on": day("2024-03-12"),
            "in_force_from": day("2024-04-01"),
        },
    ),
    "an order without accents, the NOR in pieces": (
        """ARRETE du 3 fevrier 1998 relatif aux indemnites
NOR: MES H 98 12345 A
Vu le code du travail ;""",
        {"kind": TextKind.ARRETE, "number": "MESH9812345A", "signed_on": day("1998-02-03")},
    ),
    "a decision": (
        """Décision n° 2022-17 du 30 juin 2022 portant délégation de signature
Le directeur général,
Décide :""",
        {"kind": TextKind.DECISION, "number": "2022-17", "signed_on": day("2022-06-30")},
    ),
    "a circular that applies at once and takes the place of another": (
        """MINISTÈRE DES SOLIDARITÉS ET DE LA SANTÉ
Direction générale de la santé
Circulaire interministérielle n° DGS/SD1/2022/123 du 3 avril 2022 relative aux vagues de chaleur
Date d’application : immédiate
NOR : SSAP2212345C
Résumé : plan national.
Textes de référence : code de la santé publique
Circulaire abrogée : circulaire n° DGS/SD1/2015/12 du 3 mars 2015""",
        {
            "kind": TextKind.CIRCULAIRE,
            "number": "DGS/SD1/2022/123",
            "signed_on": day("2022-04-03"),
            "in_force_from": day("2022-04-03"),
            "replaces": ("DGS/SD1/2015/12",),
        },
    ),
    "a circular of the Prime Minister, number and date apart": (
        """Paris, le 31 mai 2021
CIRCULAIRE
N° 6264-SG
à
Mesdames et Messieurs les ministres
Objet : politique de la donnée""",
        {"kind": TextKind.CIRCULAIRE, "number": "6264-SG", "signed_on": day("2021-05-31")},
    ),
    "an instruction whose heading runs over two lines": (
        """INSTRUCTION N° DGOS/RH3/DGCS/2023/45 du 12
mars 2023 relative au temps de travail
NOR : SPRH2301234J
La présente instruction s’applique à compter du 1er juillet 2023.
Cette instruction annule et remplace l’instruction n° DGOS/RH3/2019/7 du 3 mai 2019.""",
        {
            "kind": TextKind.INSTRUCTION,
            "number": "DGOS/RH3/DGCS/2023/45",
            "signed_on": day("2023-03-12"),
            "in_force_from": day("2023-07-01"),
            "replaces": ("DGOS/RH3/2019/7",),
        },
    ),
    "an instruction whose head is a table": (
        """INSTRUCTION INTERMINISTÉRIELLE N° DSS/SD2A /2022/12 du 4 janvier 2022 relative aux indus
NOR | SSAS2200123J
Date d’application | 15/01/2022
Instruction abrogée | INSTRUCTION N° DSS/SD2A/2018/3 du 5 janvier 2018""",
        {
            "kind": TextKind.INSTRUCTION,
            "number": "DSS/SD2A/2022/12",
            "signed_on": day("2022-01-04"),
            "in_force_from": day("2022-01-15"),
            "replaces": ("DSS/SD2A/2018/3",),
        },
    ),
    "an information note": (
        """NOTE D’INFORMATION N° DGOS/R2/2024/10 du 3 février 2024 relative aux urgences
NOR : TSSH2401234N""",
        {"kind": TextKind.NOTE, "number": "DGOS/R2/2024/10", "signed_on": day("2024-02-03")},
    ),
    "a service note, signed below": (
        """Note de service
Le secrétaire général
Objet : fermeture des bureaux
Les bureaux sont fermés le 14 juillet.
Fait à Paris, le lundi 5 mai 2025.""",
        {"kind": TextKind.NOTE, "signed_on": day("2025-05-05")},
    ),
    "a guide": ("Guide méthodologique de production des informations\nSommaire", {"kind": TextKind.GUIDE}),
    "a text stamped as repealed": (
        """Circulaire n° DGOS/2010/7 du 4 mai 2010 relative à l’accueil
Abrogée le 12/03/2021
Remplacée par l’instruction n° DGOS/2021/3""",
        {
            "kind": TextKind.CIRCULAIRE,
            "number": "DGOS/2010/7",
            "signed_on": day("2010-05-04"),
            "repealed_on": day("2021-03-12"),
            "replaced_by": "DGOS/2021/3",
        },
    ),
    "a NOR alone": ("Direction générale\nNOR : SSAH2301234D", {"kind": TextKind.DECRET, "number": "SSAH2301234D"}),
    "a letter": ("Paris, le 3 avril 2022\nMadame,", {"signed_on": day("2022-04-03")}),
}

NOTHING = {
    "a title about a decree": "Décret n° 2023-42 du 1er février 2023 : ce qui change pour les agents",
    "a sentence about a circular": "La circulaire n° DGS/SD1/2022/123 du 3 avril 2022 est abrogée.",
    "a form and its legal basis": "DEMANDE\nDécret n° 2016-641 du 19 mai 2016 relatif à la domiciliation\nNom :",
    "texts of reference": "Accueil des usagers\nRéférences :\nArrêté du 12 mars 2024 fixant la liste\nVu le code ;",
    "a heading that is a plain word": "Décision\nLa décision est notifiée à la personne.",
    "a day that does not exist": "Paris, le 31 février 2022",
    "a day in the midst of a sentence": "Le contrat a été signé à Paris, le 3 avril 2022, par les parties.",
    "two letters": "Paris, le 3 avril 2022\nMadame,\nLyon, le 4 avril 2022\nMonsieur,",
    "half a NOR": "NOR : SSAH23012A",
    "a validity without a text": "Abrogée le 12/03/2021\nDate d’application : 1er mars 2023",
    "nothing": "",
}

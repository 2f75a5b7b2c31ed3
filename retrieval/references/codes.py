"""The codes of French law: their names, their usual short forms, and patterns that find both in folded text.

To add a code, add its line to `CODES`. A name is found whatever small words stand between its own («code sécurité
sociale»), a short form with or without its full stops.
"""

import re
from functools import cache

# By name, the short forms; the first stands for the code in the index, and has to stay what it is.
CODES: dict[str, tuple[str, ...]] = {
    "code de l'action sociale et des familles": ("CASF", "C. act. soc.", "C. act. soc. fam."),
    "code de l'artisanat": ("C. artis.",),
    "code des assurances": ("C. assur.", "C. ass."),
    "code de l'aviation civile": ("C. aviation",),
    "code du cinéma et de l'image animée": ("CCIA",),
    "code civil": ("C. civ.",),
    "code de la commande publique": ("CCP", "C. com. publ."),
    "code de commerce": ("C. com.",),
    "code des communes": ("C. communes",),
    "code de la consommation": ("C. consom.", "C. conso."),
    "code de la construction et de l'habitation": ("CCH",),
    "code de la défense": ("C. défense", "C. déf."),
    "code du domaine de l'État": ("C. dom. État",),
    "code des douanes": ("C. douanes", "C. douan."),
    "code de l'éducation": ("C. éduc.",),
    "code électoral": ("C. élect.", "C. élec."),
    "code de l'énergie": ("C. énergie",),
    "code de l'entrée et du séjour des étrangers et du droit d'asile": ("CESEDA",),
    "code de l'environnement": ("C. envir.", "C. env."),
    "code de l'expropriation pour cause d'utilité publique": ("C. expr.", "C. exprop."),
    "code de la famille et de l'aide sociale": ("CFAS",),
    "code forestier": ("C. for.",),
    "code général de la fonction publique": ("CGFP",),
    "code général de la propriété des personnes publiques": ("CGPPP", "CG3P"),
    "code général des collectivités territoriales": ("CGCT",),
    "code général des impôts": ("CGI",),
    "code des impositions sur les biens et services": ("CIBS",),
    "code des juridictions financières": ("CJF",),
    "code de justice administrative": ("CJA",),
    "code de justice militaire": ("CJM",),
    "code de la justice pénale des mineurs": ("CJPM",),
    "code local des assurances sociales": ("CLAS",),
    "code des marchés publics": ("CMP",),
    "code minier": ("C. minier", "C. min."),
    "code monétaire et financier": ("CMF", "COMOFI", "C. mon. fin."),
    "code de la mutualité": ("C. mut.", "C. mutualité"),
    "code de l'organisation judiciaire": ("COJ", "C. org. jud."),
    "code du patrimoine": ("C. patr.", "C. patrimoine"),
    "code pénal": ("C. pén.", "CP"),
    "code pénitentiaire": ("C. pénit.",),
    "code des pensions civiles et militaires de retraite": ("CPCMR",),
    "code des pensions militaires d'invalidité et des victimes de guerre": ("CPMIVG",),
    "code des postes et des communications électroniques": ("CPCE",),
    "code de procédure civile": ("CPC", "C. pr. civ.", "C. proc. civ."),
    "code de procédure pénale": ("CPP", "C. pr. pén.", "C. proc. pén."),
    "code des procédures civiles d'exécution": ("C. pr. exéc.",),
    "code de la propriété intellectuelle": ("CPI",),
    "code de la recherche": ("C. rech.",),
    "code des relations entre le public et l'administration": ("CRPA",),
    "code de la route": ("C. route",),
    "code rural et de la pêche maritime": ("CRPM", "C. rur.", "code rural"),
    "code de la santé publique": ("CSP", "C. santé publ.", "C. santé pub."),
    "code de la sécurité intérieure": ("CSI", "C. séc. int."),
    "code de la sécurité sociale": (
        "CSS",
        "C. séc. soc.",
        "C. sécu. soc.",
        "code de la sécu",
        "code de la séc. soc.",
        "code de la sécurité social",
    ),
    "code du service national": ("CSN", "C. serv. nat."),
    "code du sport": ("C. sport",),
    "code du tourisme": ("C. tourisme",),
    "code des transports": ("C. transp.", "C. transports"),
    "code du travail": ("CT", "C. trav.", "CDT"),
    "code du travail maritime": ("C. trav. mar.",),
    "code de l'urbanisme": ("C. urb.",),
    "code de la voirie routière": ("CVR", "C. voirie"),
    "livre des procédures fiscales": ("LPF",),
}

_SMALL = ("de", "du", "des", "la", "le", "les", "l", "d", "et", "en", "a", "au", "aux", "entre", "pour", "sur")
_BETWEEN = rf"(?:[ '](?:{'|'.join(_SMALL)})){{0,4}}[ ']"
_ACCENTS = str.maketrans("àâäçéèêëîïôöùûü", "aaaceeeeiioouuu")


# What any mention of a code begins with, for a first look: the short forms among them are whole words.
_WHOLE = sorted(form.casefold() for forms in CODES.values() for form in forms if form.isupper())
BEGINS = rf"(?:codes?|livre des procedures|{'|'.join(_WHOLE)}|ctrav)\b|c(?:\. ?| )(?=[a-z])"

_GROUPS = {f"code_{number}": name for number, name in enumerate(CODES)}


def short(code: str) -> str:
    """The code in the index's words; empty for none."""
    return CODES[code][0] if code else ""


def short_forms(code: str) -> tuple[str, ...]:
    """How the code is called besides; none for no code."""
    return CODES.get(code, ())


def read(folded: str, start: int) -> re.Match[str] | None:
    """The code that is named there; `code_of` says which."""
    return _named().match(folded, start)


def code_of(match: re.Match[str]) -> str:
    """The name of the code that `read` found."""
    return _GROUPS[match.lastgroup or ""]


@cache
def _named() -> re.Pattern[str]:
    # Of names one of which begins like another, the longer is tried first.
    forms = [(_spelt(form), group) for group, name in _GROUPS.items() for form in (name, *CODES[name])]
    of_group: dict[str, list[str]] = {}
    for form, group in sorted(forms, key=lambda one: -len(one[0])):
        of_group.setdefault(group, []).append(form)
    return re.compile(
        "(?:" + "|".join(f"(?P<{group}>{'|'.join(some)})" for group, some in of_group.items()) + r")(?!\w)"
    )


def _spelt(name: str) -> str:
    """The pattern of a name or a short form."""
    folded = name.casefold().translate(_ACCENTS)
    if "." in folded:
        return r"\.? ?".join(filter(None, re.split(r"[. ]+", folded))) + r"\.?"
    if name.isupper():
        return r"\.?".join(folded) + r"\.?"
    return _BETWEEN.join(word for word in re.split("[ ']", folded) if word not in _SMALL)

"""What a French question is about, told from how it asks: the words of its topic, and the noun phrase that titles it.

Rules over forms of words, no grammar: a question keeps its words where no rule fits.
"""

import re
from dataclasses import dataclass

TOPIC_CHARACTERS = 200

_VERBS = (
    r"demander|obtenir|faire|avoir|être|bénéficier|toucher|percevoir|recevoir|savoir|connaître|dire|prendre|remplir"
    r"|calculer|constituer|déposer"
)
_DETERMINER = r"(?:d['’]une?|de\s+l['’]|de\s+la|de\s+ce|du|des|les?|la|l['’]|une?|d['’]|de|aux?|à\s+l['’]|à\s+la)"

# How a question opens, each part once, in this order.
_OPENINGS = tuple(
    re.compile(rf"(?:{opening})(?<=['’\s])", re.IGNORECASE)
    for opening in (
        r"(?:bonjour|merci|svp|s['’]il vous plaît|alors|mais|donc|et)[\s,.!]+",
        r"(?:(?:pouvez|pourriez|peux|pourrais)[-\s](?:vous|tu)\s+(?:me|nous)\s+(?:dire|indiquer|préciser|expliquer|rappeler)"
        r"|(?:je|nous)\s+(?:voudrais|souhaite|souhaiterais|veux|cherche à|voulons|souhaitons)\s+(?:savoir|connaître)"
        r"|dites-moi|expliquez-moi)\s+",
        r"(?:est-ce\s+que|est-ce\s+qu['’]|si)\s*",
        r"(?:qu['’]est-ce\s+qu(?:e\s+c['’]est\s+qu)?(?:e\s+|['’])"
        r"|(?:par|dans|à|de|en|sous|pour|selon)?\s*quel(?:le)?s?\s+(?:sont|est|étaient|était|seront|sera)\s+"
        r"|(?:que|quoi|qu['’])\s*(?:signifie|veut\s+dire|désigne|prévoit|dit)\s+"
        r"|(?:par|dans|à|de|en|sous|pour|selon)?\s*quel(?:le)?s?\s+"
        r"|comment|combien\s+de\s+\w+\s+(?:dure(?:nt)?|faut-il\s+pour|a-t-on\s+pour)\s+"
        r"|combien\s+(?:dure(?:nt)?|coûte(?:nt)?|vaut)\s+|combien\s+de|combien|quand|où|pourquoi|qui|que|quoi)\s*",
        r"(?:(?:peut|doit|faut|peuvent|doivent|puis|dois|pouvons|devons)-(?:on|il|ils|elle|elles|je|nous)"
        r"|(?:on|il|je|nous)\s+(?:peut|doit|faut|puisse|dois|peux)|(?:peut|doit|peuvent|doivent|a\s+droit))\s+",
        rf"(?:{_VERBS})\s+",
        rf"{_DETERMINER}\s*",
    )
)

# What is asked of something: by itself it says nothing of what it is asked of.
ASPECT = (
    r"(?:d[ée]lais?|dur[ée]es?|montants?|conditions?|d[ée]marches?|pi[èe]ces?|justificatifs?|documents?|plafonds?|sanctions?"
    r"|recours|proc[ée]dures?|formulaires?|taux|tarifs?|co[ûu]ts?|prix|r[èe]gles?|droits?|obligations?|exceptions?|dates?"
    r"|crit[èe]res?|modalit[ée]s?|b[ée]n[ée]ficiaires?|seuils?|[âa]ge|dossiers?|dispositifs?|formalit[ée]s?|[ée]tapes?"
    r"|diff[ée]rences?|d[ée]finition|but|objectifs?|avantages?|risques?|effets?|cons[ée]quences?|r[ée]mun[ée]ration"
    r"|r[ée]f[ée]rences?|textes?|sources?|articles?|base\s+l[ée]gale|jours?|semaines?|mois|ans?|ann[ée]es?|heures?|temps|fois"
    r"|demandes?|d[ée]cision|interlocuteurs?|contacts?|adresse|service|organisme|calcul|preuve|versements?|paiements?"
    r"|renouvellement|motifs?|cas|suites?|limites?|minimum|maximum|minimal(?:es?|e)?|maximal(?:es?|e)?|d['’]attribution"
    r"|r[ée]ponses?|traitement|attribution|validit[ée]|d[ée]p[ôo]t|refus|retards?|silence|litige|d[ée]saccord|erreurs?|urgence"
    r"|exacte?s?|pr[ée]cise?s?|tota(?:l|le|ux)|applicables?|en\s+ligne|la\s+suite"
    r"|à\s+fournir|à\s+joindre|l[ée]ga(?:l|le|les|ux)|obligatoires?|n[ée]cessaires?)"
)
_ASPECTS = re.compile(
    rf"(?:(?:{_DETERMINER})?\s*{ASPECT}\b\s*)+(?:pour\s+(?:{_VERBS})\s+|pour\s+|{_DETERMINER}\s*)+", re.I
)

_JOINED = re.compile(r"^(?P<asked>.*\S)\s*\((?P<topic>[^()]+)\)(?P<more>[^()]*)$", re.DOTALL)
_END = re.compile(r"[\s?!.…]+$")


@dataclass(frozen=True, slots=True)
class Parts:
    """A question in two: how it asks (`asking`) and of what (`topic`, perhaps empty); without its mark."""

    asking: str
    topic: str


def parts(question: str) -> Parts:
    """Both parts; the topic is at most 200 characters, cut at a word."""
    question = bare(question)
    joined = _JOINED.match(question)
    if joined:
        return Parts(joined["asked"], _cut(f"{joined['topic']}{joined['more'].rstrip()}"))
    start = _opened(question)
    aspects = _ASPECTS.match(question, start)
    if aspects and aspects.end() < len(question):
        start = aspects.end()
    asking = re.sub(rf"\s*\b{_DETERMINER}\s*$", "", question[:start], flags=re.IGNORECASE)
    return Parts(asking.strip(), _cut(question[start:]))


def noun_phrase(question: str) -> str:
    """The question as a title: «Conditions de l’AAH» for «Quelles sont les conditions de l’AAH ?».

    One that is asked otherwise than by a noun keeps its verb: «Demander une carte».
    """
    question = bare(question)
    opened = _OPENED_BY_NOUN.match(question)
    phrase = question[opened.end() :] if opened else question
    phrase = phrase if len(phrase.split()) > 1 or phrase[:2].isupper() else question
    return phrase[:1].upper() + phrase[1:]


def bare(question: str) -> str:
    """On one line, without the mark at its end."""
    return _END.sub("", " ".join(question.split()))


def _opened(question: str) -> int:
    """Where the opening ends."""
    position = 0
    for opening in _OPENINGS:
        if found := opening.match(question, position):
            position = found.end()
    return position


def _cut(topic: str) -> str:
    topic = topic.strip(" ,;:")
    return topic if len(topic) <= TOPIC_CHARACTERS else topic[:TOPIC_CHARACTERS].rpartition(" ")[0]


_OPENED_BY_NOUN = re.compile(
    r"(?:(?:bonjour|merci)[\s,.!]+)?"
    r"(?:quel(?:le)?s?\s+(?:sont|est|étaient|était|seront|sera)\s+(?:les?\s+|la\s+|l['’])"
    r"|qu['’]est-ce\s+qu(?:e\s+c['’]est\s+qu)?(?:e\s+|['’])(?:les?\s+|la\s+|l['’]|une?\s+|des\s+)?"
    r"|quel(?:le)?s\s+(?!\w+(?:nt|-)\b)"
    r"|comment\s+(?:faire\s+pour\s+)?(?=[\w’']+(?:er|ir|re)\b)"
    r"|(?:je|nous)\s+(?:voudrais|souhaite|souhaiterais|voulons|souhaitons)\s+(?:savoir|connaître)\s+(?:les?\s+|la\s+|l['’])?)",
    re.IGNORECASE,
)

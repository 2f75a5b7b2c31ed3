"""Whether a question names what it asks of, or leans on the one before: by forms of words, without a grammar."""

import re

from assistant.checking.words import words
from assistant.follow_up.restrictions import Kind, restrictions
from assistant.follow_up.topic import ASPECT

_ASKS = re.compile(
    r"\b(?:quel(?:le)?s?|comment|combien|quand|où|pourquoi|qui|que|quoi|est-ce|(?:la|le|les)quel(?:le)?s?|auxquel(?:le)?s?)\b"
    r"|\bqu['’]|-(?:t-)?(?:ils?|elles?|on|je|nous|vous|ce)\b",
    re.IGNORECASE,
)

_IMPERSONAL = re.compile(
    r"\b(?:faut|y\s+a-t|existe-t|s['’]agit|se\s+peut|convient|suffit|se\s+passe-t|se\s+fait)-il\b"
    r"|\b(?:est|était|serait)-il\s+(?:\w+\s+)?(?:possible|obligatoire|nécessaire|permis|interdit|prévu|autorisé|utile|légal)"
    r"\s+(?:d[e'’]|que\b|qu['’])"
    r"|\b(?:s['’]|qu['’])?il\s+(?:n['’]|ne\s+)?(?:faut|y\s+a|s['’]agit|existe|convient|suffit|est\s+(?:\w+\s+)?(?:possible|"
    r"obligatoire|nécessaire|interdit|permis)\s+(?:d[e'’]|que\b|qu['’]))|\bs['’]il\s+(?:vous|te)\s+plaît"
    r"|\bc['’]est\s+quoi\b|\bqu['’]est[-\s]ce\b|\best-ce\s+qu(?:e\b|['’])",
    re.IGNORECASE,
)
_NO_VERB = r"(?:dossier|loyer|étranger|particulier|papier|courrier|métier|calendrier|concubin)"
_INFINITIVE = rf"(?!{_NO_VERB}\b)\w+(?:er|ir|dre|ttre|ître|uire|[cld]ire|faire|vre|clure)"
_AFTER_VERB = r"(?=\s*(?:$|,|en\b|pour\b|par\b|à\b|aux?\b|avec\b|dans\b|chez\b|auprès\b|sans\b|si\b|avant\b|après\b))"
# What stands for something that was named before; a noun before it in the same question may be that.
_STANDS_FOR = re.compile(
    r"(?:\b|-t-|-)(?:ils?|elles?|lui|eux)\b|\bc['’](?:est|était)\b|\best-ce\b"
    r"|\b(?:cela|ça|celui-ci|celle-ci|ceux-ci|celles-ci|ce\s+dernier|cette\s+dernière|ces\s+derni(?:ers|ères)|là-dessus)\b"
    rf"|\bqui\s+(?:le|la|les|l['’]|en|y)\s*\w+(?:\s+droit)?{_AFTER_VERB}"
    rf"|(?:\b(?:comment|où|quand|pourquoi|pour)\s|-(?:on|il|je|nous)\s)(?:l[ae]s?\s|l['’]){_INFINITIVE}{_AFTER_VERB}"
    rf"|(?:\b(?:comment|où|quand|pourquoi|pour|on|je)\s|\bd['’]|-(?:on|il|je|nous)\s)(?:en|y)\s(?:{_INFINITIVE}|bénéficie)\b"
    rf"|\bqu(?:el(?:le)?s?|['’])\s*en\s+(?:est|sont)\b",
    re.IGNORECASE,
)
# «Ce congé»: whatever stands before it.
_POINTS_AT = re.compile(
    r"(?<![-\w])ces?\s+(?!qui\b|que\b|dont\b|jour|mois|moment|qu['’]|soir|matin|derni)\w+|\bcet(?:te)?\s+(?!ann[ée]e\b|semaine\b|derni)\w+",
    re.IGNORECASE,
)
_ASPECT_ALONE = re.compile(rf"\b{ASPECT}(?!\w)", re.IGNORECASE)
# Verbs that say nothing of what a question is about.
_NO_TOPIC = words(
    "demander obtenir durer dure durent coûter coûte coûtent adresser contacter saisir payer passer passe servir sert"
    " exister existe prévoir prévu commencer commence finir finit arriver arrive joindre fournir envoyer remplir faut"
    " pouvoir peut peuvent devoir doit doivent vouloir savoir dire expliquer préciser détailler exactement précisément"
    " ensuite merci bonjour"
)
_SMALL = frozenset(
    """le la les l un une d des du de aux au à mon ma mes son sa ses leur leurs notre nos votre vos plusieurs deux trois
    en sans par""".split()  # noqa: SIM905  # read as a text
)
_TOKEN = re.compile(r"…|[\w]+(?:-\w+)*")


def asks(text: str) -> bool:
    """Whether it has the form of a question, and not of a word or two («Et en Corse ?»)."""
    return bool(_ASKS.search(text))


def leans(rest: str) -> bool:
    """Whether a question speaks of something that it does not name."""
    spoken = _IMPERSONAL.sub(" ", rest)
    if _POINTS_AT.search(spoken):
        return True
    pointing = _STANDS_FOR.search(spoken)
    if pointing:
        return not _has_noun(spoken[: pointing.start()])
    return not names_something(rest)


def names_something(text: str) -> bool:
    """Whether there are words besides those that say what is asked and what narrows it."""
    for one in reversed(restrictions(text)):
        if one.kind not in (Kind.CASE, Kind.CONTRACT):
            text = f"{text[: one.start]} … {text[one.end :]}"
    text = _ASPECT_ALONE.sub(" … ", text)
    return _has_noun(text) if asks(text) else any(_tells(word) for word in _TOKEN.findall(text))


def _has_noun(text: str) -> bool:
    """Whether there is a noun: a word alone may be a verb («Comment contester ?»), and stands without a small word."""
    named, before = text.rpartition(":")[0], ""
    if any(map(_tells, _TOKEN.findall(named))):
        return True
    single = 0
    for word in _TOKEN.findall(text):
        if _tells(word):
            described = before == "…" and not word.endswith(("er", "ir", "dre", "tre"))
            if before.lower() in _SMALL or described or word[:2].isupper():
                return True
            single += 1
        before = word
    return single > 1


def _tells(word: str) -> bool:
    """Whether the word says what a question is about."""
    asking = _ASKS.fullmatch(word) or re.search(r"-(?:t-)?(?:on|ils?|elles?|je|nous|vous|ce)$", word)
    return not asking and bool(words(word) - _NO_TOPIC)

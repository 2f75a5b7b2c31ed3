"""Follow-up questions: «Et pour les contractuels ?» becomes a question that stands alone, by rules of words.

Three kinds lean on the question before, and each takes the rest of it:
1. what narrows it alone («Et en 2023 ?»): the same question, narrowed so instead;
2. a thing alone («Et le RSA ?»): the same is asked of that thing;
3. a question that speaks of «il», «cela» or «ce congé», or that names nothing it asks of («Quel est le délai ?»):
   the topic of the one before stands behind it, in parentheses.
What stands alone stays as it is.
"""

import re
from collections.abc import Sequence

from assistant.answer import Turn
from assistant.follow_up.leaning import asks, leans, names_something
from assistant.follow_up.restrictions import Kind, narrowed, nothing_else, restrictions, without
from assistant.follow_up.topic import bare, parts
from retrieval.question import QUESTION_LENGTH

_LINK = re.compile(
    r"^(?:(?:et|mais|ou|sinon|donc|puis|ok|merci|d['’]accord|idem|pareil|même\s+(?:question|chose))\b[\s,:.!]*)*"
    r"(?:(?:qu['’]en\s+est-il|quid)\s+(?:d(?:e|u)\s+|d['’])?|alors\s+)?",
    re.IGNORECASE,
)
_ALSO = re.compile(r"\s+(?:aussi|également|alors|dans\s+ce\s+cas)$", re.IGNORECASE)
# Of such a thing the same can be asked as of another: «Et pour le RSA ?» does not narrow a question about the AAH.
_THING = re.compile(
    r"^(?:(?:pour|concernant|avec)\s+)?(?:les?\s+|la\s+|l['’]|une?\s+|des\s+)?"
    r"(?:[A-ZÉ]{2,}|(?i:allocation|aide|congé|carte|prime|pension|prestation|indemnité|certificat|permis|attestation|contrat"
    r"|complémentaire|retraite|visa|titre|majoration)s?\b)"
)
_SMALL_FIRST = re.compile(
    r"(?:les?|la|une?|des|pour|chez|en|à|aux?|dans|depuis|si|avec|sans|après|avant)\s|[ls]['’]", re.IGNORECASE
)


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """The question as someone would ask it who had not asked the others before."""
    before = ""
    for turn in history:
        before = _after(before, turn.question)
    return _after(before, question)


def _after(before: str, question: str) -> str:
    whole = bare(question)
    rest = _ALSO.sub("", whole[_linked(whole) :])
    if not before:
        return question
    if not any(character.isalnum() for character in rest):
        return before
    asking, linked = asks(rest), len(rest) < len(whole)
    narrowing = [] if asking or not (linked or _SMALL_FIRST.match(rest)) else nothing_else(rest)
    if narrowing and not (narrowing[0].kind is Kind.OTHER and _THING.match(rest) and _THING.match(parts(before).topic)):
        return _question(narrowed(bare(before), narrowing))
    if linked and not asking and names_something(rest):
        return _question(_of_another_thing(before, re.sub(r"^(?:pour|concernant|avec)\s+", "", rest)))
    if not (leans(rest) if asking else not names_something(rest)):
        return question
    return _question(_with_topic(before, rest))


def _of_another_thing(before: str, thing: str) -> str:
    """The same asked of something else, within the same bounds; beside the first where that is no such thing."""
    asked = parts(before)
    if not _THING.match(asked.topic):
        return f"{bare(before)} ({thing})"
    new = {one.kind for one in restrictions(thing)}
    bounds = [one.text for one in restrictions(asked.topic) if one.kind not in new]
    return f"{asked.asking} ({' '.join([thing, *bounds])})".strip()


def _with_topic(before: str, rest: str) -> str:
    new = frozenset(one.kind for one in restrictions(rest))
    topic = without(parts(before).topic, new)
    rest = rest[: QUESTION_LENGTH - len(topic) - len(" () ?")]
    return f"{rest} ({topic})" if topic else f"{bare(before)}, {rest}"


def _linked(question: str) -> int:
    """The length of the words that tie a question to the one before."""
    link = _LINK.match(question)
    return link.end() if link else 0


def _question(text: str) -> str:
    text = text[: QUESTION_LENGTH - len(" ?")]
    return f"{text[:1].upper()}{text[1:]} ?"

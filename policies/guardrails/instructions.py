"""Words that speak to a model instead of a reader: indirect prompt injection.

Rules find the plain attempts; they are one layer among several (a model that is fooled can do nothing here, and
its sentences are checked against the passages).

Sources: OWASP Top 10 for LLM applications 2025, LLM01; Greshake et al., "Not what you've signed up for", 2023.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.guardrails.finding import Concern, Finding

_BEFORE = r"(?:précédent|antérieur|ci-dessus|previous|prior|above|earlier)\w*"
_ORDERS = r"(?:instruction|consigne|règle|directive|rule|guideline|prompt)s?"

_GAP = r"[ \n\u00a0\u202f]"

# Alone, or said of language; not « instructions pour le modèle 2042 ».
_MODEL = rf"modèle(?={_GAP}?[:,.»)]|{_GAP}de{_GAP}langage|{_GAP}d['’]IA)"
_MACHINE = r"(?:IA|AI|LLM|chatbot|modèle de langage|language model|intelligence artificielle)"


@dataclass(frozen=True, slots=True)
class Form:
    """One way to speak to a model; a text that has none of the `needs` (in lower case) is not searched for it."""

    what: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]


_ROLE = "rôle donné au modèle"

FORMS = (
    Form(
        "ordre d’oublier les consignes",
        ("ignor", "oubli", "néglig", "disregard", "forget", "overrid"),
        re.compile(
            rf"\b(?:ignor|oubli|néglig|disregard|forget|overrid)\w*\b[^.\n]{{0,40}}\b{_ORDERS}\b[^.\n]{{0,30}}"
            rf"\b(?:{_BEFORE}|système|system|initiales?|reçues?|your|vos|tes)\b"
            r"|\b(?:ignor|oubli|disregard|forget)\w*\b[^.\n]{0,30}"
            rf"\b(?:{_BEFORE}|vos|tes|your)\b[^.\n]{{0,20}}\b{_ORDERS}\b",
            re.IGNORECASE,
        ),
    ),
    Form(
        _ROLE,
        ("désormais", "maintenant", "à présent", "now"),
        re.compile(
            rf"\b(?:tu es|vous êtes|you are){_GAP}+(?:désormais|maintenant|à présent|now){_GAP}+"
            r"(?:une?|an?|le|la|the)\b",
            re.IGNORECASE,
        ),
    ),
    Form(
        _ROLE,
        ("ia,", "ai,", "ia ,", "ai ,", "modèle de langage", "language model", "intelligence artificielle"),
        re.compile(
            rf"\b(?:en tant que|as an?){_GAP}+"
            r"(?:IA|AI|modèle de langage|language model|intelligence artificielle) ?,",
            re.IGNORECASE,
        ),
    ),
    Form(
        _ROLE,
        ("act as", "comporte-toi comme", "comportez-vous comme", "fais comme si tu étais"),
        re.compile(r"\b(?:act as|comporte-toi comme|comportez-vous comme|fais comme si tu étais)\b", re.IGNORECASE),
    ),
    Form(
        "ordre de révéler les consignes",
        ("prompt", "invite système", "instruction", "consigne", "system "),
        re.compile(
            r"\b(?:révèl|affich|répèt|montr|reveal|print|repeat|show)\w*\b[^.\n]{0,30}\b"
            r"(?:prompt|invite système|(?:instruction|consigne)s? système|system (?:prompt|message|instructions?))\b",
            re.IGNORECASE,
        ),
    ),
    Form(
        "ordre adressé à l’assistant",
        ("assistant", "modèle", "model", "llm", "chatbot", " ia", "\nia", "\u00a0ia", "\u202fia", "’ia", "'ia", "ai"),
        re.compile(
            r"\b(?:note|message|instruction|attention|consigne)s?\b[^.\n]{0,20}"
            rf"\b(?:à l['’]attention d(?:[eu]{_GAP}+|['’])|(?:pour|(?:adressé|destiné)e?s? (?:à|au)|to|for){_GAP}+)"
            rf"(?:l['’]|le{_GAP}+)?(?:the{_GAP}+)?(?:assistant|IA|AI|{_MODEL}|model|LLM|chatbot)\b"
            rf"|^(?:pour|à){_GAP}+(?:l['’]|le{_GAP}+)(?:assistant|IA|modèle|LLM|chatbot){_GAP}?[:,]",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    Form(
        "ordre adressé à l’assistant",
        (
            *("ce texte", "ce document", "cette page", "cette fiche", "cette note", "this text", "this document"),
            *("si tu es", "si vous êtes", "if you are", "cher", "chère"),
        ),
        re.compile(
            r"\b(?:si|lorsque|quand|if|when)\b[^.\n]{0,20}"
            r"\b(?:ce texte|ce document|cette page|cette fiche|cette note|this text|this document)\b"
            rf"[^.\n]{{0,60}}\b{_MACHINE}\b"
            rf"|\b(?:si tu es|si vous êtes|if you are){_GAP}+(?:une?{_GAP}+|an?{_GAP}+|l['’]){_MACHINE}\b"
            rf"|\bch(?:er|ère)s?{_GAP}+{_MACHINE}\b",
            re.IGNORECASE,
        ),
    ),
    Form(
        "réponse dictée au modèle",
        ("réponds", "répondez", "tu ", "seule réponse", "ta réponse", "tes réponses", "tes phrases"),
        re.compile(
            r"(?<!\bje )\bréponds (?:en citant|par|que|seulement|toujours|uniquement)\b"
            r"|\brépondez (?:seulement|toujours|uniquement) (?:par|que)\b|\brépondez (?:seulement|uniquement) ?:"
            r"|\btu (?:annonces|diras|dis|dois (?:annoncer|dire|répondre)|réponds|répondras) (?:que|qu['’])"
            r"|\b(?:la|ta|votre) seule réponse (?:acceptée|attendue|autorisée|correcte|permise|valable)\b"
            r"|\b(?:ajoute|commence|insère|termine)\w* [^.\n]{0,20}\b(?:ta réponse|tes réponses|tes phrases)\b",
            re.IGNORECASE,
        ),
    ),
    Form("marque d’une invite", ("fin des extraits",), re.compile(r"\bfin des extraits\b", re.IGNORECASE)),
    Form(
        "marque d’un modèle de conversation",
        ("<", "["),
        re.compile(
            r"<\|(?:im_start|im_end|system|user|assistant|begin_of_text|eot_id|start_header_id|endoftext)\|>"
            r"|\[/?INST\]|<</?SYS>>|</?s>\s*\[INST|<(?:start|end)_of_turn>"
        ),
    ),
)


def instructions(text: str) -> Iterator[Finding]:
    """Each place that gives a model an order, or that wears the marks of its own format."""
    lower = text.lower()
    for form in FORMS:
        if any(word in lower for word in form.needs):
            for match in form.pattern.finditer(text):
                yield Finding(Concern.INSTRUCTION, form.what, match.start(), match.end())
